//! Deleting a customer.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::customer::Customer;
use grantry_model::id::CustomerId;
use grantry_model::license_key::Holder;
use grantry_model::page::PageRequest;
use grantry_model::policy::Action;
use serde_json::json;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};
use crate::file::delete::delete_unused;

/// Deletes a customer with its deployment targets, its secrets, its license keys, its entitlements and its members' access. Tokens that
/// it holds stay valid until they expire.
///
/// # Errors
/// There is no such customer.
pub async fn delete(ops: &Ops, caller: &Caller, id: CustomerId) -> Result<()> {
    let permit = ops.authorize(caller, Action::DeleteCustomer).await?;
    let mut tx = ops.store().write().await?;
    // What is being made for it is there before, or finds it gone.
    tx.lock_customer(id).await?;
    tx.lock_deployments(&permit).await?;
    tx.lock_files(&permit).await?;
    let customer = tx.find_customer(&permit, id).await?.ok_or(Error::NotFound(Kind::Customer))?;
    let contents = tx.customer_contents(&permit, id).await?;
    tx.delete_customer(&permit, id).await?;
    delete_unused(ops, &mut tx, (&permit, caller), customer.image).await?;
    let details = json!({
        "members": contents.members,
        "licenseKeys": contents.license_keys,
        "artifactEntitlements": contents.artifact_entitlements,
        "applicationEntitlements": contents.application_entitlements,
        "deploymentTargets": contents.deployment_targets,
        "secrets": contents.secrets,
    });
    let subject = Subject::new("customer", id, &customer.name);
    let event = Event::new(EventKind::CustomerDeleted, subject).of_customer(Some(id)).with(details);
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(())
}

/// A customer, and the names of what goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Losses {
    /// The customer.
    pub customer: Customer,
    /// Its license keys.
    pub license_keys: Vec<String>,
    /// Its artifact entitlements.
    pub artifact_entitlements: Vec<String>,
    /// Its application entitlements.
    pub application_entitlements: Vec<String>,
    /// Its deployment targets, whose agents are refused from then on.
    pub deployment_targets: Vec<String>,
    /// The keys of its secrets.
    pub secrets: Vec<String>,
    /// Its members, who lose their access.
    pub members: Vec<String>,
}

/// What [`delete`] would delete.
///
/// # Errors
/// There is no such customer.
pub async fn preview(ops: &Ops, caller: &Caller, id: CustomerId) -> Result<Losses> {
    let permit = ops.authorize(caller, Action::DeleteCustomer).await?;
    let mut tx = ops.store().read().await?;
    let customer = tx.find_customer(&permit, id).await?.ok_or(Error::NotFound(Kind::Customer))?;
    let keys = tx.list_license_keys(&permit, Holder::Customer(id), &PageRequest::default()).await?.items;
    let entitlements = tx.list_artifact_entitlements(&permit, Some(id)).await?;
    let to_applications = tx.list_application_entitlements(&permit, Some(id)).await?;
    let members = tx.list_members_of(&permit, id).await?;
    let secrets = tx.list_secrets(&permit, Some(id), &PageRequest::default()).await?.items;
    Ok(Losses {
        customer,
        license_keys: keys.iter().map(|key| key.name.as_str().to_owned()).collect(),
        artifact_entitlements: entitlements.iter().map(|one| one.name.as_str().to_owned()).collect(),
        application_entitlements: to_applications.iter().map(|one| one.name.as_str().to_owned()).collect(),
        deployment_targets: tx.list_target_names(&permit, id).await?,
        secrets: secrets.iter().map(|secret| secret.key.as_str().to_owned()).collect(),
        members: members.iter().map(|member| member.user.display_name().to_owned()).collect(),
    })
}
