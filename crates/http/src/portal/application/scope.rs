//! Scopes of application entitlements, as pages show them.

use grantry_model::application::Version;
use grantry_model::application_entitlement::{Asked, Scope};
use grantry_ui::pages::application_entitlement as ui;

/// The versions that a scope covers, in the order given.
pub(crate) fn covered<'v>(scope: &Scope, versions: &'v [Version]) -> Vec<&'v Version> {
    versions.iter().filter(|version| scope.covers(Asked::from(*version))).collect()
}

/// A scope with what it covers of the versions that the application has now, the first one first.
pub(crate) fn present(scope: &Scope, now: &[Version]) -> ui::Scope {
    let covered = covered(scope, now);
    let versions = covered.len() as u64;
    match scope {
        Scope::Chosen(_) => ui::Scope::Chosen {
            versions: covered.iter().rev().map(|version| version.name.as_str().to_owned()).collect(),
        },
        Scope::Current(_) => ui::Scope::Current { versions },
        Scope::All => ui::Scope::All { versions },
        Scope::Range(range) => ui::Scope::Range { expression: range.to_string(), versions },
        Scope::PublishedUntil(until) => ui::Scope::PublishedUntil { until: *until, versions },
    }
}
