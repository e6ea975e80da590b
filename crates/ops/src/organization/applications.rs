//! Whether customers see only applications that they are entitled to.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::organization::Organization;
use grantry_model::policy::{Action, Permit};
use grantry_store::store::Tx;
use serde_json::json;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// Lets customers see only what they are entitled to, or every application.
///
/// # Errors
/// The caller is no administrator of the vendor.
pub async fn set_restricted(ops: &Ops, caller: &Caller, restricted: bool) -> Result<()> {
    let permit = ops.authorize(caller, Action::RestrictApplications).await?;
    let mut tx = ops.store().write().await?;
    let organization = tx.find_organization(&permit).await?.ok_or(Error::NotFound(Kind::Organization))?;
    apply(ops, &mut tx, (&permit, caller), (&organization, restricted)).await?;
    tx.commit().await?;
    Ok(())
}

/// Whom a change of the restriction concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effects {
    /// How many customers the organization has.
    pub customers: u64,
    /// How many of them have an entitlement that has not expired.
    pub entitled: u64,
    /// How many applications there are to see.
    pub applications: u64,
}

/// Whom [`set_restricted`] would concern.
///
/// # Errors
/// The caller is not the vendor's.
pub async fn preview(ops: &Ops, caller: &Caller) -> Result<Effects> {
    let permit = ops.authorize(caller, Action::ViewCustomers).await?;
    let mut tx = ops.store().read().await?;
    Ok(Effects {
        customers: tx.count_customers(&permit).await?,
        entitled: tx.count_customers_with_applications(&permit, ops.clock().now()).await?,
        applications: tx.count_applications(&permit).await?,
    })
}

pub(super) async fn apply(
    ops: &Ops,
    tx: &mut Tx,
    (permit, caller): (&Permit, &Caller),
    (before, restricted): (&Organization, bool),
) -> Result<()> {
    if !tx.update_applications_restricted(permit, restricted).await? {
        return Ok(());
    }
    let subject = Subject::new("organization", before.id, &before.name);
    let event = Event::new(EventKind::ApplicationRestrictionChanged, subject).with(json!({
        "before": { "restricted": before.applications_restricted },
        "after": { "restricted": restricted },
    }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    Ok(())
}

/// Lets customers see only what they are entitled to, because the first of them is. Who may entitle may do this.
pub(crate) async fn restrict(ops: &Ops, tx: &mut Tx, (permit, caller): (&Permit, &Caller)) -> Result<()> {
    let organization = tx.find_organization(permit).await?.ok_or(Error::NotFound(Kind::Organization))?;
    apply(ops, tx, (permit, caller), (&organization, true)).await
}
