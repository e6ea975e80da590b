//! Uploading a file.

use grantry_model::audit::EventKind;
use grantry_model::file::{File, MAX_FILES, MAX_TOTAL, recognize};
use grantry_model::policy::{Action, Permit};
use grantry_store::store::Tx;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::once::{Once, Outcome};

/// Uploads an image. It is what its bytes say, whatever the client calls it.
///
/// # Errors
/// The bytes are no image that is taken; the organization has as many files as it may have.
pub async fn create(
    ops: &Ops,
    caller: &Caller,
    bytes: &[u8],
    once: &Once<'_, File>,
) -> Result<Outcome<File>> {
    let permit = ops.authorize(caller, Action::EditFiles).await?;
    let mut tx = ops.store().write().await?;
    if let Some(body) = once.repeated(&mut tx, &permit).await? {
        return Ok(Outcome::Repeated(body));
    }
    tx.lock_files(&permit).await?;
    let file = insert(ops, &mut tx, (&permit, caller), bytes).await?;
    once.remember(&mut tx, &permit, &file, file.created_at).await?;
    tx.commit().await?;
    Ok(Outcome::Created(file))
}

/// Adds a file, under the lock of the organization's files.
pub(super) async fn insert(
    ops: &Ops,
    tx: &mut Tx,
    (permit, caller): (&Permit, &Caller),
    bytes: &[u8],
) -> Result<File> {
    let kind = recognize(bytes)?;
    let file = File { id: ops.new_id()?, kind, size: bytes.len() as u64, created_at: ops.clock().now() };
    if !tx.file_usage(permit).await?.has_room_for(file.size) {
        let message = format!(
            "An organization has at most {MAX_FILES} images with {} MiB together. Delete some that nothing shows.",
            MAX_TOTAL / 1024 / 1024
        );
        return Err(Error::conflict("files_limit", message));
    }
    tx.insert_file(permit, &file, bytes).await?;
    let event = super::event(EventKind::FileCreated, &file);
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    Ok(file)
}
