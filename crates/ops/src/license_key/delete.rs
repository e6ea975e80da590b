//! Deleting a license key.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::LicenseKeyId;
use grantry_model::license_key::{LicenseKey, Revision};
use grantry_model::policy::Action;
use serde_json::json;

use super::token::find_revisions;
use super::{facts, read};
use crate::Ops;
use crate::caller::Caller;
use crate::deployment::affected::{self, Affected};
use crate::error::{Error, Kind, Result};

/// Deletes a license key with its revisions. Tokens that were handed out stay valid until they expire.
///
/// # Errors
/// There is no such key; deployments read it.
pub async fn delete(ops: &Ops, caller: &Caller, id: LicenseKeyId) -> Result<()> {
    let permit = ops.authorize(caller, Action::DeleteLicenseKey).await?;
    let mut tx = ops.store().write().await?;
    let key = tx.find_license_key(&permit, id).await?.ok_or(Error::NotFound(Kind::LicenseKey))?;
    tx.lock_deployments(&permit).await?;
    let message = format!(
        "Deployments read the license key “{}”. Take it out of their templates, or undeploy them, and delete it then.",
        key.name
    );
    affected::refuse(affected::readers(ops, &mut tx, &permit, &read(&key)).await?, message)?;
    tx.delete_license_key(&permit, id).await?;
    let event = Event::new(EventKind::LicenseKeyDeleted, Subject::new("license_key", id, &key.name))
        .of_customer(key.customer)
        .with(json!({ "before": facts(&key) }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(())
}

/// What the deletion of a license key takes away.
#[derive(Debug, Clone)]
pub struct Losses {
    /// The key.
    pub key: LicenseKey,
    /// Its revisions, the newest first.
    pub revisions: Vec<Revision>,
    /// The deployments that read it, which stand in the way.
    pub readers: Vec<Affected>,
}

/// What [`delete`] would delete, and what stands in its way.
///
/// # Errors
/// There is no such key.
pub async fn preview(ops: &Ops, caller: &Caller, id: LicenseKeyId) -> Result<Losses> {
    let permit = ops.authorize(caller, Action::DeleteLicenseKey).await?;
    let mut tx = ops.store().read().await?;
    let found = find_revisions(&mut tx, &permit, id).await?;
    let readers = affected::readers(ops, &mut tx, &permit, &read(&found.key)).await?;
    let revisions = found.revisions.into_iter().map(|(revision, _)| revision).collect();
    Ok(Losses { key: found.key, revisions, readers })
}
