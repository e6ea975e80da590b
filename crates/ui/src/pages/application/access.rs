//! Who may deploy an application.

use chrono::{DateTime, Utc};
use maud::Markup;

use crate::components::entitled::Words;
use crate::gallery;
use crate::pages::application_entitlement::{EntitlementRef, Scope};
use crate::pages::entitlement;
use crate::pages::license_key::Owner;

const WORDS: Words = Words {
    everybody: "Every customer may deploy it.",
    because: "Your organization does not restrict applications. It begins to with its first application entitlement, or under Settings.",
    nobody: "No customer may deploy it",
    advice: "Open a customer under Licenses and create an application entitlement that names it.",
    scope: "Versions",
};

/// A customer who is entitled to something of the application.
pub type Entitled = entitlement::Entitled<EntitlementRef, Scope>;

/// Who may deploy the application.
pub type Access = entitlement::Access<EntitlementRef, Scope>;

/// The section that says so.
pub(super) fn card(access: &Access, now: DateTime<Utc>) -> Markup {
    access.card(&WORDS, |by, scope| (by.link(), scope.words()), now)
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
