//! Signing out, here or elsewhere.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::{SessionId, UserId};

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// Ends one of the caller's sessions.
///
/// # Errors
/// They have no such session.
pub async fn end(ops: &Ops, caller: &Caller, session: SessionId) -> Result<()> {
    let mut tx = ops.store().write().await?;
    if !tx.delete_session(caller.actor.user, session).await? {
        return Err(Error::NotFound(Kind::Session));
    }
    let subject = Subject::new("user", caller.actor.user, &caller.actor.email);
    let event = Event::new(EventKind::SessionEnded, subject).of_customer(caller.actor.customer);
    tx.record(caller.actor.organization, ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends the session of somebody who is a member of no organization (any more).
///
/// # Errors
/// The database can't be written.
pub async fn end_outside(ops: &Ops, user: UserId, session: SessionId) -> Result<()> {
    let mut tx = ops.store().write().await?;
    tx.delete_session(user, session).await?;
    tx.commit().await?;
    Ok(())
}
