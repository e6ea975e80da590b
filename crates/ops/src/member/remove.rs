//! Removing a member.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::UserId;
use grantry_model::user::Member;

use super::{find_managed, require_admin};
use crate::Ops;
use crate::caller::Caller;
use crate::error::Result;

/// Removes a member, with their access tokens of this organization. The account stays.
///
/// # Errors
/// There is no such member; it is the caller; the organization would be left without administrator.
pub async fn remove(ops: &Ops, caller: &Caller, id: UserId) -> Result<()> {
    let (permit, member) = find_managed(ops, caller, id).await?;
    let mut tx = ops.store().write().await?;
    tx.lock_members(&permit).await?;
    tx.delete_member(&permit, id).await?;
    require_admin(&mut tx, &permit).await?;
    let subject = Subject::new("user", id, member.user.email.as_str());
    let event = Event::new(EventKind::MemberRemoved, subject).of_customer(member.customer);
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(())
}

/// A member whom [`remove`] would remove, and how many of their access tokens would stop working.
///
/// # Errors
/// There is no such member; it is the caller.
pub async fn preview(ops: &Ops, caller: &Caller, id: UserId) -> Result<(Member, u64)> {
    let (permit, member) = find_managed(ops, caller, id).await?;
    let tokens = ops.store().read().await?.count_access_tokens(&permit, id).await?;
    Ok((member, tokens))
}
