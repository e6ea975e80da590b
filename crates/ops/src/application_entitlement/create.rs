//! Creating an application entitlement.

use grantry_model::application_entitlement::ApplicationEntitlement;
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::policy::{Action, Permit};
use grantry_store::application_entitlement::{NAME_UNIQUE, RegistryPassword};
use grantry_store::store::Tx;
use serde_json::json;

use super::{Entitled, Input, complete, facts, name_taken, resolve};
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, OnConflict, Result};
use crate::once::{Once, Outcome};
use crate::organization::applications;

/// Creates an application entitlement. With the organization's first one its customers see and deploy only what they are entitled
/// to.
///
/// # Errors
/// Fields that are not valid, a name that is taken; ids that name nothing of the organization.
pub async fn create(
    ops: &Ops,
    caller: &Caller,
    input: &Input<'_>,
    once: &Once<'_, Entitled>,
) -> Result<Outcome<Entitled>> {
    let permit = ops.authorize(caller, Action::EditApplicationEntitlements).await?;
    let mut tx = ops.store().write().await?;
    if let Some(body) = once.repeated(&mut tx, &permit).await? {
        return Ok(Outcome::Repeated(body));
    }
    let draft = resolve::draft(&mut tx, &permit, input, None).await?;
    let password = resolve::password(input, &draft);
    let entitlement = ApplicationEntitlement {
        id: ops.new_id()?,
        customer: draft.customer,
        application: draft.application,
        name: draft.name,
        expires_at: draft.expires_at,
        created_at: ops.clock().now(),
        scope: draft.scope,
        registry: draft.registry,
    };
    insert(ops, &mut tx, (&permit, caller), (&entitlement, &password)).await?;
    let created_at = entitlement.created_at;
    let created = complete(&mut tx, &permit, entitlement).await?;
    once.remember(&mut tx, &permit, &created, created_at).await?;
    tx.commit().await?;
    Ok(Outcome::Created(created))
}

/// Stores a new entitlement, and restricts the organization's customers with its first.
pub(crate) async fn insert(
    ops: &Ops,
    tx: &mut Tx,
    (permit, caller): (&Permit, &Caller),
    (entitlement, password): (&ApplicationEntitlement, &RegistryPassword),
) -> Result<()> {
    if !tx.has_application_entitlements(permit).await? {
        applications::restrict(ops, tx, (permit, caller)).await?;
    }
    tx.insert_application_entitlement(permit, entitlement, password)
        .await
        .on_conflict(NAME_UNIQUE, name_taken)?;
    let subject = Subject::new("application_entitlement", entitlement.id, &entitlement.name);
    let event = Event::new(EventKind::ApplicationEntitlementCreated, subject)
        .of_customer(Some(entitlement.customer))
        .with(json!({ "after": facts(entitlement) }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    Ok(())
}

/// What the organization's first application entitlement changes for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct First {
    /// How many customers the organization has.
    pub customers: u64,
    /// How many applications it has, all of which these see until then.
    pub applications: u64,
}

/// What [`create`] would change for everybody; `None` if it changes nothing for others.
///
/// # Errors
/// The caller may not create entitlements.
pub async fn preview(ops: &Ops, caller: &Caller) -> Result<Option<First>> {
    let permit = ops.authorize(caller, Action::EditApplicationEntitlements).await?;
    let mut tx = ops.store().read().await?;
    let organization = tx.find_organization(&permit).await?.ok_or(Error::NotFound(Kind::Organization))?;
    if organization.applications_restricted || tx.has_application_entitlements(&permit).await? {
        return Ok(None);
    }
    let customers = tx.count_customers(&permit).await?;
    Ok(Some(First { customers, applications: tx.count_applications(&permit).await? }))
}
