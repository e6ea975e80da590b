//! Members: the vendor's staff, and the members of customers.

pub mod invite;
pub mod remove;
pub mod update;

use grantry_model::id::{CustomerId, UserId};
use grantry_model::page::{Page, PageRequest};
use grantry_model::policy::{Action, Permit};
use grantry_model::user::Member;
use grantry_store::store::Tx;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// Members in the caller's reach, by address.
///
/// # Errors
/// The database can't be read.
pub async fn list(ops: &Ops, caller: &Caller, page: &PageRequest) -> Result<Page<Member>> {
    let permit = ops.authorize(caller, Action::ViewMembers).await?;
    Ok(ops.store().read().await?.list_members(&permit, page).await?)
}

/// A member in the caller's reach.
///
/// # Errors
/// There is no such member.
pub async fn show(ops: &Ops, caller: &Caller, id: UserId) -> Result<Member> {
    let permit = ops.authorize(caller, Action::ViewMembers).await?;
    let member = ops.store().read().await?.find_member(&permit, id).await?;
    member.ok_or(Error::NotFound(Kind::Member))
}

/// What it takes to manage a member of this customer, or of the staff.
pub fn managing(customer: Option<CustomerId>) -> Action {
    if customer.is_some() { Action::ManageCustomerMembers } else { Action::ManageStaff }
}

/// A member whom the caller may manage, for a change in `tx`.
async fn find_managed(ops: &Ops, caller: &Caller, id: UserId) -> Result<(Permit, Member)> {
    let member = show(ops, caller, id).await?;
    let permit = ops.authorize(caller, managing(member.customer)).await?;
    if member.user.id == caller.actor.user {
        let message = "You can't change your own role or remove yourself. Ask another administrator.";
        return Err(Error::conflict("own_membership", message));
    }
    Ok((permit, member))
}

/// Refuses a change after which nobody could administer the organization.
async fn require_admin(tx: &mut Tx, permit: &Permit) -> Result<()> {
    if tx.count_staff_admins(permit).await? > 0 {
        return Ok(());
    }
    let message = "The organization would be left without an administrator. Make another member one first.";
    Err(Error::conflict("last_administrator", message))
}
