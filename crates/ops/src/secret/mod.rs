//! Secrets that the templates of deployments read. Their values go in and never come out.

pub mod create;
pub mod delete;
pub mod update;

use grantry_model::field::FieldError;
use grantry_model::id::{CustomerId, SecretId};
use grantry_model::page::{Page, PageRequest};
use grantry_model::policy::Action;
use grantry_model::secret::{Secret, SecretKey};
use grantry_store::error::Error as StoreError;
use grantry_store::secret::{KEY_UNIQUE, OWN_KEY_UNIQUE};
use serde_json::{Value, json};

use crate::Ops;
use crate::caller::Caller;
use crate::deployment::affected::Read;
use crate::error::{Error, Kind, Result};

/// Secrets in the caller's reach, by key; of one customer, if it is given.
///
/// # Errors
/// Deployments are switched off for the caller's customer.
pub async fn list(
    ops: &Ops,
    caller: &Caller,
    of: Option<CustomerId>,
    page: &PageRequest,
) -> Result<Page<Secret>> {
    let permit = ops.authorize(caller, Action::ViewSecrets).await?;
    Ok(ops.store().read().await?.list_secrets(&permit, of, page).await?)
}

/// How many secrets are in the caller's reach.
///
/// # Errors
/// Deployments are switched off for the caller's customer.
pub async fn count(ops: &Ops, caller: &Caller) -> Result<u64> {
    let permit = ops.authorize(caller, Action::ViewSecrets).await?;
    Ok(ops.store().read().await?.count_secrets(&permit).await?)
}

/// A secret.
///
/// # Errors
/// There is no such secret in the caller's reach.
pub async fn show(ops: &Ops, caller: &Caller, id: SecretId) -> Result<Secret> {
    let permit = ops.authorize(caller, Action::ViewSecrets).await?;
    let found = ops.store().read().await?.find_secret(&permit, id).await?;
    found.ok_or(Error::NotFound(Kind::Secret))
}

/// A secret as what deployments read.
fn read(secret: &Secret) -> Read<'_> {
    Read::Secret { owner: secret.customer, key: secret.key.as_str() }
}

/// Answers a conflict of keys.
fn on_key_taken<T>(result: std::result::Result<T, StoreError>, key: &SecretKey) -> Result<T> {
    let taken = || {
        let message = format!("There is a secret “{key}” already. Change that one, or choose another key.");
        Error::conflict("key_taken", message)
    };
    match result {
        Err(StoreError::Conflict { constraint })
            if constraint == KEY_UNIQUE || constraint == OWN_KEY_UNIQUE =>
        {
            Err(taken())
        }
        other => Ok(other?),
    }
}

fn customer_unknown() -> Error {
    let message = "There is no customer with this id. Choose one of yours.";
    FieldError::new("customerOrganizationId", "customer_unknown", message).into()
}

/// What an audit entry keeps of a secret: never its value.
fn facts(secret: &Secret) -> Value {
    json!({ "key": secret.key.as_str(), "customerOrganizationId": secret.customer })
}
