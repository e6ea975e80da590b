//! Who may deploy an application.

use chrono::{DateTime, Utc};
use maud::Markup;

use crate::components::entitled::{Words, entitled_card};
use crate::gallery;
use crate::pages::application_entitlement::{EntitlementRef, Scope};
use crate::pages::entitlement::entitled_cells;
use crate::pages::license_key::Owner;

const WORDS: Words = Words {
    everybody: "Every customer may deploy it.",
    because: "Your organization does not restrict applications. It begins to with its first application entitlement, or under Settings.",
    nobody: "No customer may deploy it",
    advice: "Open a customer under Licenses and create an application entitlement that names it.",
    scope: "Versions",
};

/// A customer who is entitled to something of the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitled {
    /// The customer.
    pub customer: Owner,
    /// By what.
    pub entitlement: EntitlementRef,
    /// To what.
    pub scope: Scope,
    /// Until when; `None` for ever.
    pub until: Option<DateTime<Utc>>,
}

/// Who may deploy the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Every customer may, because the organization does not restrict applications.
    Open,
    /// Those of the list may; by customer, then entitlement.
    Restricted(Vec<Entitled>),
}

impl Access {
    /// The section that says so.
    pub(super) fn card(&self, now: DateTime<Utc>) -> Markup {
        let cells = |one: &Entitled| {
            entitled_cells(&one.customer, (one.entitlement.link(), one.scope.words()), one.until, now)
        };
        let rows = match self {
            Self::Open => None,
            Self::Restricted(all) => Some(all.iter().map(cells).collect()),
        };
        entitled_card(&WORDS, rows)
    }
}

/// Who may deploy the application of the samples.
pub(super) fn sample_entitled() -> Vec<Entitled> {
    let entitled = |number: u128, customer: &str, name: &str, scope, days: Option<i64>| Entitled {
        customer: Owner { customer: gallery::id(100 + number), name: customer.to_owned() },
        entitlement: EntitlementRef {
            entitlement: gallery::id(900 + number),
            name: name.to_owned(),
            can_open: number != 2,
        },
        scope,
        until: days.map(gallery::midnight),
    };
    let range = Scope::Range { expression: ">=3, <4".to_owned(), versions: 4 };
    let chosen = Scope::Chosen { versions: vec!["2.8.3-p1".to_owned()] };
    vec![
        entitled(3, "Aperture Labs", "Fleet Manager 3", range, None),
        entitled(1, "Initech GmbH", "Fleet Manager", Scope::All { versions: 7 }, Some(341)),
        entitled(2, "Hooli", "Hotfix 2.8", chosen, Some(14)),
    ]
}
