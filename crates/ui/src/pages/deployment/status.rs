//! What the agent said of a deployment over time.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::{Health, Place, sample_place};
use crate::asset::File;
use crate::components::card::Card;
use crate::components::empty::EmptyState;
use crate::components::icon::Icon;
use crate::components::live::live;
use crate::components::pager::Pager;
use crate::components::size::counted;
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::route::{DeploymentStatus, Query};

/// What the agent said, from when to when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// How it was.
    pub health: Health,
    /// What it said beside it.
    pub message: String,
    /// The number of the revision it spoke of.
    pub revision: u32,
    /// When it said so first.
    pub from: DateTime<Utc>,
    /// When it said so last.
    pub until: DateTime<Utc>,
}

/// A span of time in words, such as “3 hours”.
fn span(from: DateTime<Utc>, until: DateTime<Utc>) -> String {
    let seconds = (until - from).num_seconds().max(0);
    let (count, unit) = match seconds {
        0..60 => return "a moment".to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// The timeline, newest first.
pub(super) fn timeline(all: &[Said], now: DateTime<Utc>) -> Markup {
    html! {
        ol.timeline {
            @for said in all {
                li {
                    div.row { (said.health.badge()) span.sub { "for " (span(said.from, said.until)) " · revision " (said.revision) } }
                    @if !said.message.is_empty() { p.verbatim { (said.message) } }
                    p.sub { (time::ago(said.from, now)) }
                }
            }
        }
    }
}

/// The timeline of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The deployment.
    pub place: Place,
    /// What its agent said, newest first, of this page of the list.
    pub said: Vec<Said>,
    /// The cursor that led here, empty for the first page.
    pub after: String,
    /// The cursor of the next page, if there is one.
    pub next: Option<String>,
}

impl Page for Status {
    fn title(&self) -> String {
        format!("Status of {} at {}", self.place.application_name, self.place.target_name)
    }

    fn place(&self) -> String {
        "Status".to_owned()
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.place.way_below()
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead("Each change that the agent reported. The last 1,000 are kept.")
    }

    fn scripts(&self) -> &'static [File] {
        &[File::Filter]
    }

    fn body(&self, visit: &Visit) -> Markup {
        let here = DeploymentStatus { deployment: self.place.deployment };
        let link = |after: &str| format!("{here}{}", Query::default().with("after", after));
        let empty = EmptyState {
            icon: Icon::Layers,
            title: "No word yet",
            text: "The agent reports as soon as it has looked at the deployment.",
            action: None,
        };
        let pager = Pager {
            summary: counted(self.said.len() as u64, "entry", "entries"),
            first: (!self.after.is_empty()).then(|| link("")),
            next: self.next.as_deref().map(link),
        };
        let content = html! {
            @if self.said.is_empty() { (empty) } @else { div.body { (timeline(&self.said, visit.now)) } (pager) }
        };
        let card = html! { (Card::flush("status", "Status", content)) };
        html! { @if self.after.is_empty() { (live("results", &card)) } @else { (card) } }
    }
}

/// What the agent of the samples said.
pub(super) fn sample_said() -> Vec<Said> {
    let said = |hours: i64, length: i64, health, revision, message: &str| Said {
        health,
        message: message.to_owned(),
        revision,
        from: gallery::now() - chrono::TimeDelta::hours(hours),
        until: gallery::now() - chrono::TimeDelta::hours(hours - length),
    };
    vec![
        said(5, 5, Health::Healthy, 4, "api: healthy\nworker: running"),
        said(5, 0, Health::Progressing, 4, "pulling fleet/api:3.0.4"),
        said(
            29,
            24,
            Health::Error,
            3,
            "api: container exited with code 1\nlicense token expired on 2026-11-19",
        ),
        said(2_000, 1_971, Health::Running, 3, ""),
    ]
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let typical = Status {
        place: sample_place(),
        said: sample_said(),
        after: String::new(),
        next: Some("abc".to_owned()),
    };
    let later = Status { after: "abc".to_owned(), next: None, ..typical.clone() };
    let empty = Status { said: Vec::new(), next: None, ..typical.clone() };
    vec![
        Sample::vendor("deployment-status-typical", Nav::Deployments, &typical),
        Sample::customer("deployment-status-later", Nav::Deployments, &later),
        Sample::vendor("deployment-status-empty", Nav::Deployments, &empty),
    ]
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn spans_are_told_in_one_unit() {
        let now = gallery::now();
        let told = [-5, 59, 60, 3_600, 172_800].map(|seconds| span(now, now + TimeDelta::seconds(seconds)));
        assert_eq!(told, ["a moment", "a moment", "1 minute", "1 hour", "2 days"]);
    }
}
