//! Deleting a license key.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::LicenseKeyId;
use grantry_model::license_key::{LicenseKey, Revision};
use grantry_model::policy::Action;
use serde_json::json;

use super::facts;
use super::token::find_revisions;
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// Deletes a license key with its revisions. Tokens that were handed out stay valid until they expire.
///
/// # Errors
/// There is no such key.
pub async fn delete(ops: &Ops, caller: &Caller, id: LicenseKeyId) -> Result<()> {
    let permit = ops.authorize(caller, Action::DeleteLicenseKey).await?;
    let mut tx = ops.store().write().await?;
    let key = tx.find_license_key(&permit, id).await?.ok_or(Error::NotFound(Kind::LicenseKey))?;
    tx.delete_license_key(&permit, id).await?;
    let event = Event::new(EventKind::LicenseKeyDeleted, Subject::new("license_key", id, &key.name))
        .of_customer(key.customer)
        .with(json!({ "before": facts(&key) }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(())
}

/// A license key that [`delete`] would delete, with its revisions, the newest first.
///
/// # Errors
/// There is no such key.
pub async fn preview(ops: &Ops, caller: &Caller, id: LicenseKeyId) -> Result<(LicenseKey, Vec<Revision>)> {
    let permit = ops.authorize(caller, Action::DeleteLicenseKey).await?;
    let found = find_revisions(&mut ops.store().read().await?, &permit, id).await?;
    Ok((found.key, found.revisions.into_iter().map(|(revision, _)| revision).collect()))
}
