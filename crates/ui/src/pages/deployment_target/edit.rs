//! Form that edits a deployment target.

use grantry_model::application::TargetKind;
use grantry_model::id::DeploymentTargetId;
use maud::{Markup, html};

use super::fields::{NAMES, TargetValues, docker, duties};
use super::way_below;
use crate::components::alert::form_errors;
use crate::components::button::{Button, Weight};
use crate::components::field::Field;
use crate::form::FormState;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Nav, Page, Visit};
use crate::route::{EditDeploymentTarget, ShowDeploymentTarget};

/// The form. Customer, kind, namespace and scope never change, and are not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The target.
    pub target: DeploymentTargetId,
    /// Its name, as it is stored.
    pub name: String,
    /// Values and errors.
    pub form: FormState<TargetValues>,
}

impl Page for Edit {
    fn title(&self) -> String {
        format!("Edit {}", self.name)
    }

    fn place(&self) -> String {
        "Edit".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        way_below(self.target, &self.name)
    }

    fn body(&self, visit: &Visit) -> Markup {
        let (form, target, kind) = (&self.form, self.target, self.form.values.kind);
        html! {
            (form_errors(&form.others(&NAMES)))
            form.card.form method="post" action=(EditDeploymentTarget { target }) {
                div.body.stack {
                    (visit.csrf_field())
                    (Field::line("text", "name", "Name").value(&form.values.name).required().autocomplete("off").error(form.error("name")))
                    @if kind == TargetKind::Docker { (docker(form, false)) }
                    (duties(&form.values))
                }
                div.foot {
                    (Button::new(Weight::Primary, "Save").submit())
                    (Button::new(Weight::Normal, "Cancel").link(ShowDeploymentTarget { target }))
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let values = TargetValues { name: "plant-berlin".to_owned(), ..TargetValues::default() };
    let typical = Edit {
        target: gallery::id(1001),
        name: "plant-berlin".to_owned(),
        form: FormState::fresh(values.clone()),
    };
    let errors = vec![
        gallery::error("name", "Another target of this customer has this name."),
        gallery::error("dockerEndpoint", "Write it as unix:///path/to/docker.sock."),
        gallery::error("", "Somebody else changed it. Load the page again."),
    ];
    let error = Edit { form: FormState::refused(values.clone(), errors), ..typical.clone() };
    let cluster = TargetValues { kind: TargetKind::Kubernetes, metrics: false, ..values };
    let cluster = Edit { form: FormState::fresh(cluster), ..typical.clone() };
    vec![
        Sample::vendor("deployment-target-edit-typical", Nav::Deployments, &typical),
        Sample::vendor("deployment-target-edit-kubernetes", Nav::Deployments, &cluster),
        Sample::customer("deployment-target-edit-error", Nav::Deployments, &error),
    ]
}
