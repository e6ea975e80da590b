//! Reading what agents said of deployments.

use chrono::{DateTime, Utc};
use grantry_model::deployment::Status;
use grantry_model::id::DeploymentId;
use grantry_model::policy::Action;
use uuid::Uuid;

use crate::Ops;
use crate::caller::Caller;
use crate::error::Result;
use crate::log_line::{Wanted, require_deployment};

/// Statuses of a deployment.
///
/// # Errors
/// There is no such deployment in the caller's reach.
pub async fn list(
    ops: &Ops,
    caller: &Caller,
    deployment: DeploymentId,
    wanted: &Wanted,
) -> Result<Vec<Status>> {
    let permit = ops.authorize(caller, Action::ViewDeployments).await?;
    let mut tx = ops.store().read().await?;
    require_deployment(&mut tx, &permit, deployment).await?;
    let mut gathering = wanted.gather();
    while let Some(range) = gathering.next {
        gathering.take(tx.list_deployment_statuses(&permit, deployment, range).await?, describe);
    }
    Ok(gathering.found)
}

fn describe(status: &Status) -> (Uuid, DateTime<Utc>, &str) {
    (status.id.0, status.created_at, &status.message)
}
