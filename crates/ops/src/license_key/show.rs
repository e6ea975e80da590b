//! Showing a license key without its tokens.

use grantry_model::id::LicenseKeyId;
use grantry_model::license_key::LicenseKey;
use grantry_model::policy::Action;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// A license key.
///
/// # Errors
/// There is no such key in the caller's reach.
pub async fn show(ops: &Ops, caller: &Caller, id: LicenseKeyId) -> Result<LicenseKey> {
    let permit = ops.authorize(caller, Action::ViewLicenseKeys).await?;
    let key = ops.store().read().await?.find_license_key(&permit, id).await?;
    key.ok_or(Error::NotFound(Kind::LicenseKey))
}
