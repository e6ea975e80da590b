//! The application side of a customer: its entitlements, and what they let it deploy now.

use chrono::{DateTime, Utc};
use grantry_model::id::{ApplicationId, CustomerId};
use maud::{Markup, html};

use super::section::{Empty, Section};
use super::why_version::WhyVersion;
use crate::components::icon::Icon;
use crate::components::size::counted;
use crate::gallery;
use crate::guide::Guide;
use crate::pages::application::link;
use crate::pages::application_entitlement::{EntitlementRef, EntitlementRow, sample_rows, table};
use crate::route::new_application_entitlement_for;

/// A version that a customer sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenVersion {
    /// The version's name.
    pub name: String,
    /// The entitlement that grants it; of several, the one that ends last.
    pub by: EntitlementRef,
}

/// An application of which a customer sees something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenApplication {
    /// The application.
    pub application: ApplicationId,
    /// Its name.
    pub name: String,
    /// How many of its versions the customer sees.
    pub seen: u64,
    /// How many versions it has.
    pub versions: u64,
    /// The newest of the versions that the customer sees; twenty are enough.
    pub newest: Vec<SeenVersion>,
}

/// Which applications a customer sees now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeesApplications {
    /// None, because the vendor switched deployments off for it.
    FeatureOff,
    /// All, because the organization does not restrict applications.
    Everything,
    /// Those it is entitled to, by name.
    Granted(Vec<SeenApplication>),
}

/// The application side of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerApplications {
    /// Its entitlements, by name.
    pub entitlements: Vec<EntitlementRow>,
    /// What it sees now.
    pub sees: SeesApplications,
    /// What was asked about a version, and the answer.
    pub why: WhyVersion,
}

impl CustomerApplications {
    /// The section with the entitlements.
    pub(super) fn entitlements(&self, customer: CustomerId, can_edit: bool, now: DateTime<Utc>) -> Markup {
        let section = Section {
            id: "application-entitlements",
            title: "Application entitlements",
            about: "Which versions they may deploy.",
            create: can_edit
                .then(|| ("New application entitlement", new_application_entitlement_for(customer))),
            empty: Empty {
                icon: Icon::Application,
                title: "No application entitlements yet",
                text: "An application entitlement says which versions of an application the customer may deploy, and until when.",
                guide: Guide::ApplicationEntitlements,
            },
        };
        section.render((!self.entitlements.is_empty()).then(|| table(&self.entitlements, can_edit, now)))
    }

    /// What the customer sees now, as a part of the card that says so.
    pub(super) fn sees(&self) -> Markup {
        html! {
            h3 { "Applications" }
            @match &self.sees {
                SeesApplications::FeatureOff => p.muted { "None: deployments are switched off for this customer. “Edit customer” switches them on." },
                SeesApplications::Everything => p { "All: your organization doesn’t restrict applications." },
                SeesApplications::Granted(all) if all.is_empty() => p.muted { "None: no entitlement that holds now grants a version." },
                SeesApplications::Granted(all) => { @for (at, one) in all.iter().enumerate() { (seen(one, at == 0)) } }
            }
        }
    }
}

fn seen(one: &SeenApplication, open: bool) -> Markup {
    let more = one.seen.saturating_sub(one.newest.len() as u64);
    let words = if one.seen == one.versions {
        counted(one.versions, "version", "versions")
    } else {
        format!("{} of {}", one.seen, counted(one.versions, "version", "versions"))
    };
    html! {
        details.seen open[open] {
            summary { span.grow { (one.name) } span.by { (words) } }
            ul.sees {
                @for version in &one.newest { li { code { (version.name) } span.by { (version.by.link()) } } }
                @if more > 0 { li { (link(one.application, &format!("and {more} more"))) } }
            }
        }
    }
}

/// The application side of the samples' customer.
pub(super) fn sample() -> CustomerApplications {
    let by = |number: u128, name: &str| EntitlementRef {
        entitlement: gallery::id(900 + number),
        name: name.to_owned(),
        can_open: true,
    };
    let seen = |number: u128, name: &str, counts: (u64, u64), versions: &[&str], by: &EntitlementRef| {
        SeenApplication {
            application: gallery::id(800 + number),
            name: name.to_owned(),
            seen: counts.0,
            versions: counts.1,
            newest: versions
                .iter()
                .map(|name| SeenVersion { name: (*name).to_owned(), by: by.clone() })
                .collect(),
        }
    };
    let (fleet, hotfix) = (by(1, "Fleet Manager"), by(3, "Hotfix 2.8"));
    CustomerApplications {
        entitlements: sample_rows(),
        sees: SeesApplications::Granted(vec![
            seen(1, "Fleet Manager", (7, 7), &["3.1.0", "3.0.4", "3.0.3"], &fleet),
            seen(3, "Sensor Hub", (1, 4), &["2.8.4"], &hotfix),
        ]),
        why: WhyVersion {
            applications: vec!["Fleet Manager".to_owned(), "Sensor Hub".to_owned()],
            ..WhyVersion::default()
        },
    }
}
