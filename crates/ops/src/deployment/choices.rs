//! What there is to choose from for who deploys at a target.

use grantry_model::application::{Application, Version};
use grantry_model::compose::Notice;
use grantry_model::deployment_target::DeploymentTarget;
use grantry_model::id::{ApplicationVersionId, CustomerId, DeploymentId, DeploymentTargetId};
use grantry_model::license_key::Holder;
use grantry_model::page::PageRequest;
use grantry_model::policy::{Action, Permit};
use grantry_store::store::Tx;

use super::document::notices;
use super::grants::{Granted, Grants};
use crate::Ops;
use crate::caller::Caller;
use crate::deployment_target;
use crate::error::{Error, Kind, Result};

/// What may be deployed at a target, and what its templates may refer to.
#[derive(Debug, Clone)]
pub struct Choices {
    /// The target.
    pub target: DeploymentTarget,
    /// Applications that it can run and of which its customer may deploy a version, by name; those alone of the deployment that is
    /// changed.
    pub applications: Vec<Choice>,
    /// The asked versions that are among them, as far as who deploys them has to know them.
    pub opened: Vec<Opened>,
    /// The license keys that templates can read, by name; none for who may not see any.
    pub license_keys: Vec<String>,
    /// The keys of the secrets that templates can read.
    pub secrets: Vec<String>,
}

/// An application to choose.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The application.
    pub application: Application,
    /// Its versions that may be deployed, and the one that runs, the newest first.
    pub versions: Vec<Deployable>,
}

/// A version to choose.
#[derive(Debug, Clone)]
pub struct Deployable {
    /// The version.
    pub version: Version,
    /// What grants it; `None` where nothing is needed.
    pub by: Option<Granted>,
}

/// What a version starts from and asks of its host.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The version.
    pub version: ApplicationVersionId,
    /// What an env file or values start from; empty if it has none.
    pub template: String,
    /// What of it reaches beyond its containers.
    pub notices: Vec<Notice>,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The deployment that is changed; `None` if one is made.
    pub deployment: Option<DeploymentId>,
    /// Versions to open, as the caller named them.
    pub open: &'a [ApplicationVersionId],
}

/// What there is to choose at a target.
///
/// # Errors
/// There is no such target or deployment in the caller's reach.
pub async fn choices(
    ops: &Ops,
    caller: &Caller,
    target: DeploymentTargetId,
    asked: Asked<'_>,
) -> Result<Choices> {
    let permit = ops.authorize(caller, Action::EditDeployments).await?;
    let mut tx = ops.store().read().await?;
    let target = deployment_target::find(&mut tx, &permit, target).await?;
    let applications = match asked.deployment {
        Some(id) => vec![of_deployment(ops, &mut tx, &permit, (id, &target)).await?],
        None => of_target(ops, &mut tx, &permit, &target).await?,
    };
    let mut opened = Vec::new();
    for id in asked.open {
        let all = applications.iter().flat_map(|one| &one.versions);
        if all.into_iter().any(|one| one.version.id == *id) {
            opened.push(open(&mut tx, &permit, *id).await?);
        }
    }
    let sees_keys = ops.may(&caller.actor, Action::ViewLicenseKeys).is_ok();
    let license_keys = if sees_keys { keys(&mut tx, &permit, target.customer).await? } else { Vec::new() };
    let secrets = secrets(&mut tx, &permit, target.customer).await?;
    Ok(Choices { target, applications, opened, license_keys, secrets })
}

async fn of_deployment(
    ops: &Ops,
    tx: &mut Tx,
    permit: &Permit,
    (id, target): (DeploymentId, &DeploymentTarget),
) -> Result<Choice> {
    let entry = tx.find_deployment_entry(permit, id).await?;
    let entry = entry.filter(|entry| entry.deployment.target == target.id);
    let entry = entry.ok_or(Error::NotFound(Kind::Deployment))?;
    let running = Some(entry.version.id);
    let mut grants = Grants::default();
    let versions = versions(ops, (tx, permit), &mut grants, (target, &entry.application), running).await?;
    Ok(Choice { application: entry.application, versions })
}

async fn of_target(
    ops: &Ops,
    tx: &mut Tx,
    permit: &Permit,
    target: &DeploymentTarget,
) -> Result<Vec<Choice>> {
    let mut grants = Grants::default();
    let mut choices = Vec::new();
    let kind = target.environment.kind();
    let all = tx.list_applications(permit, &PageRequest::default()).await?.items;
    for application in all.into_iter().filter(|one| one.kind == kind) {
        let versions = versions(ops, (tx, permit), &mut grants, (target, &application), None).await?;
        if !versions.is_empty() {
            choices.push(Choice { application, versions });
        }
    }
    Ok(choices)
}

/// The versions of an application that may be deployed at a target, and the one that runs, the newest first.
async fn versions(
    ops: &Ops,
    (tx, permit): (&mut Tx, &Permit),
    grants: &mut Grants,
    (target, application): (&DeploymentTarget, &Application),
    running: Option<ApplicationVersionId>,
) -> Result<Vec<Deployable>> {
    let now = ops.clock().now();
    let mut found = Vec::new();
    for version in tx.list_application_versions(permit, application.id).await?.into_iter().rev() {
        let decision = grants.decide(tx, permit, (target.customer, &version), now).await?;
        let is_open = version.archived_at.is_none() && decision.is_ok();
        if is_open || running == Some(version.id) {
            let by = grants.named(tx, permit, &decision).await?;
            found.push(Deployable { version, by });
        }
    }
    Ok(found)
}

async fn open(tx: &mut Tx, permit: &Permit, version: ApplicationVersionId) -> Result<Opened> {
    let files = tx.version_files(permit, version).await?.unwrap_or_default();
    let template = files.template.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    Ok(Opened {
        version,
        template: template.unwrap_or_default().replace("\r\n", "\n"),
        notices: files.compose.map_or_else(Vec::new, |compose| notices(&compose)),
    })
}

/// The keys of a customer and the organization-wide ones, each name once.
async fn keys(tx: &mut Tx, permit: &Permit, owner: Option<CustomerId>) -> Result<Vec<String>> {
    let all = PageRequest::default();
    let mut found = tx.list_license_keys(permit, Holder::OrganizationWide, &all).await?.items;
    if let Some(owner) = owner {
        found.extend(tx.list_license_keys(permit, Holder::Customer(owner), &all).await?.items);
    }
    found.sort_by_key(|key| key.name.fold());
    let mut names: Vec<_> = found.iter().map(|key| key.name.as_str().to_owned()).collect();
    names.dedup();
    Ok(names)
}

async fn secrets(tx: &mut Tx, permit: &Permit, owner: Option<CustomerId>) -> Result<Vec<String>> {
    let found = tx.list_secrets(permit, owner, &PageRequest::default()).await?.items;
    let read = found.iter().filter(|secret| secret.customer == owner);
    Ok(read.map(|secret| secret.key.as_str().to_owned()).collect())
}
