//! Form for a new application.

use grantry_model::application::TargetKind;
use maud::{Markup, html};

use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::field::{Field, Radio};
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::route::{Applications, NewApplication};

/// The values of the form, as typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationValues {
    /// `name`.
    pub name: String,
    /// `type`: `docker` or `kubernetes`; anything else is the first.
    pub kind: TargetKind,
}

impl Default for ApplicationValues {
    fn default() -> Self {
        Self { name: String::new(), kind: TargetKind::Docker }
    }
}

/// The form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct New {
    /// Values and errors.
    pub form: FormState<ApplicationValues>,
}

impl New {
    fn kinds(&self) -> Markup {
        let chosen = self.form.values.kind;
        let choice = |value, label, hint: &str, kind| Radio {
            name: "type",
            value,
            label,
            hint: html! { (hint) },
            checked: chosen == kind,
            disabled: false,
            more: None,
        };
        html! {
            fieldset.stack.tight {
                legend.legend { "How it is deployed" }
                (choice("docker", "Docker Compose", "A Compose file, run by an agent beside Docker.", TargetKind::Docker))
                (choice("kubernetes", "Helm chart", "A chart with values, installed by an agent in a Kubernetes cluster.", TargetKind::Kubernetes))
                @if let Some(error) = self.form.error("type") { p.error { (error) } }
                p.hint { "It can’t be changed later." }
            }
        }
    }
}

impl Page for New {
    fn title(&self) -> String {
        "New application".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Applications", &Applications)]
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead("You add its first version in the next step.")
    }

    fn body(&self, visit: &Visit) -> Markup {
        let form = &self.form;
        html! {
            (form_errors(&form.others(&["name", "type"])))
            form.card.form method="post" action=(NewApplication) {
                div.body.stack {
                    (visit.csrf_field())
                    (Field::line("text", "name", "Name").value(&form.values.name).required().autocomplete("off")
                        .error(form.error("name")).hint("Your customers see it in their portal."))
                    (self.kinds())
                }
                div.foot {
                    (Button::new(Weight::Primary, "Create application").submit())
                    (Button::new(Weight::Normal, "Cancel").link(Applications))
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let values = ApplicationValues { name: "Fleet Manager".to_owned(), kind: TargetKind::Kubernetes };
    let errors = vec![
        gallery::error("name", "Another application has this name."),
        gallery::error("type", "Choose one."),
        gallery::error("plan", "The plan allows no more applications."),
    ];
    let error = New { form: FormState::refused(values, errors) };
    vec![
        Sample::vendor("application-new-fresh", Nav::Applications, &New::default()),
        Sample::vendor("application-new-error", Nav::Applications, &error),
    ]
}
