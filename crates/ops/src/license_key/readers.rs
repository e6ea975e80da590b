//! Which deployments read a license key.

use grantry_model::id::LicenseKeyId;
use grantry_model::policy::Action;

use super::read;
use crate::Ops;
use crate::caller::Caller;
use crate::deployment::affected::{self, Affected};
use crate::error::{Error, Kind, Result};

/// The deployments in the caller's reach that read a license key, the oldest first.
///
/// # Errors
/// There is no such key for the caller.
pub async fn list(ops: &Ops, caller: &Caller, id: LicenseKeyId) -> Result<Vec<Affected>> {
    ops.authorize(caller, Action::ViewLicenseKeys).await?;
    let permit = ops.authorize(caller, Action::ViewDeployments).await?;
    let mut tx = ops.store().read().await?;
    let key = tx.find_license_key(&permit, id).await?.ok_or(Error::NotFound(Kind::LicenseKey))?;
    affected::readers(ops, &mut tx, &permit, &read(&key)).await
}
