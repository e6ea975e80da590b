//! Deleting a file.

use grantry_model::audit::EventKind;
use grantry_model::id::FileId;
use grantry_model::policy::{Action, Permit};
use grantry_store::store::Tx;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// Deletes a file. What showed it shows no image from then on.
///
/// # Errors
/// There is no such file in the organization.
pub async fn delete(ops: &Ops, caller: &Caller, id: FileId) -> Result<()> {
    let permit = ops.authorize(caller, Action::EditFiles).await?;
    let mut tx = ops.store().write().await?;
    tx.lock_files(&permit).await?;
    let file = tx.find_file(&permit, id).await?.ok_or(Error::NotFound(Kind::File))?;
    tx.delete_file(&permit, id).await?;
    let event = super::event(EventKind::FileDeleted, &file);
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(())
}

/// Deletes an image that was let go of, unless something else shows it; under the lock of the organization's files. So none is
/// left that counts and that nobody sees.
pub(crate) async fn delete_unused(
    ops: &Ops,
    tx: &mut Tx,
    (permit, caller): (&Permit, &Caller),
    image: Option<FileId>,
) -> Result<()> {
    let Some(id) = image else { return Ok(()) };
    let Some(file) = tx.find_file(permit, id).await? else { return Ok(()) };
    if tx.delete_unused_file(permit, id).await? {
        let event = super::event(EventKind::FileDeleted, &file);
        tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    }
    Ok(())
}
