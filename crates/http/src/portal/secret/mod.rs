//! Secrets, whose values go in and are never shown.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod list;

use std::collections::BTreeSet;

use grantry_model::id::CustomerId;
use grantry_ops::error::Error;
use grantry_ops::{Ops, customer};
use grantry_ui::layout::Portal;
use grantry_ui::pages::license_key::Owner;

use super::entitlement::present_owner;
use super::frame::Member;

/// Customers with their names, for the vendor; a customer's members see their own alone, which needs no name.
pub(super) async fn owners_of(
    ops: &Ops,
    member: &Member,
    ids: &BTreeSet<CustomerId>,
) -> Result<Vec<Owner>, Error> {
    if member.shell.portal() == Portal::Customer {
        return Ok(Vec::new());
    }
    let found = customer::find_all(ops, &member.caller, ids).await?;
    Ok(found.iter().map(present_owner).collect())
}

/// The customer of an id among these.
pub(super) fn owner_in(owners: &[Owner], customer: Option<CustomerId>) -> Option<Owner> {
    owners.iter().find(|owner| Some(owner.customer) == customer).cloned()
}
