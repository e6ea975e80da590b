//! Signing in and out, and who is signed in.

pub mod authenticate;
pub mod end;
pub mod sign_in;
pub mod switch;

use grantry_model::id::{OrganizationId, UserId};
use grantry_model::session::{IDLE, Session};
use grantry_store::session::NewSession;
use grantry_store::store::Tx;

use crate::Ops;
use crate::caller::{Caller, Visitor};
use crate::error::Result;
use crate::hub_secret::{Secret, SecretKind};

/// Most characters that are kept of what a browser says of itself.
const MAX_USER_AGENT: usize = 300;

/// A session that was just opened.
#[derive(Debug)]
pub struct Opened {
    /// What the browser or client keeps, shown this once.
    pub secret: Secret,
    /// The session.
    pub session: Session,
}

/// Opens a session for a user, where they were last or else where they have been a member the longest.
pub(crate) async fn open(ops: &Ops, tx: &mut Tx, user: UserId, visitor: &Visitor) -> Result<Opened> {
    let now = ops.clock().now();
    let secret = Secret::generate(SecretKind::Session)?;
    let session = Session {
        id: ops.new_id()?,
        created_at: now,
        last_used_at: now,
        expires_at: now + IDLE,
        address: visitor.address.clone(),
        user_agent: visitor.user_agent.chars().filter(|c| !c.is_control()).take(MAX_USER_AGENT).collect(),
    };
    let organization = starting_place(tx, user).await?;
    tx.insert_session(&NewSession { session: &session, user, organization, secret: secret.hash() }).await?;
    Ok(Opened { secret, session })
}

async fn starting_place(tx: &mut Tx, user: UserId) -> Result<Option<OrganizationId>> {
    let memberships = tx.list_memberships(user).await?;
    let last = tx.find_last_organization(user).await?;
    let last = last.filter(|last| memberships.iter().any(|membership| membership.organization == *last));
    let longest = memberships.iter().min_by_key(|membership| membership.joined_at);
    Ok(last.or(longest.map(|membership| membership.organization)))
}

/// The caller's sessions, the last used first.
///
/// # Errors
/// The database can't be read.
pub async fn list(ops: &Ops, caller: &Caller) -> Result<Vec<Session>> {
    let mut tx = ops.store().read().await?;
    Ok(tx.list_sessions(caller.actor.user, ops.clock().now()).await?)
}
