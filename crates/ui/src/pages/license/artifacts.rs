//! The artifact side of a customer: its entitlements, and what they let it see now.

use chrono::{DateTime, Utc};
use grantry_model::id::{ArtifactId, CustomerId};
use maud::{Markup, html};

use super::section::{Empty, Section};
use super::why::Why;
use crate::components::icon::Icon;
use crate::components::size::counted;
use crate::gallery;
use crate::guide::Guide;
use crate::pages::artifact::link;
use crate::pages::artifact_entitlement::{EntitlementRef, EntitlementRow, sample_rows, table};
use crate::route::new_artifact_entitlement_for;

/// A tag that a customer sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenTag {
    /// The tag.
    pub tag: String,
    /// The entitlement that grants it; of several, the one that ends last.
    pub by: EntitlementRef,
}

/// An artifact of which a customer sees something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenArtifact {
    /// The artifact.
    pub artifact: ArtifactId,
    /// Its name.
    pub name: String,
    /// How many of its tags the customer sees.
    pub seen: u64,
    /// How many tags it has.
    pub tags: u64,
    /// The newest of the tags that the customer sees; twenty are enough.
    pub newest: Vec<SeenTag>,
}

/// What a customer sees now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sees {
    /// Nothing, because the vendor switched artifacts off for it.
    FeatureOff,
    /// Everything, because the organization does not restrict artifacts.
    Everything,
    /// What it is entitled to, by name.
    Granted(Vec<SeenArtifact>),
}

/// The artifact side of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerArtifacts {
    /// Its entitlements, by name.
    pub entitlements: Vec<EntitlementRow>,
    /// What it sees now.
    pub sees: Sees,
    /// What was asked about one of them, and the answer.
    pub why: Why,
}

impl CustomerArtifacts {
    /// The section with the entitlements.
    pub(super) fn entitlements(&self, customer: CustomerId, can_edit: bool, now: DateTime<Utc>) -> Markup {
        let section = Section {
            id: "entitlements",
            title: "Artifact entitlements",
            about: "Which images, charts and files they may pull.",
            create: can_edit.then(|| ("New artifact entitlement", new_artifact_entitlement_for(customer))),
            empty: Empty {
                icon: Icon::Package,
                title: "No artifact entitlements yet",
                text: "An artifact entitlement says which images, charts and files the customer may pull, and until when.",
                guide: Guide::ArtifactEntitlements,
            },
        };
        section.render((!self.entitlements.is_empty()).then(|| table(&self.entitlements, can_edit, now)))
    }

    /// What the customer sees now, as a part of the card that says so.
    pub(super) fn sees(&self) -> Markup {
        html! {
            h3 { "Artifacts" }
            @match &self.sees {
                Sees::FeatureOff => p.muted { "None: they are switched off for this customer. “Edit customer” switches them on." },
                Sees::Everything => p { "All: your organization doesn’t restrict artifacts." },
                Sees::Granted(all) if all.is_empty() => p.muted { "None: no entitlement that holds now names one." },
                Sees::Granted(all) => { @for (at, one) in all.iter().enumerate() { (seen(one, at == 0)) } }
            }
        }
    }

    /// The question why a tag is visible or not.
    pub(super) fn why(&self, customer: CustomerId, now: DateTime<Utc>) -> Markup {
        self.why.card(customer, now)
    }
}

fn seen(one: &SeenArtifact, open: bool) -> Markup {
    let more = one.seen.saturating_sub(one.newest.len() as u64);
    let words = if one.seen == one.tags {
        counted(one.tags, "tag", "tags")
    } else {
        format!("{} of {}", one.seen, counted(one.tags, "tag", "tags"))
    };
    html! {
        details.seen open[open] {
            summary { span.grow { (one.name) } span.by { (words) } }
            ul.sees {
                @for tag in &one.newest { li { code { (tag.tag) } span.by { (tag.by.link()) } } }
                @if more > 0 { li { (link(one.artifact, &format!("and {more} more"))) } }
            }
        }
    }
}

/// The artifact side of the samples' customer.
pub(super) fn sample() -> CustomerArtifacts {
    let by = |number: u128, name: &str| EntitlementRef {
        entitlement: gallery::id(700 + number),
        name: name.to_owned(),
        can_open: true,
    };
    let seen =
        |number: u128, name: &str, counts: (u64, u64), tags: &[&str], by: &EntitlementRef| SeenArtifact {
            artifact: gallery::id(600 + number),
            name: name.to_owned(),
            seen: counts.0,
            tags: counts.1,
            newest: tags.iter().map(|tag| SeenTag { tag: (*tag).to_owned(), by: by.clone() }).collect(),
        };
    let (images, chart, hotfix) = (by(1, "Runtime images"), by(2, "Chart"), by(3, "Hotfix 2.8"));
    CustomerArtifacts {
        entitlements: sample_rows(),
        sees: Sees::Granted(vec![
            seen(1, "charts/fleet", (14, 15), &["3.0.4", "3.0.3", "3.0.2"], &chart),
            seen(2, "fleet/api", (38, 38), &["3.1.0", "3.1", "3", "latest", "3.0.4"], &images),
            seen(3, "fleet/worker", (11, 38), &["3.1.0", "3.0.4"], &images),
            seen(6, "manuals", (1, 3), &["2026-en"], &hotfix),
        ]),
        why: Why { artifacts: vec!["charts/fleet".to_owned(), "fleet/api".to_owned()], ..Why::default() },
    }
}
