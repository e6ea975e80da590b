//! What the hub does by itself, now and then.

use chrono::TimeDelta;

use crate::Ops;
use crate::error::Result;

/// How long the first answer to a creation is remembered under its `Idempotency-Key`.
pub const REMEMBER_ANSWERS: TimeDelta = TimeDelta::hours(24);

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
