//! Changing one's own name or password.

use grantry_model::actor::Credential;
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::field::FieldError;
use grantry_model::id::SessionId;
use grantry_model::policy::Action;
use grantry_model::user::{MAX_PASSWORD, User, check_password, parse_optional_name};
use grantry_store::store::Tx;
use serde_json::{Value, json};

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Result};

/// What a member changes about themselves, nothing checked. `None` stays.
#[derive(Clone, Copy, Default)]
pub struct Input<'a> {
    /// The name.
    pub name: Option<&'a str>,
    /// The password. Only from a session: a leaked access token must not become the account.
    pub password: Option<NewPassword<'a>>,
}

/// A password in place of the one before.
#[derive(Clone, Copy)]
pub struct NewPassword<'a> {
    /// The one before.
    pub current: &'a str,
    /// The one from now on.
    pub new: &'a str,
}

/// What takes the place of a password.
struct Replacement {
    hash: String,
    session: SessionId,
}

/// Changes the caller's name and password, both or neither. A new password ends their other sessions.
///
/// # Errors
/// The name or the new password is not valid, or the current password is wrong.
pub async fn update(ops: &Ops, caller: &Caller, input: Input<'_>) -> Result<User> {
    ops.authorize(caller, Action::ManageOwnAccount).await?;
    let name = input.name.map(parse_optional_name).transpose()?;
    let password = match input.password {
        Some(password) => Some(replace(ops, caller, password).await?),
        None => None,
    };
    let mut tx = ops.store().write().await?;
    if let Some(name) = name {
        tx.update_user_name(caller.actor.user, &name).await?;
        let details = json!({ "before": { "name": caller.actor.name }, "after": { "name": name } });
        record(ops, &mut tx, caller, details).await?;
    }
    if let Some(Replacement { hash, session }) = password {
        tx.update_password_hash(caller.actor.user, &hash).await?;
        tx.delete_links_of(caller.actor.user).await?;
        tx.delete_other_sessions(caller.actor.user, Some(session)).await?;
        record(ops, &mut tx, caller, json!({ "password": "changed" })).await?;
    }
    let user = tx.find_user(caller.actor.user).await?.ok_or(Error::Unauthenticated)?;
    tx.commit().await?;
    Ok(user)
}

/// Changes the caller's name.
///
/// # Errors
/// As [`update`].
pub async fn rename(ops: &Ops, caller: &Caller, name: &str) -> Result<User> {
    update(ops, caller, Input { name: Some(name), password: None }).await
}

/// Changes the caller's password.
///
/// # Errors
/// As [`update`].
pub async fn change_password(ops: &Ops, caller: &Caller, current: &str, new: &str) -> Result<()> {
    update(ops, caller, Input { name: None, password: Some(NewPassword { current, new }) }).await?;
    Ok(())
}

async fn replace(
    ops: &Ops,
    caller: &Caller,
    NewPassword { current, new }: NewPassword<'_>,
) -> Result<Replacement> {
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
    Ok(Replacement { hash: ops.0.hasher.hash(new).await?, session })
}

async fn record(ops: &Ops, tx: &mut Tx, caller: &Caller, details: Value) -> Result<()> {
    let event = changed(caller).with(details);
    Ok(tx.record(caller.actor.organization, ops.stamp()?, &caller.author(), &event).await?)
}

fn changed(caller: &Caller) -> Event {
    let subject = Subject::new("user", caller.actor.user, &caller.actor.email);
    Event::new(EventKind::AccountUpdated, subject).of_customer(caller.actor.customer)
}
