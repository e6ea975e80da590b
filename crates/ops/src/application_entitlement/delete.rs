//! Deleting an application entitlement.

use grantry_model::access::application::Index;
use grantry_model::application::Version;
use grantry_model::application_entitlement::Asked;
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::ApplicationEntitlementId;
use grantry_model::policy::Action;
use grantry_store::error::Error as StoreError;
use serde_json::json;

use super::{Entitled, facts, find};
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// Targets that a refusal names; there may be more.
const NAMED: usize = 10;

/// Deletes an application entitlement. What nothing else grants its customer can't be seen and deployed any more from then on.
///
/// # Errors
/// There is no such entitlement; a deployment carries it.
pub async fn delete(ops: &Ops, caller: &Caller, id: ApplicationEntitlementId) -> Result<()> {
    let permit = ops.authorize(caller, Action::EditApplicationEntitlements).await?;
    let mut tx = ops.store().write().await?;
    let found = tx.find_application_entitlement(&permit, id).await?;
    let entitlement = found.ok_or(Error::NotFound(Kind::ApplicationEntitlement))?;
    let targets = tx.list_targets_of_entitlement(&permit, id).await?;
    if !targets.is_empty() {
        return Err(in_use(entitlement.name.as_str(), &targets));
    }
    tx.delete_application_entitlement(&permit, id).await.map_err(|error| match error {
        // A deployment that carries it was made at the same moment.
        StoreError::ForeignKey => in_use(entitlement.name.as_str(), &[]),
        other => other.into(),
    })?;
    let subject = Subject::new("application_entitlement", id, &entitlement.name);
    let event = Event::new(EventKind::ApplicationEntitlementDeleted, subject)
        .of_customer(Some(entitlement.customer))
        .with(json!({ "before": facts(&entitlement) }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(())
}

fn in_use(name: &str, targets: &[String]) -> Error {
    let mut named: Vec<String> = targets.iter().take(NAMED).map(|target| format!("“{target}”")).collect();
    if targets.len() > NAMED {
        named.push(format!("{} more", targets.len() - NAMED));
    }
    let at = if named.is_empty() { String::new() } else { format!(" at {}", named.join(", ")) };
    let message = format!("“{name}” is what a deployment{at} runs by. Undeploy first, or let it expire.");
    Error::conflict("entitlement_in_use", message)
}

/// What the deletion of an entitlement takes from its customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Losses {
    /// The entitlement.
    pub entitled: Entitled,
    /// Whether it has expired, so that nothing is lost.
    pub is_expired: bool,
    /// Whether customers see only what they are entitled to; if not, nothing is lost.
    pub is_restricted: bool,
    /// Versions that the customer sees now and would not see any more, the newest first.
    pub versions: Vec<Version>,
    /// Whether nothing of the application is left to the customer.
    pub is_all: bool,
    /// Names of the targets at which a deployment carries it, which is why it can't be deleted.
    pub targets: Vec<String>,
}

/// What [`delete`] would take away, and what stands in its way.
///
/// # Errors
/// There is no such entitlement.
pub async fn preview(ops: &Ops, caller: &Caller, id: ApplicationEntitlementId) -> Result<Losses> {
    let permit = ops.authorize(caller, Action::EditApplicationEntitlements).await?;
    let now = ops.clock().now();
    let mut tx = ops.store().read().await?;
    let entitled = find(&mut tx, &permit, id).await?;
    let (customer, application) = (entitled.customer.id, entitled.application.id);
    let organization = tx.find_organization(&permit).await?.ok_or(Error::NotFound(Kind::Organization))?;
    let is_restricted = organization.applications_restricted;
    let is_expired = !entitled.entitlement.is_active(now);
    let all = tx.list_application_entitlements(&permit, Some(customer)).await?;
    let with = Index::new(is_restricted, &all);
    let without = Index::new(is_restricted, all.iter().filter(|one| one.id != id));
    let (before, after) = (with.view(customer, application, now), without.view(customer, application, now));
    let mut versions = tx.list_application_versions(&permit, application).await?;
    versions.retain(|version| {
        before.version(Asked::from(version)).is_ok() && after.version(Asked::from(version)).is_err()
    });
    versions.reverse();
    let is_all = before.application().is_ok() && after.application().is_err();
    let targets = tx.list_targets_of_entitlement(&permit, id).await?;
    Ok(Losses { entitled, is_expired, is_restricted, versions, is_all, targets })
}
