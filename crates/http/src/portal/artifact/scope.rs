//! Scopes of grants, as pages show them.

use grantry_model::artifact::TagEntry;
use grantry_model::artifact_entitlement::Scope;
use grantry_oci::reference::Tag;
use grantry_ops::artifact::tags::covered;
use grantry_ui::pages::artifact_entitlement as ui;

/// A scope with what it covers of the tags that the artifact has now.
pub(crate) fn present(scope: &Scope, now: &[TagEntry]) -> ui::Scope {
    let tags = covered(scope, now).len() as u64;
    let expression = scope.expression().unwrap_or_default().to_owned();
    match scope {
        Scope::Chosen { tags, manifests } => ui::Scope::Chosen {
            tags: tags.iter().map(Tag::to_string).collect(),
            manifests: manifests.len() as u64,
        },
        Scope::Current { .. } => ui::Scope::Current { tags },
        Scope::All => ui::Scope::All { tags },
        Scope::Pattern(_) => ui::Scope::Pattern { expression, tags },
        Scope::Range(_) => ui::Scope::Range { expression, tags },
    }
}
