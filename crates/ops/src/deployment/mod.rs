//! Deployments: one application at one deployment target.

pub mod affected;
mod allowed;
mod check;
pub mod choices;
pub mod deploy;
mod document;
pub mod grants;
pub mod outlook;
pub mod render;
pub mod revise;
pub mod revisions;
pub mod summary;
pub mod undeploy;

use grantry_model::access::application::{Decision, Refused};
use grantry_model::audit::Subject;
use grantry_model::id::DeploymentId;
use grantry_model::policy::{Action, Permit};
use grantry_store::deployment::DeploymentEntry;
use grantry_store::store::Tx;
use serde_json::{Value, json};

use self::grants::Grants;
use crate::Ops;
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
    let (mut grants, now) = (Grants::default(), ops.clock().now());
    let mut all = Vec::with_capacity(entries.len());
    for entry in entries {
        let decision = grants.decide(tx, permit, (entry.customer, &entry.version), now).await?;
        let license = License::of(&decision);
        let link = document::link(&entry.version.link_template, &entry.current.content);
        all.push(Deployed { entry, license, link });
    }
    Ok(all)
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
