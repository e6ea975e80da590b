//! Which deployments read a license key or secret, and what becomes of them when it changes.

use grantry_model::audit::{Event, EventKind};
use grantry_model::deployment::{Revision, RevisionAuthor, ValuesHash};
use grantry_model::id::{CustomerId, DeploymentId, DeploymentTargetId};
use grantry_model::policy::Permit;
use grantry_store::deployment::{At, DeploymentEntry};
use grantry_store::store::Tx;
use serde_json::{Value, json};

use super::document::Templates;
use super::{Deployed, License, deployed, render, revise, subject};
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Affects, Error, Result};

/// Something that templates read by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read<'a> {
    /// A license key.
    LicenseKey {
        /// Whose it is; `None`: organization-wide, so everybody's deployments read it.
        customer: Option<CustomerId>,
        /// Its name.
        name: &'a str,
    },
    /// A secret.
    Secret {
        /// Whose deployments read it; `None`: those at the vendor's own targets.
        owner: Option<CustomerId>,
        /// Its key.
        key: &'a str,
    },
}

impl Read<'_> {
    /// Where deployments can read it.
    fn reach(&self) -> At {
        match self {
            Self::LicenseKey { customer: None, .. } => At::Anywhere,
            Self::LicenseKey { customer: Some(customer), .. }
            | Self::Secret { owner: Some(customer), .. } => At::Customer(*customer),
            Self::Secret { owner: None, .. } => At::Own,
        }
    }

    /// Whether a deployment's templates may read it. What can't be parsed reads nothing.
    fn is_read_by(&self, entry: &DeploymentEntry) -> bool {
        let Ok(templates) = Templates::parse(&entry.current.content) else { return false };
        templates.reads().iter().any(|reads| match self {
            Self::LicenseKey { name, .. } => reads.license_keys.includes(name),
            Self::Secret { key, .. } => reads.secrets.includes(key),
        })
    }
}

/// A deployment that reads what changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// Where it runs.
    pub target: DeploymentTargetId,
    /// What that is called.
    pub target_name: String,
    /// Whose it is; `None`: the vendor's own.
    pub customer: Option<CustomerId>,
    /// The deployment.
    pub deployment: DeploymentId,
    /// What it runs.
    pub application: String,
    /// Why it is not redeployed; `None`: it is.
    pub skipped: Option<Skipped>,
}

/// Why a deployment is not redeployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skipped {
    /// What granted its version has expired.
    LicenseExpired,
    /// Nothing grants its version.
    NotEntitled,
    /// It can't be rendered with what there is now.
    NotRenderable,
}

impl Skipped {
    /// A stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LicenseExpired => "license_expired",
            Self::NotEntitled => "not_entitled",
            Self::NotRenderable => "not_renderable",
        }
    }
}

/// Whether somebody was shown what a change affects, and wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// They do.
    Given,
    /// Nobody asked them yet.
    Missing,
}

/// A deployment whose texts render to something else now.
pub(crate) struct Found {
    affected: Affected,
    entry: DeploymentEntry,
    hash: Option<ValuesHash>,
}

impl From<Found> for Affected {
    fn from(found: Found) -> Self {
        found.affected
    }
}

fn affected(deployed: &Deployed) -> Affected {
    let entry = &deployed.entry;
    Affected {
        target: entry.deployment.target,
        target_name: entry.target_name.as_str().to_owned(),
        customer: entry.customer,
        deployment: entry.deployment.id,
        application: entry.application.name.as_str().to_owned(),
        skipped: match deployed.license {
            License::Granted => None,
            License::Expired => Some(Skipped::LicenseExpired),
            License::Missing => Some(Skipped::NotEntitled),
        },
    }
}

/// The deployments whose templates may read it, the oldest first.
pub(crate) async fn readers(
    ops: &Ops,
    tx: &mut Tx,
    permit: &Permit,
    read: &Read<'_>,
) -> Result<Vec<Affected>> {
    Ok(reading(ops, tx, permit, read).await?.iter().map(affected).collect())
}

