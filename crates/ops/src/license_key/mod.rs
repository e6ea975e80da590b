//! License keys.

pub mod create;
pub mod delete;
pub mod edit;
pub mod readers;
pub mod show;
pub mod token;

use grantry_model::field::FieldError;
use grantry_model::license_key::{Holder, LicenseKey};
use grantry_model::page::{Page, PageRequest};
use grantry_model::policy::{Action, Permit};
use grantry_store::store::Tx;
use serde_json::json;

use crate::Ops;
use crate::caller::Caller;
use crate::deployment::affected::Read;
use crate::error::{Error, Kind, Result};

/// License keys in the caller's reach, by name.
///
/// # Errors
/// The plan lacks license management.
pub async fn list(
    ops: &Ops,
    caller: &Caller,
    holder: Holder,
    page: &PageRequest,
) -> Result<Page<LicenseKey>> {
    let permit = ops.authorize(caller, Action::ViewLicenseKeys).await?;
    Ok(ops.store().read().await?.list_license_keys(&permit, holder, page).await?)
}

/// A license key as what deployments read.
fn read(key: &LicenseKey) -> Read<'_> {
    Read::LicenseKey { customer: key.customer, name: key.name.as_str() }
}

/// The customer that a key names must be the permit's.
async fn require_customer(tx: &mut Tx, permit: &Permit, key: &LicenseKey) -> Result<()> {
    if let Some(customer) = key.customer {
        tx.lock_customer(customer).await?;
        let found = tx.find_customer(permit, customer).await?;
        found.ok_or(Error::NotFound(Kind::Customer))?;
    }
    Ok(())
}

pub(crate) fn name_taken() -> Error {
    let message = "Another license key of the organization already has this name. Choose a different one.";
    FieldError::new("name", "name_taken", message).into()
}

/// What an audit entry keeps of a revision.
pub(crate) fn facts(key: &LicenseKey) -> serde_json::Value {
    let terms = &key.current.terms;
    json!({
        "revision": key.current.seq,
        "description": key.description,
        "notBefore": terms.not_before,
        "expiresAt": terms.expires_at,
        "graceSeconds": terms.grace,
        "payload": terms.payload.to_value(),
    })
}
