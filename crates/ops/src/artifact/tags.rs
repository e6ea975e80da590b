//! Tags to choose from when an entitlement is made.

use grantry_model::artifact::TagEntry;
use grantry_model::artifact_entitlement::Scope;
use grantry_model::id::ArtifactId;
use grantry_model::policy::Action;
use grantry_oci::reference::Tag;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// All tags of an artifact whose name contains `search`, those that moved last first; those that are attached to manifests by
/// their form are left out.
///
/// # Errors
/// There is no such artifact; the caller is not the vendor's.
pub async fn list(ops: &Ops, caller: &Caller, artifact: ArtifactId, search: &str) -> Result<Vec<TagEntry>> {
    let permit = ops.authorize(caller, Action::ViewArtifactEntitlements).await?;
    let mut tx = ops.store().read().await?;
    tx.find_artifact(&permit, artifact).await?.ok_or(Error::NotFound(Kind::Artifact))?;
    Ok(tx.list_newest_tags(&permit, artifact, search).await?)
}

/// The tags among `tags` that a scope covers by their names.
pub fn covered<'t>(scope: &Scope, tags: &'t [TagEntry]) -> Vec<&'t Tag> {
    let covers = |tag: &&Tag| match scope {
        Scope::All => true,
        Scope::Chosen { tags, .. } | Scope::Current { tags } => tags.contains(*tag),
        Scope::Pattern(glob) => glob.matches(tag),
        Scope::Range(range) => range.matches(tag),
    };
    tags.iter().map(|entry| &entry.name).filter(covers).collect()
}
