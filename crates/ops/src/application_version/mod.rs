//! Versions of applications.

pub mod create;
pub mod update;

use grantry_model::application::{Resource, Version, VersionFiles};
use grantry_model::compose::{ComposeFile, Notice};
use grantry_model::field::FieldError;
use grantry_model::id::{ApplicationId, ApplicationVersionId};
use grantry_model::policy::{Action, Permit};
use grantry_store::store::Tx;

use crate::Ops;
use crate::application::sight::Sight;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// Where a version stands: in which application.
pub type At = (ApplicationId, ApplicationVersionId);

/// A version that the caller sees.
///
/// # Errors
/// There is no such version for the caller.
pub async fn show(ops: &Ops, caller: &Caller, at: At) -> Result<Version> {
    let (mut tx, permit) = open(ops, caller).await?;
    seen(ops, &mut tx, &permit, at).await
}

/// The files of a version that the caller sees.
///
/// # Errors
/// There is no such version for the caller.
pub async fn files(ops: &Ops, caller: &Caller, at: At) -> Result<VersionFiles> {
    let (mut tx, permit) = open(ops, caller).await?;
    let version = seen(ops, &mut tx, &permit, at).await?;
    let files = tx.version_files(&permit, version.id).await?;
    files.ok_or(Error::NotFound(Kind::ApplicationVersion))
}

/// The documents of a version that the caller sees, by name; for a customer's members those that are meant for customers.
///
/// # Errors
/// There is no such version for the caller.
pub async fn resources(ops: &Ops, caller: &Caller, at: At) -> Result<Vec<Resource>> {
    let (mut tx, permit) = open(ops, caller).await?;
    let version = seen(ops, &mut tx, &permit, at).await?;
    let mut resources = tx.list_resources(&permit, version.id).await?;
    resources.retain(|resource| permit.customer().is_none() || resource.visible_to_customers);
    resources.sort_by_key(|resource| resource.name.fold());
    Ok(resources)
}

/// What a version's Compose file asks of its host, to be shown to who deploys it; nothing of a version without one.
///
/// # Errors
/// There is no such version for the caller.
pub async fn notices(ops: &Ops, caller: &Caller, at: At) -> Result<Vec<Notice>> {
    let files = files(ops, caller, at).await?;
    // The file passed these checks when it was uploaded; one that does not any more has nothing to be said of.
    let compose = files.compose.and_then(|bytes| ComposeFile::parse(&bytes).ok());
    Ok(compose.map_or_else(Vec::new, |file| file.notices()))
}

async fn open(ops: &Ops, caller: &Caller) -> Result<(Tx, Permit)> {
    let permit = ops.authorize(caller, Action::ViewApplications).await?;
    Ok((ops.store().read().await?, permit))
}

/// One that is not the application's, or that the caller's customer is not entitled to, looks like one that does not exist.
async fn seen(ops: &Ops, tx: &mut Tx, permit: &Permit, (application, version): At) -> Result<Version> {
    let sight = Sight::of(tx, permit, ops.clock().now()).await?;
    let found = tx.find_application_version(permit, version).await?;
    let found = found.filter(|found| found.application == application && sight.version(found).is_ok());
    found.ok_or(Error::NotFound(Kind::ApplicationVersion))
}

fn name_taken() -> Error {
    let message = "The application already has a version with this name. Choose a different one.";
    FieldError::new("name", "name_taken", message).into()
}
