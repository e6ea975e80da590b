//! Revisions that repeat one that there was: rolling back and redeploying.

use grantry_model::audit::{Event, EventKind};
use grantry_model::deployment::content::Content;
use grantry_model::deployment::{Revision, RevisionAuthor};
use grantry_model::field::FieldError;
use grantry_model::id::DeploymentId;
use grantry_model::policy::{Action, Permit};
use grantry_store::deployment::{DeploymentEntry, REVISION_UNIQUE};
use grantry_store::store::Tx;
use serde_json::json;

use super::allowed::{self, Wanted};
use super::check::{self, Place};
use super::deploy::{denied, recorded};
use super::{Deployed, facts, find, subject};
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, OnConflict, Result};

/// Makes a revision with version, values and options of an earlier one, and deploys that.
///
/// # Errors
/// There is no such deployment or revision; the version of then is archived or not granted any more; its templates can't be rendered.
pub async fn roll_back(ops: &Ops, caller: &Caller, id: DeploymentId, seq: u32) -> Result<Deployed> {
    let permit = ops.authorize(caller, Action::EditDeployments).await?;
    let mut tx = ops.store().write().await?;
    tx.lock_deployments(&permit).await?;
    let entry = tx.find_deployment_entry(&permit, id).await?.ok_or(Error::NotFound(Kind::Deployment))?;
    let all = tx.list_deployment_revisions(&permit, id).await?;
    let Some(chosen) = all.into_iter().map(|entry| entry.revision).find(|revision| revision.seq == seq)
    else {
        let message = format!("The deployment has no revision {seq}. Choose one of its revisions.");
        return Err(FieldError::new("revision", "revision_unknown", message).into());
    };
    if seq == entry.current.seq {
        let message =
            format!("Revision {seq} is what should run already. Choose an earlier one, or deploy it again.");
        return Err(FieldError::new("revision", "revision_current", message).into());
    }
    let reason = format!("rolled back to revision {seq}");
    repeat(ops, tx, (&permit, caller), (entry, chosen), &reason).await
}

/// Makes a revision like the newest one, by which the agent restarts what runs, with what license keys and secrets are now.
///
/// # Errors
/// There is no such deployment; its version is not granted any more; its templates can't be rendered.
pub async fn redeploy(ops: &Ops, caller: &Caller, id: DeploymentId) -> Result<Deployed> {
    let permit = ops.authorize(caller, Action::EditDeployments).await?;
    let mut tx = ops.store().write().await?;
    tx.lock_deployments(&permit).await?;
    let entry = tx.find_deployment_entry(&permit, id).await?.ok_or(Error::NotFound(Kind::Deployment))?;
    let mut same = entry.current.clone();
    same.content = Content { force_restart: true, ..same.content };
    repeat(ops, tx, (&permit, caller), (entry, same), "redeployed").await
}

async fn repeat(
    ops: &Ops,
    mut tx: Tx,
    (permit, caller): (&Permit, &Caller),
    (before, pattern): (DeploymentEntry, Revision),
    reason: &str,
) -> Result<Deployed> {
    let place = place(&mut tx, permit, &before, &pattern).await?;
    let wanted = Wanted {
        customer: place.target.customer,
        version: &place.version,
        deployment: Some(&before.deployment),
        named: None,
    };
    let entitlement = match allowed::entitlement(ops, &mut tx, permit, &wanted).await? {
        Ok(entitlement) => entitlement,
        Err(denial) => {
            drop(tx);
            return Err(denied(ops, caller, &place, denial).await?);
        }
    };
    let deployment = grantry_model::deployment::Deployment { entitlement, ..before.deployment.clone() };
    let texts = check::rendered(&mut tx, permit, &place, (&deployment, &pattern.content)).await?;
    let revision = Revision {
        id: ops.new_id()?,
        seq: before.current.seq + 1,
        values_hash: texts.hash(),
        created_at: ops.clock().now(),
        author: RevisionAuthor { user: Some(caller.actor.user), name: caller.actor.name.clone() },
        reason: reason.to_owned(),
        ..pattern
    };
    tx.update_deployment(permit, &deployment).await?;
    insert(&mut tx, permit, &revision).await?;
    let id = deployment.id;
    let after = find(ops, &mut tx, permit, id).await?;
    let names = (after.entry.application.name.as_str(), after.entry.version.name.as_str());
    let event =
        Event::new(EventKind::DeploymentRevised, subject(id, names, after.entry.target_name.as_str()))
            .of_customer(after.entry.customer)
            .at_target(after.entry.deployment.target)
            .with(json!({ "before": facts(&before), "after": facts(&after.entry) }));
    recorded(ops, tx, (permit, caller), &event).await?;
    Ok(after)
}

async fn place(tx: &mut Tx, permit: &Permit, entry: &DeploymentEntry, pattern: &Revision) -> Result<Place> {
    let target = tx.find_deployment_target(permit, entry.deployment.target).await?;
    let target = target.ok_or(Error::NotFound(Kind::DeploymentTarget))?;
    let version = tx.find_application_version(permit, pattern.version).await?;
    let version = version.ok_or(Error::NotFound(Kind::ApplicationVersion))?;
    check::require_open(&version, Some(&entry.version))?;
    Ok(Place { target, application: entry.application.clone(), version, before: Some(entry.clone()) })
}

/// Stores a revision; of two that are made at once, one is.
pub(super) async fn insert(tx: &mut Tx, permit: &Permit, revision: &Revision) -> Result<()> {
    tx.insert_deployment_revision(permit, revision).await.on_conflict(REVISION_UNIQUE, || {
        let message = "Somebody else deployed here at the same moment. Look at it again first.";
        Error::conflict("deployed_meanwhile", message)
    })
}
