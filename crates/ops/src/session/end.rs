//! Signing out, here or elsewhere.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::{SessionId, UserId};

use super::authenticate::{Identity, authenticate};
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};
use crate::hub_secret::Secret;

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

/// Signs somebody out who came with a session, wherever they act.
///
/// # Errors
/// The database can't be written.
pub async fn sign_out(ops: &Ops, identity: Identity, address: String) -> Result<()> {
    let Some(session) = identity.session else { return Ok(()) };
    match identity.actor {
        Some(actor) => end(ops, &Caller { actor, address }, session).await,
        None => end_outside(ops, identity.user, session).await,
    }
}

/// Ends the session of this secret, if there is one, as when another one takes its place.
///
/// # Errors
/// The database can't be written.
pub async fn end_replaced(ops: &Ops, secret: &Secret, address: String) -> Result<()> {
    match authenticate(ops, secret).await {
        Ok(identity) => sign_out(ops, identity, address).await,
        Err(Error::Unauthenticated) => Ok(()),
        Err(error) => Err(error),
    }
}
