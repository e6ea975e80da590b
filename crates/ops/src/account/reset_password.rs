//! New passwords; for the operator.

use grantry_model::audit::{Author, Event, EventKind, Subject};
use grantry_model::user::{User, check_password};
use grantry_store::audit::HUB;
use grantry_store::store::Tx;

use super::make_link::make_link;
use crate::Ops;
use crate::error::{Error, Kind, Result};
use crate::hub_secret::Secret;

/// Makes a link by which the user of an address sets a new password.
///
/// # Errors
/// There is no such user.
pub async fn make_reset_link(ops: &Ops, email: &str) -> Result<Secret> {
    let mut tx = ops.store().write().await?;
    let user = tx.find_user_by_email(email).await?.ok_or(Error::NotFound(Kind::User))?;
    let secret = make_link(ops, &mut tx, Some(user.id), None).await?;
    record(ops, &mut tx, &user, EventKind::PasswordLinkMade).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Sets a user's password and ends their sessions and links.
///
/// # Errors
/// There is no such user; the password is not valid.
pub async fn reset_password(ops: &Ops, email: &str, password: &str) -> Result<()> {
    check_password(password)?;
    let hash = ops.0.hasher.hash(password).await?;
    let mut tx = ops.store().write().await?;
    let user = tx.find_user_by_email(email).await?.ok_or(Error::NotFound(Kind::User))?;
    tx.update_password_hash(user.id, &hash).await?;
    tx.delete_links_of(user.id).await?;
    tx.delete_other_sessions(user.id, None).await?;
    record(ops, &mut tx, &user, EventKind::PasswordReset).await?;
    tx.commit().await?;
    Ok(())
}

/// Records in the log of the first organization whose member the user is; in the hub's own if there is none.
async fn record(ops: &Ops, tx: &mut Tx, user: &User, kind: EventKind) -> Result<()> {
    let memberships = tx.list_memberships(user.id).await?;
    let organization = memberships.first().map_or(HUB, |membership| membership.organization);
    let event = Event::new(kind, Subject::new("user", user.id, user.email.as_str()));
    Ok(tx.record(organization, ops.stamp()?, &Author::operator(), &event).await?)
}
