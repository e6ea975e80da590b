//! The question before a deployment target is deleted.

use grantry_model::id::DeploymentTargetId;
use maud::{Markup, html};

use super::way_below;
use crate::components::confirm::Confirm;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Nav, Page, Visit};
use crate::route::{DeleteDeploymentTarget, ShowDeploymentTarget};

/// The question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delete {
    /// The target.
    pub target: DeploymentTargetId,
    /// Its name.
    pub name: String,
    /// The names of the applications deployed there.
    pub deployments: Vec<String>,
    /// Whether an agent was ever connected.
    pub was_connected: bool,
}

impl Page for Delete {
    fn title(&self) -> String {
        format!("Delete {}?", self.name)
    }

    fn place(&self) -> String {
        "Delete".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        way_below(self.target, &self.name)
    }

    fn body(&self, visit: &Visit) -> Markup {
        let name = html! { strong { (self.name) } };
        let sentence = html! {
            @if self.deployments.is_empty() { (name) " goes, with its metrics and logs." }
            @else { (name) " goes, with its revisions, metrics and logs. What runs there is not stopped: undeploy it first if it should be." }
        };
        let mut losses: Vec<Markup> = self
            .deployments
            .iter()
            .map(|name| html! { (name) " runs on, and nothing updates it any more" })
            .collect();
        if self.was_connected {
            losses.push(html! { "Its agent is refused from now on" });
        }
        let target = self.target;
        let confirm = Confirm { sentence, losses, fields: visit.csrf_field(), action: "Delete target" };
        confirm.form(DeleteDeploymentTarget { target }, ShowDeploymentTarget { target })
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let typical = Delete {
        target: gallery::id(1001),
        name: "plant-berlin".to_owned(),
        deployments: vec!["Fleet Manager".to_owned(), "Gateway".to_owned()],
        was_connected: true,
    };
    let empty = Delete { deployments: Vec::new(), was_connected: false, ..typical.clone() };
    vec![
        Sample::vendor("deployment-target-delete-typical", Nav::Deployments, &typical),
        Sample::customer("deployment-target-delete-empty", Nav::Deployments, &empty),
    ]
}
