//! What an agent measures.

use grantry_model::target_metric::{APART, Disk, MAX_DISKS, PerMille, TargetMetric};

use super::memory::lock;
use super::session::Session;
use crate::Ops;
use crate::error::Result;

/// A measurement as an agent sends it.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The processors there are, in thousandths.
    pub cpu_millicores: u64,
    /// What of them is used, from 0 to 1.
    pub cpu_usage: f64,
    /// The memory there is, in bytes.
    pub memory_bytes: u64,
    /// What of it is used, from 0 to 1.
    pub memory_usage: f64,
    /// The disks; more than [`MAX_DISKS`] are left out.
    pub disks: Vec<Disk>,
}

/// Keeps a measurement under the hub's time. One that comes sooner than [`APART`] after the last is dropped.
///
/// # Errors
/// The database can't be written.
pub async fn report(ops: &Ops, session: Session, mut measured: Measured) -> Result<()> {
    let target = session.agent.target;
    drop(session.tx);
    let now = ops.clock().now();
    {
        let mut last = lock(&ops.0.agents.measured);
        if last.get(&target).is_some_and(|last| now - *last < APART) {
            return Ok(());
        }
        last.insert(target, now);
    }
    measured.disks.truncate(MAX_DISKS);
    let metric = TargetMetric {
        at: now,
        cpu_millicores: measured.cpu_millicores,
        cpu_usage: PerMille::of(measured.cpu_usage),
        memory_bytes: measured.memory_bytes,
        memory_usage: PerMille::of(measured.memory_usage),
        disks: measured.disks,
    };
    let mut tx = ops.store().write().await?;
    tx.insert_target_metric(target, &metric).await?;
    tx.commit().await?;
    Ok(())
}
