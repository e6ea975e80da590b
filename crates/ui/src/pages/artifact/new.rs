//! Form for an artifact that is pulled through from another registry.

use maud::{Markup, html};

use super::commands::Registry;
use super::fields::{NAMES, UpstreamValues, upstream};
use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::field::Field;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::route::{Artifacts, NewArtifact};

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New {
    /// Values and errors.
    pub form: FormState<UpstreamValues>,
    /// Where the artifact will be.
    pub registry: Registry,
}

impl Page for New {
    fn title(&self) -> String {
        "New pull-through artifact".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        vec![Crumb::new("Artifacts", &Artifacts)]
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead(
            "Customers pull it from this hub; what is not here yet is fetched from another registry and kept.",
        )
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::Registry]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let (form, hint) = (&self.form, format!("Customers will pull {}.", self.registry.repository("name")));
        html! {
            (form_errors(&form.others(&NAMES)))
            form.card.form method="post" action=(NewArtifact) {
                div.body.stack {
                    (visit.csrf_field())
                    (Field::line("text", "name", "Name").value(&form.values.name).required().autocomplete("off")
                        .error(form.error("name")).hint(&hint))
                    (upstream(form, false))
                }
                div.foot {
                    (Button::new(Weight::Primary, "Create artifact").submit())
                    (Button::new(Weight::Normal, "Cancel").link(Artifacts))
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let fresh = New { form: FormState::default(), registry: Registry::sample() };
    let values = UpstreamValues {
        name: "Mirror/Postgres".to_owned(),
        url: "https://docker.io/library/postgres".to_owned(),
        username: "northwind".to_owned(),
        ..UpstreamValues::default()
    };
    let errors = vec![
        gallery::error("name", "Lower-case letters, digits, and . _ - / between them."),
        gallery::error("upstreamUrl", "Leave out https://."),
        gallery::error("upstreamPassword", "A user name needs a password."),
    ];
    let error = New { form: FormState::refused(values, errors), ..fresh.clone() };
    vec![
        Sample::vendor("artifact-new-fresh", Nav::Artifacts, &fresh),
        Sample::vendor("artifact-new-error", Nav::Artifacts, &error),
    ]
}
