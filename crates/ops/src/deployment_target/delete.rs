//! Deleting a deployment target.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::DeploymentTargetId;
use grantry_model::policy::Action;
use serde_json::json;

use super::{TargetDetails, facts, find, one};
use crate::Ops;
use crate::caller::Caller;
use crate::error::Result;

/// Deletes a target with its deployments and all that its agent said. The agent is refused from then on; what it runs goes on
/// running until somebody stops it at the target.
///
/// # Errors
/// There is no such target in the caller's reach.
pub async fn delete(ops: &Ops, caller: &Caller, id: DeploymentTargetId) -> Result<()> {
    let permit = ops.authorize(caller, Action::EditDeployments).await?;
    let mut tx = ops.store().write().await?;
    tx.lock_deployments(&permit).await?;
    let target = find(&mut tx, &permit, id).await?;
    let details = one(ops, &mut tx, &permit, target.clone()).await?;
    let ended: Vec<_> = details.deployments.iter().map(|one| one.entry.application.name.as_str()).collect();
    tx.delete_deployment_target(&permit, id).await?;
    let event =
        Event::new(EventKind::DeploymentTargetDeleted, Subject::new("deployment_target", id, &target.name))
            .of_customer(target.customer)
            .at_target(id)
            .with(json!({ "before": facts(&target), "applications": ended }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(())
}

/// The target that [`delete`] would delete, with what runs there.
///
/// # Errors
/// There is no such target in the caller's reach.
pub async fn preview(ops: &Ops, caller: &Caller, id: DeploymentTargetId) -> Result<TargetDetails> {
    let permit = ops.authorize(caller, Action::EditDeployments).await?;
    let mut tx = ops.store().read().await?;
    let target = find(&mut tx, &permit, id).await?;
    one(ops, &mut tx, &permit, target).await
}
