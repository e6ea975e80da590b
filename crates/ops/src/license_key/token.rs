//! Showing license tokens. Every look is an event, in the transaction that lets it happen.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::LicenseKeyId;
use grantry_model::license_key::{Holder, LicenseKey, Revision};
use grantry_model::page::PageRequest;
use grantry_model::policy::{Action, Permit};
use grantry_store::store::Tx;
use serde_json::{Value, json};

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// The token in force of a license key.
///
/// # Errors
/// There is no such key in the caller's reach.
pub async fn current(ops: &Ops, caller: &Caller, id: LicenseKeyId) -> Result<String> {
    let permit = ops.authorize(caller, Action::ViewLicenseToken).await?;
    let mut tx = ops.store().write().await?;
    let found = tx.find_current_token(&permit, id).await?.ok_or(Error::NotFound(Kind::LicenseKey))?;
    let subject = Subject::new("license_key", id, &found.name);
    let event = Event::new(EventKind::LicenseTokenViewed, subject).of_customer(found.customer);
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(found.token)
}

/// A license key with all its revisions, the newest first, each with its token.
#[derive(Debug, Clone)]
pub struct Revisions {
    /// The key.
    pub key: LicenseKey,
    /// Its revisions.
    pub revisions: Vec<(Revision, String)>,
}

/// A license key's revisions with their tokens.
///
/// # Errors
/// There is no such key in the caller's reach.
pub async fn revisions(ops: &Ops, caller: &Caller, id: LicenseKeyId) -> Result<Revisions> {
    let permit = ops.authorize(caller, Action::ViewLicenseToken).await?;
    let mut tx = ops.store().write().await?;
    let found = find_revisions(&mut tx, &permit, id).await?;
    record(ops, &mut tx, caller, &found.key, json!({ "revisions": found.revisions.len() })).await?;
    tx.commit().await?;
    Ok(found)
}

/// License keys in the caller's reach, each with its token in force; for the page of a customer's member.
///
/// # Errors
/// The plan lacks license management.
pub async fn all_current(
    ops: &Ops,
    caller: &Caller,
    page: &PageRequest,
) -> Result<Vec<(LicenseKey, String)>> {
    let permit = ops.authorize(caller, Action::ViewLicenseToken).await?;
    let mut tx = ops.store().write().await?;
    let keys = tx.list_license_keys(&permit, Holder::Any, page).await?;
    let mut found = Vec::with_capacity(keys.items.len());
    for key in keys.items {
        let token = tx.find_current_token(&permit, key.id).await?.ok_or(Error::NotFound(Kind::LicenseKey))?;
        record(ops, &mut tx, caller, &key, Value::Null).await?;
        found.push((key, token.token));
    }
    tx.commit().await?;
    Ok(found)
}

pub(super) async fn find_revisions(tx: &mut Tx, permit: &Permit, id: LicenseKeyId) -> Result<Revisions> {
    let key = tx.find_license_key(permit, id).await?.ok_or(Error::NotFound(Kind::LicenseKey))?;
    let revisions = tx.list_revisions(permit, id).await?;
    Ok(Revisions { key, revisions })
}

async fn record(ops: &Ops, tx: &mut Tx, caller: &Caller, key: &LicenseKey, details: Value) -> Result<()> {
    let subject = Subject::new("license_key", key.id, &key.name);
    let event = Event::new(EventKind::LicenseTokenViewed, subject).of_customer(key.customer).with(details);
    Ok(tx.record(caller.actor.organization, ops.stamp()?, &caller.author(), &event).await?)
}
