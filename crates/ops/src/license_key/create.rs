//! Creating a license key.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::CustomerId;
use grantry_model::license_key::{LicenseKey, LicenseKeyDraft, Revision, TermsInput};
use grantry_model::policy::Action;
use grantry_store::license_key::{NAME_UNIQUE, SignedToken};
use serde_json::json;

use super::{facts, name_taken, require_customer};
use crate::Ops;
use crate::caller::Caller;
use crate::error::{OnConflict, Result};
use crate::once::{Once, Outcome};
use crate::signing::sign_current;

/// A license key to be, nothing checked.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it is for, may be empty.
    pub description: &'a str,
    /// Whom it is issued to; `None`: everybody.
    pub customer: Option<CustomerId>,
    /// What it grants, and when.
    pub terms: TermsInput<'a>,
}

/// Creates a license key with its first revision, whose token is signed and kept.
///
/// # Errors
/// Fields that are not valid, a name that is taken; there is no such customer.
pub async fn create(
    ops: &Ops,
    caller: &Caller,
    input: Input<'_>,
    once: &Once<'_, LicenseKey>,
) -> Result<Outcome<LicenseKey>> {
    let permit = ops.authorize(caller, Action::CreateLicenseKey).await?;
    let draft = LicenseKeyDraft::parse(input.name, input.description, input.customer, input.terms)?;
    let key = first_revision(ops, caller, draft)?;
    let mut tx = ops.store().write().await?;
    if let Some(body) = once.repeated(&mut tx, &permit).await? {
        return Ok(Outcome::Repeated(body));
    }
    require_customer(&mut tx, &permit, &key).await?;
    let signed = sign_current(ops, &mut tx, permit.organization(), &key).await?;
    let token = SignedToken { token: &signed.token, key_id: &signed.key_id };
    tx.insert_license_key(&permit, &key, token).await.on_conflict(NAME_UNIQUE, name_taken)?;
    let subject = Subject::new("license_key", key.id, &key.name);
    let event = Event::new(EventKind::LicenseKeyCreated, subject)
        .of_customer(key.customer)
        .with(json!({ "after": facts(&key) }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    once.remember(&mut tx, &permit, &key, key.created_at).await?;
    tx.commit().await?;
    Ok(Outcome::Created(key))
}

fn first_revision(ops: &Ops, caller: &Caller, draft: LicenseKeyDraft) -> Result<LicenseKey> {
    let now = ops.clock().now();
    let current = Revision {
        id: ops.new_id()?,
        seq: 1,
        terms: draft.terms,
        created_at: now,
        created_by: caller.actor.name.clone(),
    };
    let LicenseKeyDraft { name, description, customer, .. } = draft;
    Ok(LicenseKey { id: ops.new_id()?, name, description, customer, created_at: now, current })
}
