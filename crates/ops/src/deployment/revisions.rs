//! What a deployment was told to run, one revision after the other, and what changed between two.

use grantry_model::deployment::Deployment;
use grantry_model::deployment::diff::{self, DiffLine};
use grantry_model::id::DeploymentId;
use grantry_model::policy::{Action, Permit};
use grantry_store::deployment::{DeploymentEntry, RevisionEntry};
use grantry_store::store::Tx;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// A deployment with all its revisions, the newest first.
#[derive(Debug, Clone)]
pub struct Revisions {
    /// The deployment.
    pub deployment: Deployment,
    /// Its revisions. To a customer's member, those of the vendor's staff name nobody.
    pub revisions: Vec<ShownRevision>,
}

/// A revision as the caller may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownRevision {
    /// The revision.
    pub entry: RevisionEntry,
    /// Whether the caller may know who made it.
    pub shows_author: bool,
}

/// A deployment's revisions.
///
/// # Errors
/// There is no such deployment in the caller's reach.
pub async fn list(ops: &Ops, caller: &Caller, id: DeploymentId) -> Result<Revisions> {
    let permit = ops.authorize(caller, Action::ViewDeployments).await?;
    let mut tx = ops.store().read().await?;
    let entry = find(&mut tx, &permit, id).await?;
    let found = tx.list_deployment_revisions(&permit, id).await?;
    let revisions = found.into_iter().map(|entry| ShownRevision {
        shows_author: permit.customer().is_none() || permit.customer() == entry.author_customer,
        entry,
    });
    Ok(Revisions { deployment: entry.deployment, revisions: revisions.collect() })
}

/// What changed from one revision to another.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The deployment.
    pub entry: DeploymentEntry,
    /// What it was.
    pub before: RevisionEntry,
    /// What it became.
    pub after: RevisionEntry,
    /// Of the values, line by line.
    pub values: Vec<DiffLine>,
    /// Of the env file, line by line.
    pub env: Vec<DiffLine>,
}

/// Compares two revisions of a deployment, by their numbers.
///
/// # Errors
/// There is no such deployment in the caller's reach, or no such revision.
pub async fn compare(
    ops: &Ops,
    caller: &Caller,
    id: DeploymentId,
    (before, after): (u32, u32),
) -> Result<Comparison> {
    let permit = ops.authorize(caller, Action::ViewDeployments).await?;
    let mut tx = ops.store().read().await?;
    let entry = find(&mut tx, &permit, id).await?;
    let all = tx.list_deployment_revisions(&permit, id).await?;
    let one = |seq: u32| {
        let found = all.iter().find(|entry| entry.revision.seq == seq).cloned();
        found.ok_or(Error::NotFound(Kind::DeploymentRevision))
    };
    let (before, after) = (one(before)?, one(after)?);
    let lines = |old: &Option<String>, new: &Option<String>| {
        diff::lines(old.as_deref().unwrap_or(""), new.as_deref().unwrap_or(""))
    };
    let (old, new) = (&before.revision.content, &after.revision.content);
    let (values, env) = (lines(&old.values, &new.values), lines(&old.env, &new.env));
    Ok(Comparison { entry, before, after, values, env })
}

async fn find(tx: &mut Tx, permit: &Permit, id: DeploymentId) -> Result<DeploymentEntry> {
    tx.find_deployment_entry(permit, id).await?.ok_or(Error::NotFound(Kind::Deployment))
}
