//! One manifest of an artifact, for its id, which pages and entitlements name it by.

use grantry_model::artifact::{Manifest, TagEntry};
use grantry_model::id::{ArtifactId, ManifestId};
use grantry_model::policy::Action;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// A manifest of an artifact with its tags, without those that are attached to manifests by their form.
///
/// # Errors
/// There is no such artifact or no such manifest in it; the caller is not the vendor's.
pub async fn find(
    ops: &Ops,
    caller: &Caller,
    artifact: ArtifactId,
    id: ManifestId,
) -> Result<(Manifest, Vec<TagEntry>)> {
    let permit = ops.authorize(caller, Action::ViewArtifacts).await?;
    let mut tx = ops.store().read().await?;
    tx.find_artifact(&permit, artifact).await?.ok_or(Error::NotFound(Kind::Artifact))?;
    // What a customer's members reach, the registry decides by what they are entitled to.
    let is_here = |found: &Manifest| found.artifact == artifact && permit.customer().is_none();
    let manifest = tx.find_manifest_by_id(&permit, id).await?.filter(is_here);
    let manifest = manifest.ok_or(Error::NotFound(Kind::Manifest))?;
    let mut tags = tx.list_tags_of(&permit, id).await?;
    tags.retain(|tag| tag.name.attachment().is_none());
    Ok((manifest, tags))
}
