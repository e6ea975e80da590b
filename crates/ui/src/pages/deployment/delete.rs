//! The question before something is undeployed, and what happens to its volumes.

use grantry_model::application::TargetKind;
use maud::{Markup, html};

use super::{License, Place, sample_place};
use crate::components::button::{Button, Weight};
use crate::components::icon::Icon;
use crate::gallery::Sample;
use crate::layout::{Crumb, Nav, Page, Visit};
use crate::route::{DeleteDeployment, EditDeployment, ShowDeployment};

/// The question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delete {
    /// The deployment.
    pub place: Place,
    /// What it is deployed by.
    pub kind: TargetKind,
    /// Whether its volumes stay, as the agent was told when it was deployed.
    pub keeps_volumes: bool,
    /// Whether its agent was ever there. If it was not, nothing runs.
    pub was_seen: bool,
    /// Whether it is entitled; if not, it can't be deployed again.
    pub license: License,
}

impl Delete {
    fn loses_volumes(&self) -> bool {
        self.kind == TargetKind::Docker && self.was_seen && !self.keeps_volumes
    }

    fn volumes(&self) -> Markup {
        let update = EditDeployment { deployment: self.place.deployment };
        html! {
            p.muted {
                @if self.keeps_volumes { "Its volumes stay; a later deployment finds them again. To remove them, " }
                @else { "To keep its volumes, " }
                a.link href=(update) { "say so first" } "."
            }
        }
    }
}

impl Page for Delete {
    fn title(&self) -> String {
        format!("Undeploy {}?", self.place.application_name)
    }

    fn place(&self) -> String {
        "Undeploy".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.place.way_below()
    }

    fn body(&self, visit: &Visit) -> Markup {
        let deployment = self.place.deployment;
        let what = match self.kind {
            TargetKind::Docker => "its containers and networks",
            TargetKind::Kubernetes => "its release and what belongs to it",
        };
        html! {
            section.card.narrow {
                form.body.stack method="post" action=(DeleteDeployment { deployment }) {
                    (visit.csrf_field())
                    p {
                        @if self.was_seen { "The agent at " strong { (self.place.target_name) } " stops and removes " (what) " as soon as it hears of it." }
                        @else { "No agent has connected at " strong { (self.place.target_name) } " yet, so nothing runs." }
                    }
                    ul.losses {
                        li { "Its revisions, status and logs" }
                        @if self.loses_volumes() { li { "Its volumes, with all that is stored in them" } }
                        @match self.license {
                            License::Granted => {}
                            License::Expired => li { "It can’t be deployed again, because its license has expired" },
                            License::Missing => li { "It can’t be deployed again, because no entitlement grants its version" },
                        }
                    }
                    @if self.kind == TargetKind::Docker && self.was_seen && self.license == License::Granted { (self.volumes()) }
                    div.row {
                        (Button::new(Weight::Danger, "Undeploy").icon(Icon::Trash).submit())
                        (Button::new(Weight::Normal, "Cancel").link(ShowDeployment { deployment }))
                    }
                }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let typical = Delete {
        place: sample_place(),
        kind: TargetKind::Docker,
        keeps_volumes: true,
        was_seen: true,
        license: License::Granted,
    };
    let chart = Delete { kind: TargetKind::Kubernetes, license: License::Expired, ..typical.clone() };
    let removing = Delete { keeps_volumes: false, ..typical.clone() };
    let unseen = Delete { was_seen: false, ..typical.clone() };
    vec![
        Sample::vendor("deployment-delete-typical", Nav::Deployments, &typical),
        Sample::customer("deployment-delete-chart", Nav::Deployments, &chart),
        Sample::vendor("deployment-delete-volumes", Nav::Deployments, &removing),
        Sample::vendor("deployment-delete-unseen", Nav::Deployments, &unseen),
    ]
}
