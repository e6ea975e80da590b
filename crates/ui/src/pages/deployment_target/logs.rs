//! What the agent of a target wrote about itself.

use grantry_model::id::DeploymentTargetId;
use maud::{Markup, html};

use super::way_below;
use crate::asset::File;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::pages::deployment::log::{Log, sample_lines};
use crate::route::TargetLogs;

/// The log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logs {
    /// The target.
    pub target: DeploymentTargetId,
    /// Its name.
    pub name: String,
    /// The lines. They belong to no resource.
    pub log: Log,
}

impl Page for Logs {
    fn title(&self) -> String {
        format!("Agent of {}", self.name)
    }

    fn place(&self) -> String {
        "Log".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        way_below(self.target, &self.name)
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead("What the agent writes about itself. Kept for a week, up to 5,000 lines.")
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Filter]
    }

    fn body(&self, _visit: &Visit) -> Markup {
        html! { (self.log.render(&TargetLogs { target: self.target }.to_string())) }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let log = Log { lines: sample_lines(), ..Log::default() };
    let typical = Logs { target: gallery::id(1001), name: "plant-berlin".to_owned(), log };
    let empty = Logs { log: Log::default(), ..typical.clone() };
    vec![
        Sample::vendor("deployment-target-logs-typical", Nav::Deployments, &typical),
        Sample::customer("deployment-target-logs-empty", Nav::Deployments, &empty),
    ]
}
