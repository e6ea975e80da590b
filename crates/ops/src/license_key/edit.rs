//! Editing a license key: its description in place, its content by a new revision.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::LicenseKeyId;
use grantry_model::license_key::{Edit, LicenseKey, Revision, Terms, TermsInput};
use grantry_model::policy::{Action, Permit};
use grantry_store::license_key::{REVISION_UNIQUE, SignedToken};
use grantry_store::store::Tx;
use serde_json::json;

use super::{facts, read};
use crate::Ops;
use crate::caller::Caller;
use crate::deployment::affected::{self, Affected, Confirmation, Found};
use crate::error::{Error, Kind, OnConflict, Result};
use crate::signing::sign_current;

/// What an edit asks for, nothing checked. What is left out of the terms keeps its value.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The description from now on; `None` keeps it.
    pub description: Option<&'a str>,
    /// Other content, which makes a revision.
    pub terms: TermsInput<'a>,
}

/// An edited license key, and the deployments that read it.
#[derive(Debug, Clone)]
pub struct Edited {
    /// The key.
    pub key: LicenseKey,
    /// If there is a new revision: the deployments that read it, each redeployed or with the reason why not.
    pub affected: Vec<Affected>,
}

/// Edits a license key. Content that equals the current one makes no revision; a revision redeploys what reads the key.
///
/// # Errors
/// There is no such key; fields are not valid; somebody else revised it at the same moment; deployments read the key and nobody
/// confirmed that they are redeployed.
pub async fn edit(
    ops: &Ops,
    caller: &Caller,
    id: LicenseKeyId,
    input: Input<'_>,
    confirmation: Confirmation,
) -> Result<Edited> {
    let permit = ops.authorize(caller, Action::EditLicenseKey).await?;
    let mut tx = ops.store().write().await?;
    let before = tx.find_license_key(&permit, id).await?.ok_or(Error::NotFound(Kind::LicenseKey))?;
    let Edit { description, revision } =
        before.edit(input.description.unwrap_or(&before.description), input.terms)?;
    let mut after = LicenseKey { description, ..before.clone() };
    if after.description != before.description {
        tx.update_license_key_description(&permit, id, &after.description).await?;
    }
    let mut found = Vec::new();
    if let Some(terms) = revision {
        tx.lock_deployments(&permit).await?;
        after.current = revise(ops, caller, &before, terms)?;
        store_revision(ops, &mut tx, &permit, &after).await?;
        found = affected::find(ops, &mut tx, &permit, &read(&after)).await?;
        let message = format!("Deployments read the license key “{}”.", after.name);
        affected::require(&found, confirmation, &message)?;
    }
    if after != before {
        let event = changed(&before, &after, &found);
        tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
        let reason = format!("license key {} revised", after.name);
        affected::redeploy(ops, &mut tx, (&permit, caller), &found, &reason).await?;
        tx.commit().await?;
    }
    Ok(Edited { key: after, affected: found.into_iter().map(Into::into).collect() })
}

/// The deployments that a revision of a license key would redeploy.
///
/// # Errors
/// There is no such key.
pub async fn preview(ops: &Ops, caller: &Caller, id: LicenseKeyId) -> Result<Vec<Affected>> {
    let permit = ops.authorize(caller, Action::EditLicenseKey).await?;
    let mut tx = ops.store().read().await?;
    let key = tx.find_license_key(&permit, id).await?.ok_or(Error::NotFound(Kind::LicenseKey))?;
    affected::readers(ops, &mut tx, &permit, &read(&key)).await
}

fn revise(ops: &Ops, caller: &Caller, key: &LicenseKey, terms: Terms) -> Result<Revision> {
    Ok(Revision {
        id: ops.new_id()?,
        seq: key.current.seq + 1,
        terms,
        created_at: ops.clock().now(),
        created_by: caller.actor.name.clone(),
    })
}

async fn store_revision(ops: &Ops, tx: &mut Tx, permit: &Permit, key: &LicenseKey) -> Result<()> {
    let signed = sign_current(ops, tx, permit.organization(), key).await?;
    let token = SignedToken { token: &signed.token, key_id: &signed.key_id };
    tx.insert_revision(permit, key.id, &key.current, token).await.on_conflict(REVISION_UNIQUE, || {
        let message = "Somebody else revised this license key at the same moment. Look at it again first.";
        Error::conflict("revised_meanwhile", message)
    })
}

fn changed(before: &LicenseKey, after: &LicenseKey, found: &[Found]) -> Event {
    let revised = before.current.seq != after.current.seq;
    let kind = if revised { EventKind::LicenseKeyRevised } else { EventKind::LicenseKeyUpdated };
    let subject = Subject::new("license_key", after.id, &after.name);
    let mut details = json!({ "before": facts(before), "after": facts(after) });
    if !found.is_empty() {
        details["affectedDeployments"] = affected::facts(found);
    }
    Event::new(kind, subject).of_customer(after.customer).with(details)
}
