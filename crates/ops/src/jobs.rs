//! What the hub does by itself, now and then.

use chrono::TimeDelta;
use grantry_model::{log_line, target_metric};

use crate::Ops;
use crate::error::Result;

/// How long the first answer to a creation is remembered under its `Idempotency-Key`.
pub const REMEMBER_ANSWERS: TimeDelta = TimeDelta::hours(24);

/// Lines of logs that are deleted at once, so that others can write between.
const LINES_AT_ONCE: u32 = 5_000;

/// Forgets lines of logs and measurements of agents that are older than what is kept.
///
/// # Errors
/// The database can't be written; what was forgotten before stays so.
pub async fn forget_reports(ops: &Ops) -> Result<()> {
    let now = ops.clock().now();
    loop {
        let mut tx = ops.store().write().await?;
        let deleted = tx.delete_old_log_lines(now - log_line::KEPT_FOR, LINES_AT_ONCE).await?;
        tx.commit().await?;
        if deleted < u64::from(LINES_AT_ONCE) {
            break;
        }
    }
    let mut tx = ops.store().write().await?;
    tx.delete_old_target_metrics(now - target_metric::KEPT_FOR).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes sessions, links and remembered answers that have ended.
///
/// # Errors
/// The database can't be written.
pub async fn remove_ended(ops: &Ops) -> Result<()> {
    let now = ops.clock().now();
    let mut tx = ops.store().write().await?;
    tx.delete_ended(now, now - REMEMBER_ANSWERS).await?;
    tx.commit().await?;
    Ok(())
}
