//! Signing in with address and password.

use grantry_model::audit::{Author, Event, EventKind, Subject};
use grantry_model::field::FieldError;
use grantry_model::user::{MAX_PASSWORD, User};
use grantry_store::audit::HUB;
use grantry_store::store::Tx;

use super::{Opened, open};
use crate::Ops;
use crate::caller::Visitor;
use crate::error::Result;

/// Opens a session for the user with this address and password.
///
/// # Errors
/// One and the same for an unknown address and a wrong password; throttled by address and by account.
pub async fn sign_in(ops: &Ops, email: &str, password: &str, visitor: &Visitor) -> Result<Opened> {
    ops.0.throttle.count(email, &visitor.address)?;
    let (user, hash) = load(ops, email).await?;
    let matches = password.len() <= MAX_PASSWORD && ops.0.hasher.verify(password, hash).await?;
    let mut tx = ops.store().write().await?;
    let Some(user) = user.as_ref().filter(|_| matches) else {
        record_failure(ops, &mut tx, user.as_ref(), email, visitor).await?;
        tx.commit().await?;
        let message = "The e-mail address or the password is wrong.";
        return Err(FieldError::new("password", "credentials_wrong", message).into());
    };
    let opened = open(ops, &mut tx, user.id, visitor).await?;
    let author = Author::anonymous(Some(user.id), user.display_name(), &visitor.address);
    let event = Event::new(EventKind::SignedIn, subject(user));
    record_everywhere(ops, &mut tx, Some(user), &author, &event).await?;
    tx.commit().await?;
    Ok(opened)
}

async fn load(ops: &Ops, email: &str) -> Result<(Option<User>, Option<String>)> {
    let mut tx = ops.store().read().await?;
    // A NUL can be in no stored address, and PostgreSQL takes none.
    let user = tx.find_user_by_email(&email.replace('\0', "\u{FFFD}")).await?;
    let hash = match &user {
        Some(user) => tx.find_password_hash(user.id).await?,
        None => None,
    };
    Ok((user, hash))
}

fn subject(user: &User) -> Subject {
    Subject::new("user", user.id, user.email.as_str())
}

async fn record_failure(
    ops: &Ops,
    tx: &mut Tx,
    user: Option<&User>,
    email: &str,
    visitor: &Visitor,
) -> Result<()> {
    // What was typed is not kept: it may be a password in the wrong field.
    let unknown = || {
        Subject::new("user", "", if email.trim().is_empty() { "no address" } else { "an unknown address" })
    };
    let event = Event::new(EventKind::SignInFailed, user.map_or_else(unknown, subject));
    let author = Author::anonymous(None, "Somebody", &visitor.address);
    record_everywhere(ops, tx, user, &author, &event).await
}

/// Records in the log of every organization whose member the user is; in the hub's own if there is none.
async fn record_everywhere(
    ops: &Ops,
    tx: &mut Tx,
    user: Option<&User>,
    author: &Author,
    event: &Event,
) -> Result<()> {
    let memberships = match user {
        Some(user) => tx.list_memberships(user.id).await?,
        None => Vec::new(),
    };
    if memberships.is_empty() {
        return Ok(tx.record(HUB, ops.stamp()?, author, event).await?);
    }
    let mut memberships = memberships;
    // One order for all, so that two transactions never wait for each other.
    memberships.sort_by_key(|membership| membership.organization);
    for membership in memberships {
        let event = event.clone().of_customer(membership.customer.map(|(id, _)| id));
        tx.record(membership.organization, ops.stamp()?, author, &event).await?;
    }
    Ok(())
}
