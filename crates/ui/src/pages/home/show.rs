//! What a customer finds first: what there is for it, and what ends soon.

use chrono::{DateTime, Utc};
use grantry_model::id::ArtifactId;
use maud::{Markup, html};

use super::super::artifact::link;
use crate::components::alert::Alert;
use crate::components::badge::Tone;
use crate::components::button::{Button, Weight};
use crate::components::card::Card;
use crate::components::icon::Icon;
use crate::components::size::counted;
use crate::components::time;
use crate::gallery::{self, Sample};
use crate::guide::Guide;
use crate::layout::{Head, Nav, Page, Visit};
use crate::pages::deployment::{DeploymentRef, sample_refs};
use crate::route::{Artifacts, Deployments, Licenses};

/// A tag that the customer may pull.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTag {
    /// Its artifact.
    pub artifact: ArtifactId,
    /// The artifact's name.
    pub name: String,
    /// The tag.
    pub tag: String,
    /// When it was pushed.
    pub pushed_at: DateTime<Utc>,
}

/// The artifacts of the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactsCard {
    /// How many it may pull.
    pub count: u64,
    /// The newest tags among them, newest first; five at most.
    pub newest: Vec<NewTag>,
}

/// The license keys of the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LicensesCard {
    /// How many are valid now or in grace.
    pub active: u64,
    /// How many end within 30 days.
    pub expiring: u64,
    /// When the next one ends.
    pub next_expiry: Option<DateTime<Utc>>,
}

/// The deployments of the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentsCard {
    /// How many there are.
    pub count: u64,
    /// Those whose agents reported an error last; five at most.
    pub faulty: Vec<DeploymentRef>,
    /// How many of them there are.
    pub faults: u64,
}

/// The start page of a customer. A section that it does not have has no card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The vendor's name.
    pub vendor: String,
    /// The customer's name.
    pub customer: String,
    /// Its deployments.
    pub deployments: Option<DeploymentsCard>,
    /// Its artifacts.
    pub artifacts: Option<ArtifactsCard>,
    /// Its license keys.
    pub licenses: Option<LicensesCard>,
}

fn deployments(card: &DeploymentsCard) -> Markup {
    let more = card.faults.saturating_sub(card.faulty.len() as u64);
    let detail = html! {
        ul.losses.plain {
            @for one in &card.faulty { li { (one.link()) } }
            @if more > 0 { li { "and " (counted(more, "other", "others")) } }
        }
    };
    let content = html! {
        @if card.faults > 0 { (Alert::new(Tone::Bad, format!("{} an error.", counted(card.faults, "deployment reports", "deployments report"))).detail(detail)) }
        @else if card.count > 0 { p { "None of them reports an error." } }
        @else { p.muted { "What agents deploy for you will stand here." } }
    };
    let about = html! { (counted(card.count, "deployment", "deployments")) };
    let all = Button::new(Weight::Normal, "All deployments").icon(Icon::Server).link(Deployments);
    html! { (Card::padded("deployments", "Deployments", &content).about(about).actions(all)) }
}

fn artifacts(card: &ArtifactsCard, now: DateTime<Utc>) -> Markup {
    let content = html! {
        @if card.newest.is_empty() { p.muted { "Images, charts and files that your vendor lets you pull will stand here." } } @else {
            ul.sees {
                @for tag in &card.newest {
                    li { (link(tag.artifact, &tag.name)) code { (tag.tag) } span.by { (time::ago(tag.pushed_at, now)) } }
                }
            }
        }
    };
    let about = html! { (counted(card.count, "artifact", "artifacts")) @if !card.newest.is_empty() { ", and their newest tags" } };
    let all = Button::new(Weight::Normal, "All artifacts").icon(Icon::Package).link(Artifacts);
    html! { (Card::padded("artifacts", "Artifacts", &content).about(about).actions(all)) }
}

fn licenses(card: &LicensesCard, now: DateTime<Utc>) -> Markup {
    let content = html! {
        @match card.next_expiry {
            Some(at) => p { "The next one ends " (time::ago(at, now)) "." },
            None => p.muted { "There is none that will end." },
        }
        @if card.expiring > 0 {
            div.after {
                (Alert::new(Tone::Warning, format!("{} within 30 days.", counted(card.expiring, "license key ends", "license keys end"))))
            }
        }
    };
    let about = html! { (counted(card.active, "license key", "license keys")) " at work" };
    let all = Button::new(Weight::Normal, "All licenses").icon(Icon::Key).link(Licenses);
    html! { (Card::padded("licenses", "Licenses", &content).about(about).actions(all)) }
}

impl Page for Home {
    fn title(&self) -> String {
        self.customer.clone()
    }

    fn place(&self) -> String {
        "Home".to_owned()
    }

    fn head(&self, _visit: &Visit) -> Head {
        Head::lead(format!("What {} provides for you.", self.vendor))
    }

    fn guides(&self) -> &'static [Guide] {
        &[Guide::CustomerPortal]
    }

    fn body(&self, visit: &Visit) -> Markup {
        html! {
            div.cols.half {
                @if let Some(card) = &self.deployments { (deployments(card)) }
                @if let Some(card) = &self.artifacts { (artifacts(card, visit.now)) }
                @if let Some(card) = &self.licenses { (licenses(card, visit.now)) }
            }
            @if self.deployments.is_none() && self.artifacts.is_none() && self.licenses.is_none() {
                p.muted { "There is nothing here yet. " strong { (self.vendor) } " can tell you more." }
            }
        }
    }
}

/// The page in its states.
pub(crate) fn samples() -> Vec<Sample> {
    let tag = |number: u128, name: &str, tag: &str, days: i64| NewTag {
        artifact: gallery::id(600 + number),
        name: name.to_owned(),
        tag: tag.to_owned(),
        pushed_at: gallery::days(-days),
    };
    let newest = vec![
        tag(2, "fleet/api", "3.1.0", 1),
        tag(1, "charts/fleet", "3.1.0", 1),
        tag(6, "manuals", "2026-en", 40),
    ];
    let typical = Home {
        vendor: "Northwind Robotics".to_owned(),
        customer: "Initech GmbH".to_owned(),
        deployments: Some(DeploymentsCard { count: 4, faulty: Vec::new(), faults: 0 }),
        artifacts: Some(ArtifactsCard { count: 3, newest }),
        licenses: Some(LicensesCard { active: 3, expiring: 1, next_expiry: Some(gallery::midnight(14)) }),
    };
    let own = sample_refs().into_iter().map(|one| DeploymentRef { customer: None, ..one });
    let faults = Home {
        deployments: Some(DeploymentsCard { count: 9, faulty: own.collect(), faults: 3 }),
        ..typical.clone()
    };
    let empty = Home {
        deployments: Some(DeploymentsCard { count: 0, faulty: Vec::new(), faults: 0 }),
        artifacts: Some(ArtifactsCard { count: 0, newest: Vec::new() }),
        licenses: Some(LicensesCard { active: 0, expiring: 0, next_expiry: None }),
        ..typical.clone()
    };
    let nothing = Home { deployments: None, artifacts: None, licenses: None, ..typical.clone() };
    vec![
        Sample::customer("home-show-typical", Nav::Home, &typical),
        Sample::customer("home-show-faults", Nav::Home, &faults),
        Sample::customer("home-show-empty", Nav::Home, &empty),
        Sample::customer("home-show-nothing", Nav::Home, &nothing),
    ]
}
