//! Choosing the image of an application.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::ApplicationId;
use grantry_model::policy::Action;
use serde_json::json;

use super::{Detail, find};
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};
use crate::file::delete::delete_unused;
use crate::file::image::{Choice, resolve};

/// Changes the image that is shown with an application's name. The one before is deleted if nothing else shows it.
///
/// # Errors
/// There is no such application; the file is not the organization's, or what is uploaded is refused.
pub async fn choose(ops: &Ops, caller: &Caller, id: ApplicationId, choice: Choice<'_>) -> Result<Detail> {
    let permit = ops.authorize(caller, Action::EditApplications).await?;
    let mut tx = ops.store().write().await?;
    tx.lock_files(&permit).await?;
    let before = tx.find_application(&permit, id).await?.ok_or(Error::NotFound(Kind::Application))?;
    let image = resolve(ops, &mut tx, (&permit, caller), choice).await?;
    if image != before.image {
        tx.update_application_image(&permit, id, image).await?;
        let subject = Subject::new("application", id, &before.name);
        let details = json!({ "before": { "imageId": before.image }, "after": { "imageId": image } });
        let event = Event::new(EventKind::ApplicationUpdated, subject).with(details);
        tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
        delete_unused(ops, &mut tx, (&permit, caller), before.image).await?;
    }
    let changed = find(&mut tx, &permit, id, ops.clock().now()).await?;
    tx.commit().await?;
    Ok(changed)
}
