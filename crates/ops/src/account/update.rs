//! Changing one's own name or password.

use grantry_model::actor::Credential;
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::field::FieldError;
use grantry_model::policy::Action;
use grantry_model::user::{MAX_PASSWORD, User, check_password, parse_optional_name};

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Result};

/// Changes the caller's name.
///
/// # Errors
/// The name is not valid.
pub async fn rename(ops: &Ops, caller: &Caller, name: &str) -> Result<User> {
    ops.authorize(caller, Action::ManageOwnAccount).await?;
    let name = parse_optional_name(name)?;
    let mut tx = ops.store().write().await?;
    tx.update_user_name(caller.actor.user, &name).await?;
    let details = serde_json::json!({ "before": { "name": caller.actor.name }, "after": { "name": name } });
    tx.record(caller.actor.organization, ops.stamp()?, &caller.author(), &changed(caller).with(details))
        .await?;
    let user = tx.find_user(caller.actor.user).await?.ok_or(Error::Unauthenticated)?;
    tx.commit().await?;
    Ok(user)
}

/// Changes the caller's password and ends their other sessions. Only from a session: a leaked access token must not
/// become the account.
///
/// # Errors
/// The current password is wrong, or the new one is not valid.
pub async fn change_password(ops: &Ops, caller: &Caller, current: &str, new: &str) -> Result<()> {
    ops.authorize(caller, Action::ManageOwnAccount).await?;
    let Credential::Session(session) = caller.actor.credential else {
        let message =
            "A password can only be changed by somebody who signed in with it, not with an access token.";
        return Err(Error::conflict("session_required", message));
    };
    ops.0.throttle.count(&caller.actor.email, &caller.address)?;
    let hash = ops.store().read().await?.find_password_hash(caller.actor.user).await?;
    if current.len() > MAX_PASSWORD || !ops.0.hasher.verify(current, hash).await? {
        let message = "This is not your current password.";
        return Err(FieldError::new("currentPassword", "password_wrong", message).into());
    }
    check_password(new)?;
    let hash = ops.0.hasher.hash(new).await?;
    let mut tx = ops.store().write().await?;
    tx.update_password_hash(caller.actor.user, &hash).await?;
    tx.delete_links_of(caller.actor.user).await?;
    tx.delete_other_sessions(caller.actor.user, Some(session)).await?;
    let event = changed(caller).with(serde_json::json!({ "password": "changed" }));
    tx.record(caller.actor.organization, ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(())
}

fn changed(caller: &Caller) -> Event {
    let subject = Subject::new("user", caller.actor.user, &caller.actor.email);
    Event::new(EventKind::AccountUpdated, subject).of_customer(caller.actor.customer)
}
