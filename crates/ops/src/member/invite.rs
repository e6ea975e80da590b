//! Inviting somebody.

use grantry_model::actor::Side;
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::field::FieldError;
use grantry_model::id::{CustomerId, UserId};
use grantry_model::policy::Permit;
use grantry_model::role::Role;
use grantry_model::user::{InvitationDraft, Member, User};
use grantry_store::member::MEMBER_UNIQUE;
use grantry_store::store::Tx;
use serde_json::json;

use super::{find_managed, managing};
use crate::Ops;
use crate::account::make_link::make_link;
use crate::caller::Caller;
use crate::error::{Error, Kind, OnConflict, Result};
use crate::hub_secret::Secret;
use crate::once::{Once, Outcome};

/// Who is invited, nothing checked.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The address.
    pub email: &'a str,
    /// The name, may be empty.
    pub name: &'a str,
    /// The role, by name.
    pub role: &'a str,
    /// The customer they join; `None` for the staff. A customer's member always invites to their own customer.
    pub customer: Option<CustomerId>,
}

/// A new member, with the link by which they set a password.
#[derive(Debug)]
pub struct Invited {
    /// The member.
    pub member: Member,
    /// The link's secret, shown this once; `None`: the account has a password and can sign in.
    pub link: Option<Secret>,
}

/// Makes somebody a member. Their account is made if there is none with the address yet.
///
/// # Errors
/// A field is not valid; they are a member already; there is no such customer.
pub async fn invite(
    ops: &Ops,
    caller: &Caller,
    input: Input<'_>,
    once: &Once<'_, Invited>,
) -> Result<Outcome<Invited>> {
    let customer = match caller.actor.side() {
        Side::Vendor => input.customer,
        Side::Customer => caller.actor.customer,
    };
    let permit = ops.authorize(caller, managing(customer)).await?;
    let draft = InvitationDraft::parse(input.email, input.name, input.role, customer)?;
    let mut tx = ops.store().write().await?;
    if let Some(body) = once.repeated(&mut tx, &permit).await? {
        return Ok(Outcome::Repeated(body));
    }
    if let Some(customer) = draft.customer {
        tx.lock_customer(customer).await?;
        tx.find_customer(&permit, customer).await?.ok_or_else(unknown_customer)?;
    }
    let invited = add(ops, &mut tx, &permit, draft).await?;
    record(ops, &mut tx, caller, &invited.member).await?;
    once.remember(&mut tx, &permit, &invited, ops.clock().now()).await?;
    tx.commit().await?;
    Ok(Outcome::Created(invited))
}

/// Makes a new link for a member who has not set a password yet; the one before stops working.
///
/// # Errors
/// There is no such member, or they have set a password.
pub async fn invite_again(ops: &Ops, caller: &Caller, id: UserId) -> Result<Invited> {
    let (permit, member) = find_managed(ops, caller, id).await?;
    if member.user.active {
        let message = "This member has set a password and can sign in. A new link is not needed.";
        return Err(FieldError::new("id", "already_active", message).into());
    }
    let mut tx = ops.store().write().await?;
    let link = make_link(ops, &mut tx, Some(member.user.id), Some(permit.organization())).await?;
    record(ops, &mut tx, caller, &member).await?;
    tx.commit().await?;
    Ok(Invited { member, link: Some(link) })
}

async fn add(ops: &Ops, tx: &mut Tx, permit: &Permit, draft: InvitationDraft) -> Result<Invited> {
    let now = ops.clock().now();
    let user = match tx.find_user_by_email(draft.email.as_str()).await? {
        Some(user) => user,
        None => {
            let id = ops.new_id()?;
            let user = User { id, email: draft.email, name: draft.name, created_at: now, active: false };
            tx.insert_user(&user).await?;
            user
        }
    };
    let member = Member { user, customer: draft.customer, role: draft.role, joined_at: now };
    tx.insert_member(permit, &member).await.on_conflict(MEMBER_UNIQUE, already_member)?;
    let link = if member.user.active {
        None
    } else {
        Some(make_link(ops, tx, Some(member.user.id), Some(permit.organization())).await?)
    };
    Ok(Invited { member, link })
}

async fn record(ops: &Ops, tx: &mut Tx, caller: &Caller, member: &Member) -> Result<()> {
    let subject = Subject::new("user", member.user.id, member.user.email.as_str());
    let details = json!({ "role": Role::as_str(member.role) });
    let event = Event::new(EventKind::MemberInvited, subject).of_customer(member.customer).with(details);
    Ok(tx.record(caller.actor.organization, ops.stamp()?, &caller.author(), &event).await?)
}

fn already_member() -> Error {
    let message = "This person is a member of the organization already.";
    FieldError::new("email", "already_member", message).into()
}

fn unknown_customer() -> Error {
    Error::NotFound(Kind::Customer)
}
