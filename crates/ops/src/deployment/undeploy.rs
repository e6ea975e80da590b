//! Ending a deployment.

use grantry_model::audit::{Event, EventKind};
use grantry_model::id::DeploymentId;
use grantry_model::policy::Action;
use serde_json::json;

use super::{Deployed, facts, find, subject};
use crate::Ops;
use crate::caller::Caller;
use crate::error::Result;

/// Ends a deployment, also one whose entitlement has expired. Its agent uninstalls it, and what it said of it is deleted.
///
/// # Errors
/// There is no such deployment in the caller's reach.
pub async fn undeploy(ops: &Ops, caller: &Caller, id: DeploymentId) -> Result<()> {
    let permit = ops.authorize(caller, Action::EditDeployments).await?;
    let mut tx = ops.store().write().await?;
    tx.lock_deployments(&permit).await?;
    let entry = find(ops, &mut tx, &permit, id).await?.entry;
    tx.delete_deployment(&permit, id).await?;
    let names = (entry.application.name.as_str(), entry.version.name.as_str());
    let event = Event::new(EventKind::DeploymentEnded, subject(id, names, entry.target_name.as_str()))
        .of_customer(entry.customer)
        .at_target(entry.deployment.target)
        .with(json!({ "before": facts(&entry), "keepVolumes": entry.deployment.keep_volumes }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(())
}

/// The deployment that [`undeploy`] would end.
///
/// # Errors
/// There is no such deployment in the caller's reach.
pub async fn preview(ops: &Ops, caller: &Caller, id: DeploymentId) -> Result<Deployed> {
    let permit = ops.authorize(caller, Action::EditDeployments).await?;
    find(ops, &mut ops.store().read().await?, &permit, id).await
}
