//! What the containers of a deployment wrote.

use maud::{Markup, html};

use super::log::{Log, LogLine, sample_lines};
use super::{Place, sample_place};
use crate::asset::File;
use crate::gallery::Sample;
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::route::DeploymentLogs;

/// The log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logs {
    /// The deployment.
    pub place: Place,
    /// The lines, and what wrote them.
    pub log: Log,
}

impl Page for Logs {
    fn title(&self) -> String {
        format!("Log of {} at {}", self.place.application_name, self.place.target_name)
    }

    fn place(&self) -> String {
        "Log".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.place.way_below()
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead(
            "Kept for a week, up to 10,000 lines of each writer. Secrets and license tokens are masked.",
        )
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Filter]
    }

    fn body(&self, _visit: &Visit) -> Markup {
        html! { (self.log.render(&DeploymentLogs { deployment: self.place.deployment }.to_string())) }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let line = |line: LogLine| LogLine { resource: "api".to_owned(), ..line };
    let log = Log {
        resources: vec!["api".to_owned(), "worker".to_owned()],
        lines: sample_lines().into_iter().map(line).collect(),
        ..Log::default()
    };
    let typical = Logs { place: sample_place(), log: Log { older: Some("abc".to_owned()), ..log.clone() } };
    let older = Log { before: "abc".to_owned(), resource: "api".to_owned(), ..log.clone() };
    let older = Logs { log: older, ..typical.clone() };
    let none = Logs { log: Log { q: "zzz".to_owned(), lines: Vec::new(), ..log }, ..typical.clone() };
    let empty = Logs { log: Log::default(), ..typical.clone() };
    let full =
        Log { lines: typical.log.lines.iter().cycle().take(500).cloned().collect(), ..typical.log.clone() };
    let full = Logs { log: full, ..typical.clone() };
    vec![
        Sample::vendor("deployment-logs-typical", Nav::Deployments, &typical),
        Sample::customer("deployment-logs-older", Nav::Deployments, &older),
        Sample::vendor("deployment-logs-filtered-to-nothing", Nav::Deployments, &none),
        Sample::customer("deployment-logs-empty", Nav::Deployments, &empty),
        Sample::vendor("deployment-logs-full", Nav::Deployments, &full),
    ]
}
