//! Choosing the image of an artifact.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::ArtifactId;
use grantry_model::policy::Action;
use serde_json::json;

use super::list::{Listed, whole};
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};
use crate::file::delete::delete_unused;
use crate::file::image::{Choice, resolve};

/// Changes the image that is shown with an artifact's name. The one before is deleted if nothing else shows it.
///
/// # Errors
/// There is no such artifact; the file is not the organization's, or what is uploaded is refused.
pub async fn choose(ops: &Ops, caller: &Caller, id: ArtifactId, choice: Choice<'_>) -> Result<Listed> {
    let permit = ops.authorize(caller, Action::PushArtifacts).await?;
    let missing = Error::NotFound(Kind::Artifact);
    let mut tx = ops.store().write().await?;
    tx.lock_files(&permit).await?;
    let Some(before) = tx.find_artifact(&permit, id).await? else { return Err(missing) };
    let image = resolve(ops, &mut tx, (&permit, caller), choice).await?;
    if image != before.image {
        tx.update_artifact_image(&permit, id, image).await?;
        let subject = Subject::new("artifact", id, &before.name);
        let details = json!({ "before": { "imageId": before.image }, "after": { "imageId": image } });
        let event = Event::new(EventKind::ArtifactUpdated, subject).with(details);
        tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
        delete_unused(ops, &mut tx, (&permit, caller), before.image).await?;
    }
    let artifact = tx.find_artifact(&permit, id).await?.ok_or(missing)?;
    let contents = tx.artifact_contents(&permit, id).await?;
    let changed = whole(&mut tx, &permit, artifact, (contents.tags, contents.size)).await?;
    tx.commit().await?;
    Ok(changed)
}
