//! Deployments: one application at one deployment target.

pub mod affected;
mod allowed;
mod check;
pub mod deploy;
mod document;
pub mod render;
pub mod revise;
pub mod revisions;
pub mod undeploy;

use std::collections::BTreeMap;

use grantry_model::access::application::{Decision, Index, Refused};
use grantry_model::audit::Subject;
use grantry_model::id::{CustomerId, DeploymentId};
use grantry_model::policy::{Action, Permit};
use grantry_store::deployment::DeploymentEntry;
use grantry_store::store::Tx;
use serde_json::{Value, json};

use crate::Ops;
use crate::access::application;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// A deployment with what follows from its entitlement and its version.
#[derive(Debug, Clone)]
pub struct Deployed {
    /// The deployment.
    pub entry: DeploymentEntry,
    /// Whether its version is granted to its customer now, and if not, why: it runs on, but can't be changed.
    pub license: License,
    /// Where it is reached; `None` if its version does not say.
    pub link: Option<String>,
}

/// Whether what runs is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum License {
    /// It is, or it is at the vendor's own target.
    Granted,
    /// It was, and ended.
    Expired,
    /// It is not, and was not: it was deployed before customers were restricted.
    Missing,
}

impl License {
    /// What follows from a decision on the version that runs.
    pub(crate) fn of(decision: &Decision) -> Self {
        match decision {
            Ok(_) => Self::Granted,
            Err(Refused::Expired { .. }) => Self::Expired,
            Err(_) => Self::Missing,
        }
    }
}

/// A deployment in the caller's reach.
///
/// # Errors
/// There is no such deployment.
pub async fn show(ops: &Ops, caller: &Caller, id: DeploymentId) -> Result<Deployed> {
    let permit = ops.authorize(caller, Action::ViewDeployments).await?;
    let mut tx = ops.store().read().await?;
    find(ops, &mut tx, &permit, id).await
}

pub(crate) async fn find(ops: &Ops, tx: &mut Tx, permit: &Permit, id: DeploymentId) -> Result<Deployed> {
    let missing = Error::NotFound(Kind::Deployment);
    let Some(entry) = tx.find_deployment_entry(permit, id).await? else { return Err(missing) };
    deployed(ops, tx, permit, vec![entry]).await?.pop().ok_or(missing)
}

/// Deployments with what follows from their entitlements and versions, in the same order.
pub(crate) async fn deployed(
    ops: &Ops,
    tx: &mut Tx,
    permit: &Permit,
    entries: Vec<DeploymentEntry>,
) -> Result<Vec<Deployed>> {
    let mut licenses = Licenses::default();
    let mut all = Vec::with_capacity(entries.len());
    for entry in entries {
        let license = licenses.of(ops, tx, permit, &entry).await?;
        let link = document::link(&entry.version.link_template, &entry.current.content);
        all.push(Deployed { entry, license, link });
    }
    Ok(all)
}

/// What customers are entitled to, each read once.
#[derive(Default)]
struct Licenses(BTreeMap<CustomerId, Index>);

impl Licenses {
    async fn of(
        &mut self,
        ops: &Ops,
        tx: &mut Tx,
        permit: &Permit,
        entry: &DeploymentEntry,
    ) -> Result<License> {
        let Some(customer) = entry.customer else { return Ok(License::Granted) };
        let index = match self.0.entry(customer) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(application::index(tx, permit, customer).await?)
            }
        };
        let view = index.view(customer, entry.application.id, ops.clock().now());
        Ok(License::of(&view.version((&entry.version).into())))
    }
}

/// A deployment as the subject of an audit entry: `Fleet 2.0 at Plant 7`.
fn subject(id: DeploymentId, (application, version): (&str, &str), target: &str) -> Subject {
    Subject::new("deployment", id, format!("{application} {version} at {target}"))
}

/// What an audit entry keeps of a deployment: names and numbers, since texts may hold what somebody should have made a secret.
fn facts(entry: &DeploymentEntry) -> Value {
    json!({
        "applicationId": entry.application.id,
        "applicationVersionId": entry.version.id,
        "version": entry.version.name.as_str(),
        "deploymentTargetId": entry.deployment.target,
        "applicationEntitlementId": entry.deployment.entitlement,
        "revision": entry.current.seq,
        "reason": entry.current.reason,
    })
}
