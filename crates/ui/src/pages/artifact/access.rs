//! Who may pull an artifact.

use chrono::{DateTime, Utc};
use maud::Markup;

use crate::components::entitled::Words;
use crate::gallery;
use crate::pages::artifact_entitlement::{EntitlementRef, Scope};
use crate::pages::entitlement;
use crate::pages::license_key::Owner;

const WORDS: Words = Words {
    everybody: "Every customer may pull it.",
    because: "Your organization does not restrict artifacts. It begins to with its first artifact entitlement, or under Settings.",
    nobody: "No customer may pull it",
    advice: "Open a customer under Licenses and create an artifact entitlement that names it.",
    scope: "Scope",
};

/// A customer who is entitled to something of the artifact.
pub type Entitled = entitlement::Entitled<EntitlementRef, Scope>;

/// Who may pull the artifact.
pub type Access = entitlement::Access<EntitlementRef, Scope>;

/// The section that says so.
pub(super) fn card(access: &Access, now: DateTime<Utc>) -> Markup {
    access.card(&WORDS, |by, scope| (by.link(), scope.words()), now)
}

/// Who may pull the artifact of the samples.
pub(super) fn sample_entitled() -> Vec<Entitled> {
    let entitled = |number: u128, customer: &str, name: &str, scope, days: Option<i64>| Entitled {
        customer: Owner { customer: gallery::id(100 + number), name: customer.to_owned() },
        entitlement: EntitlementRef {
            entitlement: gallery::id(700 + number),
            name: name.to_owned(),
            can_open: number != 2,
        },
        scope,
        until: days.map(gallery::midnight),
    };
    let pattern = Scope::Pattern { expression: "3.*".to_owned(), tags: 11 };
    let chosen = Scope::Chosen { tags: vec!["2.8.3-p1".to_owned()], manifests: 0 };
    vec![
        entitled(3, "Aperture Labs", "Images", pattern, None),
        entitled(1, "Initech GmbH", "Runtime images", Scope::All { tags: 38 }, Some(341)),
        entitled(2, "Hooli", "Hotfix 2.8", chosen, Some(14)),
    ]
}
