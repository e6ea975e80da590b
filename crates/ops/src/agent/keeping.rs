//! Keeping what agents are going to be told, before they are told: what an agent was told and the hub does not know, it could not
//! tell again.
//!
//! When many agents are told something new at once, they share transactions: whoever comes first writes for all that came meanwhile,
//! and each is told when what concerns it is durable. So a thousand agents stand as one in the line of those who write.

use std::sync::{Arc, Mutex};

use grantry_model::deployment::StatusKind;
use grantry_model::id::DeploymentRevisionId;
use grantry_model::policy::Permit;
use grantry_store::rendering::Rendering;
use grantry_store::store::Tx;
use tokio::sync::{Mutex as Turn, oneshot};

use super::memory::lock;
use crate::Ops;
use crate::error::{Error, Result};

/// Agents that share one transaction at most, so that others can write between.
const TOGETHER: usize = 64;

/// What has to be written before it may be told.
pub(super) struct Change {
    pub(super) rendering: Rendering,
    /// The revision of which to say that it can't be rendered.
    pub(super) failed: Option<(DeploymentRevisionId, String)>,
}

/// All that one agent waits for.
struct Waiting {
    permit: Permit,
    changes: Arc<[Change]>,
    kept: oneshot::Sender<Result<()>>,
}

/// What waits to be kept.
#[derive(Default)]
pub(super) struct Keeper {
    waiting: Mutex<Vec<Waiting>>,
    /// Whoever has it writes.
    turn: Turn<()>,
}

/// Keeps what one agent is going to be told.
///
/// # Errors
/// The database can't be written: nothing may be told.
pub(super) async fn keep(ops: &Ops, permit: &Permit, changes: Vec<Change>) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let keeper = &ops.0.agents.keeper;
    let changes: Arc<[Change]> = changes.into();
    loop {
        let (kept, outcome) = oneshot::channel();
        let one = Waiting { permit: permit.clone(), changes: Arc::clone(&changes), kept };
        lock(&keeper.waiting).push(one);
        if let Some(outcome) = keeper.outcome(ops, outcome).await {
            return outcome;
        }
        // Whoever wrote for this agent has gone before it was done. To keep it once more changes nothing.
    }
}

impl Keeper {
    /// What became of what was pushed; meanwhile this agent may write for others. `None` if nobody knows.
    async fn outcome(&self, ops: &Ops, mut outcome: oneshot::Receiver<Result<()>>) -> Option<Result<()>> {
        loop {
            let turn = tokio::select! {
                biased;
                outcome = &mut outcome => return outcome.ok(),
                turn = self.turn.lock() => turn,
            };
            self.settle(ops).await;
            drop(turn);
        }
    }

    /// Writes for those who wait, and tells each what became of it.
    async fn settle(&self, ops: &Ops) {
        // It may have to wait its turn, too, while more agents come.
        let tx = ops.store().write().await;
        // Those whose agents have gone are not kept: nobody will be told.
        let batch: Vec<Waiting> = {
            let mut waiting = lock(&self.waiting);
            waiting.retain(|one| !one.kept.is_closed());
            let number = waiting.len().min(TOGETHER);
            waiting.drain(..number).collect()
        };
        let together = match tx {
            Ok(tx) => write(ops, tx, &batch).await,
            Err(error) => Err(error.into()),
        };
        for one in batch {
            let outcome = match &together {
                Ok(()) => Ok(()),
                Err(Error::Unavailable { reason }) => Err(Error::Unavailable { reason: reason.clone() }),
                // What is wrong with one harms no other.
                Err(_) => write_alone(ops, &one).await,
            };
            one.kept.send(outcome).ok();
        }
    }
}

async fn write_alone(ops: &Ops, one: &Waiting) -> Result<()> {
    write(ops, ops.store().write().await?, std::slice::from_ref(one)).await
}

/// Writes all in one transaction.
async fn write(ops: &Ops, mut tx: Tx, batch: &[Waiting]) -> Result<()> {
    for one in batch {
        for change in one.changes.iter() {
            add(ops, &mut tx, &one.permit, change).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn add(ops: &Ops, tx: &mut Tx, permit: &Permit, change: &Change) -> Result<()> {
    let is_current = tx.update_rendering(permit, &change.rendering).await?;
    if let Some((revision, reason)) = &change.failed
        && is_current
    {
        let message = format!("The hub can't render this revision, so what ran before stays. {reason}");
        let said = (*revision, StatusKind::Error, message);
        super::status::add(ops, tx, change.rendering.deployment, said).await?;
    }
    Ok(())
}
