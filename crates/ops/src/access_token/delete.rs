//! Deleting an access token.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::AccessTokenId;
use grantry_model::policy::Action;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// Deletes one of the caller's tokens; it is refused from the next request on.
///
/// # Errors
/// They have no such token.
pub async fn delete(ops: &Ops, caller: &Caller, id: AccessTokenId) -> Result<()> {
    let permit = ops.authorize(caller, Action::ManageOwnAccessTokens).await?;
    let mut tx = ops.store().write().await?;
    let token = tx.find_access_token(&permit, id).await?.ok_or(Error::NotFound(Kind::AccessToken))?;
    tx.delete_access_token(&permit, id).await?;
    let label = if token.label.is_empty() { "without a label" } else { &token.label };
    let event = Event::new(EventKind::AccessTokenDeleted, Subject::new("access_token", id, label));
    let event = event.of_customer(caller.actor.customer);
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(())
}