async fn reading(ops: &Ops, tx: &mut Tx, permit: &Permit, read: &Read<'_>) -> Result<Vec<Deployed>> {
    let mut entries = tx.list_deployments(permit, read.reach()).await?;
    entries.retain(|entry| read.is_read_by(entry));
    deployed(ops, tx, permit, entries).await
}

/// The deployments that read it and render to something else than what they were deployed with, now that the transaction has changed it.
pub(crate) async fn find(ops: &Ops, tx: &mut Tx, permit: &Permit, read: &Read<'_>) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for deployed in reading(ops, tx, permit, read).await? {
        let mut affected = affected(&deployed);
        let entry = deployed.entry;
        match render::texts(tx, permit, entry.customer, &entry.current.content).await? {
            Ok(texts) if texts.hash() == entry.current.values_hash => {}
            Ok(texts) => {
                let files = render::version_files(tx, permit, &entry.version).await?;
                let version = (entry.version.chart.as_ref(), &files);
                let whole = render::whole(&texts, version, entry.application.kind, entry.deployment.id);
                if whole.is_err() {
                    affected.skipped = affected.skipped.or(Some(Skipped::NotRenderable));
                }
                found.push(Found { affected, entry, hash: Some(texts.hash()) });
            }
            Err(_) => {
                affected.skipped = affected.skipped.or(Some(Skipped::NotRenderable));
                found.push(Found { affected, entry, hash: None });
            }
        }
    }
    Ok(found)
}

/// Requires that somebody confirmed what a change affects.
pub(crate) fn require(found: &[Found], confirmation: Confirmation, message: &str) -> Result<()> {
    if found.is_empty() || confirmation == Confirmation::Given {
        return Ok(());
    }
    let deployments = found.iter().map(|one| one.affected.clone()).collect();
    let message = format!("{message} They are redeployed with the change: confirm that.");
    Err(Error::Affects(Affects { message, deployments }))
}

/// Refuses a deletion that something stands in the way of.
pub(crate) fn refuse(readers: Vec<Affected>, message: String) -> Result<()> {
    if readers.is_empty() { Ok(()) } else { Err(Error::Affects(Affects { message, deployments: readers })) }
}

/// Gives each deployment that is not skipped a revision with the same content, so that its agent applies what changed.
pub(crate) async fn redeploy(
    ops: &Ops,
    tx: &mut Tx,
    (permit, caller): (&Permit, &Caller),
    found: &[Found],
    reason: &str,
) -> Result<()> {
    for one in found {
        let (None, Some(values_hash)) = (one.affected.skipped, one.hash) else { continue };
        let before = &one.entry.current;
        let revision = Revision {
            id: ops.new_id()?,
            seq: before.seq + 1,
            values_hash,
            created_at: ops.clock().now(),
            author: RevisionAuthor { user: Some(caller.actor.user), name: caller.actor.name.clone() },
            reason: reason.to_owned(),
            ..before.clone()
        };
        revise::insert(tx, permit, &revision).await?;
        let entry = DeploymentEntry { current: revision, ..one.entry.clone() };
        let names = (entry.application.name.as_str(), entry.version.name.as_str());
        let event = Event::new(
            EventKind::DeploymentRevised,
            subject(entry.deployment.id, names, entry.target_name.as_str()),
        )
        .of_customer(entry.customer)
        .at_target(entry.deployment.target)
        .with(json!({ "before": super::facts(&one.entry), "after": super::facts(&entry) }));
        tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    }
    Ok(())
}

/// What an audit entry keeps of them.
pub(crate) fn facts(found: &[Found]) -> Value {
    let deployments = found.iter().map(|one| {
        json!({
            "deploymentId": one.affected.deployment,
            "deploymentTargetName": one.affected.target_name,
            "skipped": one.affected.skipped.map(Skipped::as_str),
        })
    });
    Value::Array(deployments.collect())
}
