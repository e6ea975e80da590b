//! Deleting a secret.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::SecretId;
use grantry_model::policy::Action;
use serde_json::json;

use super::{facts, read};
use crate::Ops;
use crate::caller::Caller;
use crate::deployment::affected;
use crate::error::{Error, Kind, Result};

/// Deletes a secret that no deployment reads.
///
/// # Errors
/// There is no such secret; deployments read it.
pub async fn delete(ops: &Ops, caller: &Caller, id: SecretId) -> Result<()> {
    let permit = ops.authorize(caller, Action::EditSecrets).await?;
    let mut tx = ops.store().write().await?;
    let secret = tx.find_secret(&permit, id).await?.ok_or(Error::NotFound(Kind::Secret))?;
    tx.lock_deployments(&permit).await?;
    let readers = affected::readers(ops, &mut tx, &permit, &read(&secret)).await?;
    let message = format!(
        "Deployments read the secret “{}”. Take it out of their templates, or undeploy them, and delete it then.",
        secret.key
    );
    affected::refuse(readers, message)?;
    tx.delete_secret(&permit, id).await?;
    let event = Event::new(EventKind::SecretDeleted, Subject::new("secret", id, &secret.key))
        .of_customer(secret.customer)
        .with(json!({ "before": facts(&secret) }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(())
}
