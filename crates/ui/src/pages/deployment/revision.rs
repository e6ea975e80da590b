//! One revision of a deployment: what it says, what it changed, and rolling back to it.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::{Place, sample_place};
use crate::components::alert::Alert;
use crate::components::badge::{Badge, Tone};
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::diff::Diff;
use crate::components::icon::Icon;
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::layout::{Crumb, Head, Nav, Page, Visit};
use crate::route::{RollBack, ShowDeployment};

/// A revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its number, from 1.
    pub number: u32,
    /// The name of its version.
    pub version_name: String,
    /// Its environment file or values, with templates as written; empty for none.
    pub source: String,
    /// Options of Helm and the like, one a line; empty for none.
    pub options: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Who made it, if the reader may know.
    pub created_by: Option<String>,
    /// Why, if somebody did not simply deploy, such as “license key FLEET_MAIN revised”; empty for no reason.
    pub reason: String,
}

impl Revision {
    /// Everything that can differ between revisions, as lines to compare.
    fn lines(&self) -> String {
        let options = if self.options.is_empty() { String::new() } else { format!("{}\n", self.options) };
        format!("version  {}\n{options}\n{}", self.version_name, self.source)
    }

    /// Who made it and why, in a few words.
    pub(super) fn story(&self) -> String {
        match (&self.created_by, self.reason.as_str()) {
            (Some(by), "") => by.clone(),
            (Some(by), reason) => format!("{by}: {reason}"),
            (None, reason) => reason.to_owned(),
        }
    }
}

/// A revision's page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Show {
    /// The deployment.
    pub place: Place,
    /// The revision.
    pub revision: Revision,
    /// The one before it, unless it is the first.
    pub before: Option<Revision>,
    /// The current one, unless this is it.
    pub current: Option<Revision>,
    /// Whether the reader may roll back to it.
    pub can_edit: bool,
    /// Why it can't be rolled back to, if it is so, such as that its version is no longer entitled.
    pub refused: Option<String>,
}

impl Show {
    fn roll_back(&self, current: &Revision, visit: &Visit) -> Markup {
        let (deployment, revision) = (self.place.deployment, self.revision.number);
        let words = format!("Roll back to revision {revision}");
        let diff = Diff::between(&current.lines(), &self.revision.lines());
        let content = html! {
            div.stack.tight {
                @if diff.is_empty() { p.muted { "Nothing: it says the same as the current one." } } @else { (diff) }
                @if let Some(refused) = &self.refused { (Alert::new(Tone::Warning, "It can’t be rolled back to.").detail(html! { p { (refused) } })) }
                @else if self.can_edit {
                    form method="post" action=(RollBack { deployment, revision }) {
                        (visit.csrf_field())
                        (Button::new(Weight::Primary, &words).icon(Icon::Again).submit())
                    }
                    p.hint { "It makes a new revision that says what this one says." }
                }
            }
        };
        let title = format!("What rolling back would change: {} → {revision}", current.number);
        html! { (Card::padded("roll-back", &title, &content)) }
    }

    fn changes(&self, before: &Revision) -> Markup {
        let diff = Diff::between(&before.lines(), &self.revision.lines());
        let title = format!("What it changed: {} → {}", before.number, self.revision.number);
        let content = html! {
            @if diff.is_empty() { p.muted { "Nothing that is written here." } } @else { (diff) }
        };
        html! { (Card::padded("changes", &title, &content)) }
    }
}

/// A text of a deployment, or that there is none.
pub(super) fn source(text: &str) -> Markup {
    html! { @if text.is_empty() { p.muted { "Empty." } } @else { pre tabindex="0" { code { (text) } } } }
}

impl Page for Show {
    fn title(&self) -> String {
        format!("Revision {}", self.revision.number)
    }

    fn crumbs(&self) -> Vec<Crumb> {
        self.place.way_below()
    }

    fn head(&self, visit: &Visit) -> Head {
        let revision = &self.revision;
        let by = revision.created_by.as_deref().map(|name| format!(" by {name}")).unwrap_or_default();
        let why = if revision.reason.is_empty() { String::new() } else { format!(": {}", revision.reason) };
        let badges = html! {
            (Badge::new(Tone::Neutral, &revision.version_name))
            @if self.current.is_none() { (Badge::new(Tone::Good, "Current")) }
        };
        Head {
            badges: Some(badges),
            ..Head::lead(format!("Made {}{by}{why}.", time::relative(revision.created_at, visit.now)))
        }
    }

    fn body(&self, visit: &Visit) -> Markup {
        let back = ShowDeployment { deployment: self.place.deployment };
        let content = html! {
            @if !self.revision.options.is_empty() { pre tabindex="0" aria-label="Options" { code { (self.revision.options) } } }
            (source(&self.revision.source))
        };
        html! {
            @if let Some(current) = &self.current { (self.roll_back(current, visit)) }
            @if let Some(before) = &self.before { (self.changes(before)) }
            (Card::padded("source", "What it says", &content))
            div.row { (Button::new(Weight::Normal, "Back to the deployment").link(back)) }
        }
    }
}

/// Revisions of the samples, newest first.
pub(super) fn sample_revisions() -> Vec<Revision> {
    let revision = |number: u32, version: &str, source: &str, by: Option<&str>, reason: &str| Revision {
        number,
        version_name: version.to_owned(),
        source: source.to_owned(),
        options: String::new(),
        created_at: gallery::days(i64::from(number) * 10 - 41),
        created_by: by.map(str::to_owned),
        reason: reason.to_owned(),
    };
    let source = "HOST=fleet.initech.example\nLICENSE_TOKEN={{ .LicenseKeys.FLEET_MAIN }}\nDB_PASSWORD={{ .Secrets.DB_PASSWORD }}\n";
    let less = "HOST=fleet.initech.example\nLICENSE_TOKEN={{ .LicenseKeys.FLEET_MAIN }}\n";
    vec![
        revision(4, "3.0.4", source, Some("Mara Klein"), "license key FLEET_MAIN revised"),
        revision(3, "3.0.4", source, Some("Peter Bolt"), ""),
        revision(2, "3.0.3", less, None, "rolled back to revision 1"),
        revision(1, "3.0.3", less, Some("Mara Klein"), ""),
    ]
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let all = sample_revisions();
    let [fourth, third, second, first] = all.as_slice() else { return Vec::new() };
    let page = |revision: &Revision, before: Option<&Revision>, current: Option<&Revision>| Show {
        place: sample_place(),
        revision: revision.clone(),
        before: before.cloned(),
        current: current.cloned(),
        can_edit: true,
        refused: None,
    };
    let refused = Show {
        refused: Some("No entitlement of Initech GmbH grants 3.0.3 any more.".to_owned()),
        ..page(second, Some(first), Some(fourth))
    };
    let chart = Revision {
        options: "timeout  10m0s\nroll back on failure  yes".to_owned(),
        source: String::new(),
        ..first.clone()
    };
    let chart = Show { can_edit: false, ..page(&chart, None, Some(fourth)) };
    vec![
        Sample::vendor("deployment-revision-current", Nav::Deployments, &page(fourth, Some(third), None)),
        Sample::vendor(
            "deployment-revision-same",
            Nav::Deployments,
            &page(third, Some(second), Some(fourth)),
        ),
        Sample::customer(
            "deployment-revision-earlier",
            Nav::Deployments,
            &page(second, Some(first), Some(fourth)),
        ),
        Sample::vendor("deployment-revision-refused", Nav::Deployments, &refused),
        Sample::customer("deployment-revision-first-read-only", Nav::Deployments, &chart),
    ]
}
