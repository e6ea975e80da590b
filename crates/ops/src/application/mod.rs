//! Applications.

pub mod create;
pub mod delete;
pub mod entitled;
pub mod image;
pub(crate) mod sight;
pub mod update;

use chrono::{DateTime, Utc};
use grantry_model::access::application::Allowed;
use grantry_model::application::{Application, Version};
use grantry_model::field::FieldError;
use grantry_model::id::ApplicationId;
use grantry_model::page::{Cursor, Page, PageRequest};
use grantry_model::policy::{Action, Permit};
use grantry_store::store::Tx;
use serde_json::{Value, json};

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};
use sight::Sight;

/// An application as its caller sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// The application.
    pub application: Application,
    /// Its versions that the caller sees, the first one first.
    pub versions: Vec<Version>,
    /// Until when the caller sees anything of it; `None`: without end.
    pub until: Option<DateTime<Utc>>,
}

/// Applications that the caller sees, by name.
///
/// # Errors
/// Deployments are switched off for the caller's customer.
pub async fn list(ops: &Ops, caller: &Caller, page: &PageRequest) -> Result<Page<Detail>> {
    let permit = ops.authorize(caller, Action::ViewApplications).await?;
    let mut tx = ops.store().read().await?;
    let sight = Sight::of(&mut tx, &permit, ops.clock().now()).await?;
    let found = if sight.is_restricted() {
        let all = tx.list_applications(&permit, &PageRequest { limit: None, ..page.clone() }).await?.items;
        let mut seen: Vec<_> = all.into_iter().filter(|one| sight.application(one.id).is_ok()).collect();
        seen.truncate(page.limit.map_or(seen.len(), |limit| limit + 1));
        Page::from_surplus(seen, page.limit, |one| Cursor { key: one.name.fold(), id: one.id.0 })
    } else {
        tx.list_applications(&permit, page).await?
    };
    let mut items = Vec::with_capacity(found.items.len());
    for application in found.items {
        items.push(complete(&mut tx, &permit, &sight, application).await?);
    }
    Ok(Page { items, next: found.next })
}

/// How many applications the caller sees.
///
/// # Errors
/// As of [`list`].
pub async fn count(ops: &Ops, caller: &Caller) -> Result<u64> {
    let permit = ops.authorize(caller, Action::ViewApplications).await?;
    let mut tx = ops.store().read().await?;
    let sight = Sight::of(&mut tx, &permit, ops.clock().now()).await?;
    if !sight.is_restricted() {
        return Ok(tx.count_applications(&permit).await?);
    }
    let all = tx.list_applications(&permit, &PageRequest::default()).await?.items;
    Ok(all.iter().filter(|one| sight.application(one.id).is_ok()).count() as u64)
}

/// All applications of the organization by name, with all their versions, to grant or to deploy some of.
///
/// # Errors
/// The caller is not the vendor's; the plan lacks license management.
pub async fn choices(ops: &Ops, caller: &Caller) -> Result<Vec<Detail>> {
    ops.authorize(caller, Action::EditApplicationEntitlements).await?;
    Ok(list(ops, caller, &PageRequest::default()).await?.items)
}

/// An application that the caller sees.
///
/// # Errors
/// There is no such application for the caller.
pub async fn show(ops: &Ops, caller: &Caller, id: ApplicationId) -> Result<Detail> {
    let permit = ops.authorize(caller, Action::ViewApplications).await?;
    let mut tx = ops.store().read().await?;
    find(&mut tx, &permit, id, ops.clock().now()).await
}

async fn find(tx: &mut Tx, permit: &Permit, id: ApplicationId, now: DateTime<Utc>) -> Result<Detail> {
    let sight = Sight::of(tx, permit, now).await?;
    let found = tx.find_application(permit, id).await?.filter(|_| sight.application(id).is_ok());
    complete(tx, permit, &sight, found.ok_or(Error::NotFound(Kind::Application))?).await
}

async fn complete(tx: &mut Tx, permit: &Permit, sight: &Sight, application: Application) -> Result<Detail> {
    let mut versions = tx.list_application_versions(permit, application.id).await?;
    versions.retain(|version| sight.version(version).is_ok());
    let until = match sight.application(application.id) {
        Ok(Allowed::Granted { until, .. }) => until,
        Ok(Allowed::Unrestricted) | Err(_) => None,
    };
    Ok(Detail { application, versions, until })
}

fn name_taken() -> Error {
    let message = "Another application already has this name. Choose a different one.";
    FieldError::new("name", "name_taken", message).into()
}

/// What an audit entry keeps of an application.
fn facts(application: &Application) -> Value {
    json!({ "name": application.name.as_str(), "type": application.kind.as_str() })
}
