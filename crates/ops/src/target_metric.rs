//! Reading what agents measured.

use chrono::{DateTime, Utc};
use grantry_model::id::DeploymentTargetId;
use grantry_model::policy::Action;
use grantry_model::target_metric::{KEPT_FOR, TargetMetric};

use crate::Ops;
use crate::caller::Caller;
use crate::error::Result;
use crate::log_line::require_target;

/// Most measurements of a series; of more, every second, third … one is left.
pub const MAX_POINTS: usize = 720;

/// The last measurement of each target in the caller's reach.
///
/// # Errors
/// Deployments are switched off for the caller's customer.
pub async fn last(ops: &Ops, caller: &Caller) -> Result<Vec<(DeploymentTargetId, TargetMetric)>> {
    let permit = ops.authorize(caller, Action::ViewDeployments).await?;
    Ok(ops.store().read().await?.list_last_target_metrics(&permit).await?)
}

/// Measurements of a target between two moments, the oldest first: of the last 24 hours unless asked otherwise. The newest one is
/// always there.
///
/// # Errors
/// There is no such target in the caller's reach.
pub async fn series(
    ops: &Ops,
    caller: &Caller,
    target: DeploymentTargetId,
    (after, before): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
) -> Result<Vec<TargetMetric>> {
    let permit = ops.authorize(caller, Action::ViewDeployments).await?;
    let mut tx = ops.store().read().await?;
    require_target(&mut tx, &permit, target).await?;
    let now = ops.clock().now();
    let from = after.unwrap_or(now - KEPT_FOR);
    let until = before.unwrap_or(now + chrono::TimeDelta::microseconds(1));
    let found = tx.list_target_metrics(&permit, target, (from, until)).await?;
    let step = found.len().div_ceil(MAX_POINTS).max(1);
    let last = found.len().saturating_sub(1);
    Ok(found
        .into_iter()
        .enumerate()
        .filter(|(index, _)| (last - index).is_multiple_of(step))
        .map(|(_, metric)| metric)
        .collect())
}
