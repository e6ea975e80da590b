//! Giving a secret another value.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::SecretId;
use grantry_model::policy::Action;
use grantry_model::secret::{Secret, SecretValue};
use serde_json::json;

use super::{facts, read};
use crate::Ops;
use crate::caller::Caller;
use crate::deployment::affected::{self, Affected, Confirmation};
use crate::error::{Error, Kind, Result};

/// A changed secret, and the deployments that read it.
#[derive(Debug, Clone)]
pub struct Updated {
    /// The secret.
    pub secret: Secret,
    /// The deployments, each redeployed or with the reason why not.
    pub affected: Vec<Affected>,
}

/// Gives a secret another value, and redeploys what reads it.
///
/// # Errors
/// There is no such secret; the value is not valid; deployments read the secret and nobody confirmed that they are redeployed.
pub async fn update(
    ops: &Ops,
    caller: &Caller,
    id: SecretId,
    value: &str,
    confirmation: Confirmation,
) -> Result<Updated> {
    let permit = ops.authorize(caller, Action::EditSecrets).await?;
    let mut tx = ops.store().write().await?;
    let before = tx.find_secret(&permit, id).await?.ok_or(Error::NotFound(Kind::Secret))?;
    let value = SecretValue::parse("value", value)?;
    tx.lock_deployments(&permit).await?;
    let secret = Secret {
        updated_at: ops.clock().now(),
        updated_by: Some(caller.actor.user),
        updated_by_name: caller.actor.name.clone(),
        ..before
    };
    tx.update_secret(&permit, &secret, &value).await?;
    let affected = affected::find(ops, &mut tx, &permit, &read(&secret)).await?;
    let message = format!("Deployments read the secret “{}”.", secret.key);
    affected::require(&affected, confirmation, &message)?;
    let event = Event::new(EventKind::SecretUpdated, Subject::new("secret", id, &secret.key))
        .of_customer(secret.customer)
        .with(json!({ "after": facts(&secret), "affectedDeployments": affected::facts(&affected) }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    let reason = format!("secret {} changed", secret.key);
    affected::redeploy(ops, &mut tx, (&permit, caller), &affected, &reason).await?;
    tx.commit().await?;
    Ok(Updated { secret, affected: affected.into_iter().map(Into::into).collect() })
}

/// The deployments that [`update`] would redeploy, whatever the new value.
///
/// # Errors
/// There is no such secret.
pub async fn preview(ops: &Ops, caller: &Caller, id: SecretId) -> Result<(Secret, Vec<Affected>)> {
    let permit = ops.authorize(caller, Action::EditSecrets).await?;
    let mut tx = ops.store().read().await?;
    let secret = tx.find_secret(&permit, id).await?.ok_or(Error::NotFound(Kind::Secret))?;
    let readers = affected::readers(ops, &mut tx, &permit, &read(&secret)).await?;
    Ok((secret, readers))
}
