//! Changing a member's role.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::UserId;
use grantry_model::user::{Member, parse_role};
use serde_json::json;

use super::{find_managed, require_admin};
use crate::Ops;
use crate::caller::Caller;
use crate::error::Result;

/// Changes what a member may do.
///
/// # Errors
/// There is no such member; it is the caller; the organization would be left without administrator.
pub async fn update(ops: &Ops, caller: &Caller, id: UserId, role: &str) -> Result<Member> {
    let (permit, before) = find_managed(ops, caller, id).await?;
    let role = parse_role(role)?;
    let mut tx = ops.store().write().await?;
    tx.lock_members(&permit).await?;
    tx.update_member_role(&permit, id, role).await?;
    require_admin(&mut tx, &permit).await?;
    let details = json!({ "before": { "role": before.role.as_str() }, "after": { "role": role.as_str() } });
    let subject = Subject::new("user", id, before.user.email.as_str());
    let event = Event::new(EventKind::MemberUpdated, subject).of_customer(before.customer).with(details);
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(Member { role, ..before })
}
