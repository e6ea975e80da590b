//! Application entitlements: which versions a customer may deploy, and until when.

use chrono::{DateTime, Utc};
use grantry_model::id::{ApplicationEntitlementId, ApplicationId};
use maud::{Markup, html};

use crate::components::size::{counted, some_of};
use crate::components::time;
use crate::pages::entitlement::{self, Line, name_or_link};
use crate::route::{DeleteApplicationEntitlement, EditApplicationEntitlement};

pub mod delete;
pub mod edit;
pub mod editor;
pub mod fields;
pub mod new;
mod preview;
mod scope;

/// Which versions an entitlement grants, with what that is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Versions chosen one by one.
    Chosen {
        /// Their names, newest first.
        versions: Vec<String>,
    },
    /// The versions that there were when it was saved.
    Current {
        /// How many they are.
        versions: u64,
    },
    /// Every version, now and later.
    All {
        /// How many there are now.
        versions: u64,
    },
    /// Semantic versions in a range, now and later.
    Range {
        /// The range, as in `>=2, <3`.
        expression: String,
        /// How many lie in it now.
        versions: u64,
    },
    /// Versions that were added up to a moment: a maintenance window.
    PublishedUntil {
        /// The moment.
        until: DateTime<Utc>,
        /// How many there are now.
        versions: u64,
    },
}

/// So many versions are written out.
const NAMED: usize = 4;

impl Scope {
    /// What it covers, in words.
    pub(crate) fn words(&self) -> Markup {
        let now = |versions: &u64| counted(*versions, "version now", "versions now");
        html! {
            @match self {
                Self::Chosen { versions } => (chosen(versions)),
                Self::Current { versions } => { "The " (counted(*versions, "version", "versions")) " of when it was saved" }
                Self::All { versions } => { "All versions, now and later" span.sub { (now(versions)) } }
                Self::Range { expression, versions } => { "Versions " code { (expression) } span.sub { (now(versions)) ", and later ones in range" } }
                Self::PublishedUntil { until, versions } => { "Versions added up to " (time::full(*until)) span.sub { (now(versions)) } }
            }
        }
    }

    /// Why it leaves a version out, as the end of a sentence that begins with the entitlement's name.
    pub(crate) fn leaves_out(&self) -> Markup {
        html! {
            @match self {
                Self::Chosen { .. } => { "grants chosen versions, and this is none of them." }
                Self::Current { .. } => { "grants the versions that there were when it was saved. This one came later." }
                Self::All { .. } => { "grants every version of the application." }
                Self::Range { expression, .. } => { "grants versions " code { (expression) } ", and this one is not in that range." }
                Self::PublishedUntil { until, .. } => { "grants versions added up to " (time::full(*until)) ". This one came later." }
            }
        }
    }
}

fn chosen(versions: &[String]) -> Markup {
    html! {
        (counted(versions.len() as u64, "chosen version", "chosen versions"))
        @if !versions.is_empty() {
            span.sub.wrap { (some_of(versions, NAMED, versions.len() as u64)) }
        }
    }
}

/// An entitlement in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntitlementRow {
    /// The entitlement.
    pub entitlement: ApplicationEntitlementId,
    /// Its name, unique for its customer.
    pub name: String,
    /// The application.
    pub application: ApplicationId,
    /// The application's name.
    pub application_name: String,
    /// Which versions.
    pub scope: Scope,
    /// When it ends; `None` for never.
    pub expires_at: Option<DateTime<Utc>>,
}

/// An entitlement to lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntitlementRef {
    /// The entitlement.
    pub entitlement: ApplicationEntitlementId,
    /// Its name.
    pub name: String,
    /// Whether the reader may open it; others are only told its name.
    pub can_open: bool,
}

impl EntitlementRef {
    pub(crate) fn link(&self) -> Markup {
        let to = EditApplicationEntitlement { entitlement: self.entitlement };
        name_or_link(&self.name, &to, self.can_open)
    }
}

/// A table of a customer's entitlements.
pub(crate) fn table(rows: &[EntitlementRow], can_edit: bool, now: DateTime<Utc>) -> Markup {
    entitlement::table("Application entitlements of the customer", rows.iter().map(line), can_edit, now)
}

fn line(row: &EntitlementRow) -> Line<'_> {
    let entitlement = row.entitlement;
    Line {
        name: &row.name,
        grants: html! {
            div.grants { div { (super::application::link(row.application, &row.application_name)) " · " (row.scope.words()) } }
        },
        expires_at: row.expires_at,
        edit: EditApplicationEntitlement { entitlement }.to_string(),
        delete: DeleteApplicationEntitlement { entitlement }.to_string(),
    }
}

/// Entitlements of the samples: one of each scope.
pub(crate) fn sample_rows() -> Vec<EntitlementRow> {
    use crate::gallery;
    let row = |number: u128, name: &str, scope, days: Option<i64>| EntitlementRow {
        entitlement: gallery::id(900 + number),
        name: name.to_owned(),
        application: gallery::id(801),
        application_name: "Fleet Manager".to_owned(),
        scope,
        expires_at: days.map(gallery::midnight),
    };
    let names = ["2.8.4", "2.8.3-p1", "2.8.3", "2.8.2", "2.8.1"].map(str::to_owned).to_vec();
    let window = Scope::PublishedUntil { until: gallery::midnight(37), versions: 7 };
    vec![
        row(1, "Fleet Manager", Scope::All { versions: 7 }, Some(341)),
        row(2, "Maintenance until 2027", window, None),
        row(3, "Hotfix 2.8", Scope::Chosen { versions: names }, Some(14)),
        row(4, "Fleet 3", Scope::Range { expression: ">=3, <4".to_owned(), versions: 4 }, None),
        row(5, "Trial", Scope::Current { versions: 3 }, Some(-20)),
    ]
}
