//! Creating a secret.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::CustomerId;
use grantry_model::policy::Action;
use grantry_model::secret::{Secret, SecretDraft};
use serde_json::json;

use super::{customer_unknown, facts, on_key_taken};
use crate::Ops;
use crate::caller::Caller;
use crate::error::Result;
use crate::once::{Once, Outcome};

/// A secret to be, nothing checked.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// How templates name it.
    pub key: &'a str,
    /// Its value.
    pub value: &'a str,
    /// Whose deployments read it; `None`: those at the vendor's own targets. A customer's member always creates the customer's.
    pub customer: Option<CustomerId>,
}

/// Creates a secret.
///
/// # Errors
/// Fields that are not valid, an unknown customer; a key that is taken.
pub async fn create(
    ops: &Ops,
    caller: &Caller,
    input: Input<'_>,
    once: &Once<'_, Secret>,
) -> Result<Outcome<Secret>> {
    let permit = ops.authorize(caller, Action::EditSecrets).await?;
    let draft = SecretDraft::parse(input.key, input.value)?;
    let now = ops.clock().now();
    let secret = Secret {
        id: ops.new_id()?,
        customer: permit.customer().or(input.customer),
        key: draft.key,
        created_at: now,
        updated_at: now,
        updated_by: Some(caller.actor.user),
        updated_by_name: caller.actor.name.clone(),
    };
    let mut tx = ops.store().write().await?;
    if let Some(body) = once.repeated(&mut tx, &permit).await? {
        return Ok(Outcome::Repeated(body));
    }
    if let Some(customer) = secret.customer {
        tx.lock_customer(customer).await?;
        if tx.find_customer(&permit, customer).await?.is_none() {
            return Err(customer_unknown());
        }
    }
    tx.lock_deployments(&permit).await?;
    on_key_taken(tx.insert_secret(&permit, &secret, &draft.value).await, &secret.key)?;
    let event = Event::new(EventKind::SecretCreated, Subject::new("secret", secret.id, &secret.key))
        .of_customer(secret.customer)
        .with(json!({ "after": facts(&secret) }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    once.remember(&mut tx, &permit, &secret, now).await?;
    tx.commit().await?;
    Ok(Outcome::Created(secret))
}
