//! Making an access token.

use chrono::{DateTime, Utc};
use grantry_model::access_token::{AccessToken, AccessTokenDraft, Maker};
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::policy::Action;
use grantry_model::role::Role;
use serde_json::json;

use crate::Ops;
use crate::caller::Caller;
use crate::error::Result;
use crate::hub_secret::{Secret, SecretKind};
use crate::once::{Once, Outcome};

/// What a token is asked to be, nothing checked.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// What its owner calls it.
    pub label: &'a str,
    /// Its ceiling, by name.
    pub role: Option<&'a str>,
    /// From when on it is refused.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A token with its secret, which is shown this once.
#[derive(Debug)]
pub struct Made {
    /// The token.
    pub token: AccessToken,
    /// Its secret.
    pub secret: Secret,
}

/// Makes an access token for the caller, which can never do more than they can now.
///
/// # Errors
/// Fields that are not valid.
pub async fn create(
    ops: &Ops,
    caller: &Caller,
    input: Input<'_>,
    once: &Once<'_, Made>,
) -> Result<Outcome<Made>> {
    let permit = ops.authorize(caller, Action::ManageOwnAccessTokens).await?;
    let now = ops.clock().now();
    let credential = caller.actor.credential;
    let maker = Maker {
        role: caller.actor.role,
        limited: credential.is_limited(),
        expires_at: credential.expires_at(),
    };
    let draft = AccessTokenDraft::parse(input.label, input.role, input.expires_at, maker, now)?;
    let mut tx = ops.store().write().await?;
    if let Some(body) = once.repeated(&mut tx, &permit).await? {
        return Ok(Outcome::Repeated(body));
    }
    let AccessTokenDraft { label, role, expires_at } = draft;
    let token =
        AccessToken { id: ops.new_id()?, label, role, created_at: now, expires_at, last_used_at: None };
    let secret = Secret::generate(SecretKind::AccessToken)?;
    tx.insert_access_token(&permit, &token, &secret.hash()).await?;
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &created(&token, caller)).await?;
    let made = Made { token, secret };
    once.remember(&mut tx, &permit, &made, now).await?;
    tx.commit().await?;
    Ok(Outcome::Created(made))
}

fn created(token: &AccessToken, caller: &Caller) -> Event {
    let details = json!({ "role": token.role.map(Role::as_str), "expiresAt": token.expires_at });
    let label = if token.label.is_empty() { "without a label" } else { &token.label };
    let subject = Subject::new("access_token", token.id, label);
    Event::new(EventKind::AccessTokenCreated, subject).of_customer(caller.actor.customer).with(details)
}
