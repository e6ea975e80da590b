//! What an agent says of a deployment.

use chrono::TimeDelta;
use grantry_model::deployment::{Status, StatusKind};
use grantry_model::field::FieldError;
use grantry_model::id::{DeploymentId, DeploymentRevisionId};
use grantry_model::log_line::cut;
use grantry_store::deployment_status::Reported;
use grantry_store::store::Tx;

use super::session::Session;
use crate::Ops;
use crate::error::Result;

/// Most bytes that are kept of a message.
const MAX_MESSAGE: usize = 16 * 1024;
/// That a status was said again is noted at most this often.
const NOTE_SAID_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Keeps what an agent says of a revision, which may be an old one. The time is the hub's. What was said before, word for word, adds
/// nothing but that it still holds.
///
/// # Errors
/// The revision is none of a deployment at the agent's target.
pub async fn report(
    ops: &Ops,
    session: Session,
    revision: DeploymentRevisionId,
    (kind, message): (StatusKind, &str),
) -> Result<()> {
    let Session { agent, permit, mut tx, numbers, .. } = session;
    let Some(found) = tx.find_reported(&permit, agent.target, revision).await? else {
        let message = "This is no revision of a deployment at this deployment target.";
        return Err(FieldError::new("revisionId", "revision_unknown", message).into());
    };
    let message = cut(message, MAX_MESSAGE);
    if is_repeated(ops, &found, (revision, kind, &message)) {
        return Ok(());
    }
    let masks = super::logs::masks(ops, &mut tx, &permit, numbers).await?;
    let message = cut(&masks.apply(&message), MAX_MESSAGE);
    drop(tx);
    if is_repeated(ops, &found, (revision, kind, &message)) {
        return Ok(());
    }
    let mut tx = ops.store().write().await?;
    add(ops, &mut tx, found.deployment, (revision, kind, message)).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether the agent says what it said last; then that is noted, once in a while.
fn is_repeated(
    ops: &Ops,
    found: &Reported,
    (revision, kind, message): (DeploymentRevisionId, StatusKind, &str),
) -> bool {
    let Some(last) = &found.last else { return false };
    let is_same = last.revision == revision && last.kind == kind && last.message == message;
    let now = ops.clock().now();
    if is_same && now - last.until >= NOTE_SAID_EVERY {
        ops.0.agents.note_said(last.id, now);
    }
    is_same
}

/// Adds a status that is said now.
pub(super) async fn add(
    ops: &Ops,
    tx: &mut Tx,
    deployment: DeploymentId,
    (revision, kind, message): (DeploymentRevisionId, StatusKind, String),
) -> Result<()> {
    let now = ops.clock().now();
    let status = Status { id: ops.new_id()?, revision, kind, message, created_at: now, until: now };
    Ok(tx.insert_deployment_status(deployment, &status).await?)
}
