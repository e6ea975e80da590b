//! Acting in another organization.

use grantry_model::id::{OrganizationId, SessionId, UserId};
use grantry_model::user::Membership;

use crate::Ops;
use crate::error::{Error, Kind, Result};

/// Lets a session act in another organization of its owner.
///
/// # Errors
/// They are not a member there.
pub async fn switch(ops: &Ops, user: UserId, session: SessionId, to: OrganizationId) -> Result<()> {
    let mut tx = ops.store().write().await?;
    let memberships = tx.list_memberships(user).await?;
    if !memberships.iter().any(|membership| membership.organization == to) {
        return Err(Error::NotFound(Kind::Organization));
    }
    tx.update_session_organization(session, to).await?;
    tx.commit().await?;
    Ok(())
}

/// Where a user is a member.
///
/// # Errors
/// The database can't be read.
pub async fn list_memberships(ops: &Ops, user: UserId) -> Result<Vec<Membership>> {
    Ok(ops.store().read().await?.list_memberships(user).await?)
}
