//! Deployment targets.

pub mod connect;
pub mod create;
pub mod delete;
pub mod notes;
pub mod update;

use std::collections::BTreeMap;

use grantry_model::customer::Customer;
use grantry_model::deployment_target::{DeploymentTarget, Environment};
use grantry_model::field::FieldError;
use grantry_model::id::{CustomerId, DeploymentTargetId};
use grantry_model::page::{Page, PageRequest};
use grantry_model::policy::{Action, Permit};
use grantry_store::deployment_target::{NAME_UNIQUE, OWN_NAME_UNIQUE};
use grantry_store::error::Error as StoreError;
use grantry_store::store::Tx;
use serde_json::{Value, json};

use crate::Ops;
use crate::caller::Caller;
use crate::deployment::{Deployed, deployed};
use crate::error::{Error, Kind, Result};

/// A target with whose it is and what runs there.
#[derive(Debug, Clone)]
pub struct TargetDetails {
    /// The target.
    pub target: DeploymentTarget,
    /// Its customer; `None`: it is the vendor's own.
    pub customer: Option<Customer>,
    /// What runs there, the oldest first.
    pub deployments: Vec<Deployed>,
}

/// Targets in the caller's reach, by the name of their customer and their own, the vendor's own first; of one customer, if it is
/// given.
///
/// # Errors
/// Deployments are switched off for the caller's customer.
pub async fn list(
    ops: &Ops,
    caller: &Caller,
    of: Option<CustomerId>,
    page: &PageRequest,
) -> Result<Page<TargetDetails>> {
    let permit = ops.authorize(caller, Action::ViewDeployments).await?;
    let mut tx = ops.store().read().await?;
    let found = tx.list_deployment_targets(&permit, of, page).await?;
    let items = details(ops, &mut tx, &permit, found.items).await?;
    Ok(Page { items, next: found.next })
}

/// How many targets are in the caller's reach.
///
/// # Errors
/// Deployments are switched off for the caller's customer.
pub async fn count(ops: &Ops, caller: &Caller) -> Result<u64> {
    let permit = ops.authorize(caller, Action::ViewDeployments).await?;
    Ok(ops.store().read().await?.count_deployment_targets(&permit).await?)
}

/// A target.
///
/// # Errors
/// There is no such target in the caller's reach.
pub async fn show(ops: &Ops, caller: &Caller, id: DeploymentTargetId) -> Result<TargetDetails> {
    let permit = ops.authorize(caller, Action::ViewDeployments).await?;
    let mut tx = ops.store().read().await?;
    let target = find(&mut tx, &permit, id).await?;
    one(ops, &mut tx, &permit, target).await
}

pub(crate) async fn find(tx: &mut Tx, permit: &Permit, id: DeploymentTargetId) -> Result<DeploymentTarget> {
    tx.find_deployment_target(permit, id).await?.ok_or(Error::NotFound(Kind::DeploymentTarget))
}

async fn one(ops: &Ops, tx: &mut Tx, permit: &Permit, target: DeploymentTarget) -> Result<TargetDetails> {
    let mut all = details(ops, tx, permit, vec![target]).await?;
    all.pop().ok_or(Error::NotFound(Kind::DeploymentTarget))
}

async fn details(
    ops: &Ops,
    tx: &mut Tx,
    permit: &Permit,
    targets: Vec<DeploymentTarget>,
) -> Result<Vec<TargetDetails>> {
    let mut customers: BTreeMap<CustomerId, Option<Customer>> = BTreeMap::new();
    for id in targets.iter().filter_map(|target| target.customer) {
        if let std::collections::btree_map::Entry::Vacant(place) = customers.entry(id) {
            place.insert(tx.find_customer(permit, id).await?);
        }
    }
    let entries = tx.list_deployments_at(permit, &targets).await?;
    let mut deployments: BTreeMap<DeploymentTargetId, Vec<Deployed>> = BTreeMap::new();
    for one in deployed(ops, tx, permit, entries).await? {
        deployments.entry(one.entry.deployment.target).or_default().push(one);
    }
    let details = targets.into_iter().map(|target| TargetDetails {
        customer: target.customer.and_then(|id| customers.get(&id).cloned().flatten()),
        deployments: deployments.remove(&target.id).unwrap_or_default(),
        target,
    });
    Ok(details.collect())
}

/// Answers a conflict of names.
fn on_name_taken<T>(result: std::result::Result<T, StoreError>) -> Result<T> {
    match result {
        Err(StoreError::Conflict { constraint })
            if constraint == NAME_UNIQUE || constraint == OWN_NAME_UNIQUE =>
        {
            let message = "There is a target of this name already. Choose a different one.";
            Err(FieldError::new("name", "name_taken", message).into())
        }
        other => Ok(other?),
    }
}

/// What an audit entry keeps of a target.
fn facts(target: &DeploymentTarget) -> Value {
    let mut facts = json!({
        "name": target.name.as_str(),
        "type": target.environment.kind().as_str(),
        "customerOrganizationId": target.customer,
        "metricsEnabled": target.options.metrics,
        "deploymentLogsEnabled": target.options.logs,
        "deploymentLogsAfter": target.options.logs_after,
        "automaticUpdatesEnabled": target.options.automatic_updates,
    });
    match &target.environment {
        Environment::Docker { endpoint, image_cleanup, autoheal } => {
            facts["dockerEndpoint"] = json!(endpoint.as_ref().map(|endpoint| endpoint.as_str()));
            facts["imageCleanupEnabled"] = json!(image_cleanup);
            facts["autohealEnabled"] = json!(autoheal);
        }
        Environment::Kubernetes { namespace, scope, resources } => {
            facts["namespace"] = json!(namespace.as_str());
            facts["scope"] = json!(scope.as_str());
            facts["resources"] = json!(resources);
        }
    }
    facts
}
