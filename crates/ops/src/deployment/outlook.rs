//! What entitles to deployments, and which newer versions may take their places.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use grantry_model::application::Version;
use grantry_model::id::ApplicationId;
use grantry_model::policy::{Action, Permit};
use grantry_store::deployment::DeploymentEntry;
use grantry_store::store::Tx;

use super::Deployed;
use super::grants::{Granted, Grants};
use crate::Ops;
use crate::caller::Caller;
use crate::error::Result;

/// What may become of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// What entitles to the version that runs, or did until it expired; `None` where nothing is needed, or nothing ever did.
    pub by: Option<Granted>,
    /// The newest version that comes after the one that runs and may be deployed in its place.
    pub newer: Option<Version>,
}

/// What may become of deployments in the caller's reach, in the same order.
///
/// # Errors
/// Deployments are switched off for the caller's customer.
pub async fn list(ops: &Ops, caller: &Caller, deployments: &[Deployed]) -> Result<Vec<Outlook>> {
    let permit = ops.authorize(caller, Action::ViewDeployments).await?;
    let mut tx = ops.store().read().await?;
    let (mut grants, mut versions) = (Grants::default(), BTreeMap::new());
    let mut all = Vec::with_capacity(deployments.len());
    for deployed in deployments {
        let entry = &deployed.entry;
        let now = ops.clock().now();
        let decision = grants.decide(&mut tx, &permit, (entry.customer, &entry.version), now).await?;
        let by = grants.named(&mut tx, &permit, &decision).await?;
        let newer = match decision {
            Ok(_) => newer(ops, (&mut tx, &permit), (&mut grants, &mut versions), entry).await?,
            Err(_) => None,
        };
        all.push(Outlook { by, newer });
    }
    Ok(all)
}

async fn newer(
    ops: &Ops,
    (tx, permit): (&mut Tx, &Permit),
    (grants, versions): (&mut Grants, &mut BTreeMap<ApplicationId, Vec<Version>>),
    entry: &DeploymentEntry,
) -> Result<Option<Version>> {
    let all = match versions.entry(entry.application.id) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(place) => {
            place.insert(tx.list_application_versions(permit, entry.application.id).await?)
        }
    };
    let now = ops.clock().now();
    let open = all.iter().rev().filter(|one| one.archived_at.is_none() && one.supersedes(&entry.version));
    for version in open {
        if grants.decide(tx, permit, (entry.customer, version), now).await?.is_ok() {
            return Ok(Some(version.clone()));
        }
    }
    Ok(None)
}
