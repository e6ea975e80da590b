//! Finding out who presents a secret.

use chrono::{DateTime, TimeDelta, Utc};
use grantry_model::actor::Actor;
use grantry_model::id::{SessionId, UserId};
use grantry_model::session::IDLE;

use crate::Ops;
use crate::error::{Error, Result};
use crate::hub_secret::{Secret, SecretKind};

/// Use is noted at most this often, so that reading does not become writing.
const NOTE_USE_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Who presents a secret.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The person.
    pub user: UserId,
    /// Their session, if that is what they came with.
    pub session: Option<SessionId>,
    /// They, acting in an organization; `None` if they are a member of none, or not any more of the session's.
    pub actor: Option<Actor>,
}

/// Who presents `secret`, a session's or an access token's.
///
/// # Errors
/// [`Error::Unauthenticated`]: unknown, expired, ended, or of another kind.
pub async fn authenticate(ops: &Ops, secret: &Secret) -> Result<Identity> {
    match secret.kind() {
        SecretKind::Session => by_session(ops, secret).await,
        SecretKind::AccessToken => by_access_token(ops, secret).await,
        SecretKind::Link => Err(Error::Unauthenticated),
    }
}

fn is_due(last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    last.is_none_or(|last| now - last >= NOTE_USE_EVERY)
}

async fn by_session(ops: &Ops, secret: &Secret) -> Result<Identity> {
    let now = ops.clock().now();
    let holder = ops.store().read().await?.find_session_holder(&secret.hash(), now).await?;
    let holder = holder.ok_or(Error::Unauthenticated)?;
    if is_due(Some(holder.last_used_at), now) {
        note_use(ops.touch_session(holder.session, now).await);
    }
    Ok(Identity { user: holder.user, session: Some(holder.session), actor: holder.actor })
}

async fn by_access_token(ops: &Ops, secret: &Secret) -> Result<Identity> {
    let now = ops.clock().now();
    let holder = ops.store().read().await?.find_access_token_holder(&secret.hash(), now).await?;
    let holder = holder.ok_or(Error::Unauthenticated)?;
    if is_due(holder.last_used_at, now) {
        note_use(ops.touch_access_token(holder.token, now).await);
    }
    Ok(Identity { user: holder.actor.user, session: None, actor: Some(holder.actor) })
}

/// Reading goes on when a use can't be noted, as on a full disk.
fn note_use(result: Result<()>) {
    if let Err(error) = result {
        tracing::warn!(%error, "the use of a credential could not be noted");
    }
}

impl Ops {
    async fn touch_session(&self, id: SessionId, now: DateTime<Utc>) -> Result<()> {
        let mut tx = self.store().write().await?;
        tx.touch_session(id, now, now + IDLE).await?;
        Ok(tx.commit().await?)
    }

    async fn touch_access_token(
        &self,
        id: grantry_model::id::AccessTokenId,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut tx = self.store().write().await?;
        tx.touch_access_token(id, now).await?;
        Ok(tx.commit().await?)
    }
}
