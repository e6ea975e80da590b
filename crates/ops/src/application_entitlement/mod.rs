//! Application entitlements.

pub mod create;
pub mod delete;
mod resolve;
pub mod update;

use chrono::{DateTime, Utc};
use grantry_model::application::{Application, Version};
use grantry_model::application_entitlement::Of;
use grantry_model::application_entitlement::draft::RegistryInput;
use grantry_model::application_entitlement::{ApplicationEntitlement, Asked, Scope};
use grantry_model::customer::Customer;
use grantry_model::field::FieldError;
use grantry_model::id::{ApplicationEntitlementId, ApplicationId, ApplicationVersionId, CustomerId};
use grantry_model::page::{Page, PageRequest};
use grantry_model::policy::{Action, Permit};
use grantry_store::store::Tx;
use serde_json::{Value, json};

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// An application entitlement to be, or what one is to be from now on; nothing checked.
#[derive(Debug, Clone, Default)]
pub struct Input<'a> {
    /// Its name.
    pub name: &'a str,
    /// The customer that it entitles. In a change it may be left out; it can't become another one.
    pub customer: Option<CustomerId>,
    /// The application that it grants. In a change it may be left out; it can't become another one.
    pub application: Option<ApplicationId>,
    /// Its expiry, if it has one.
    pub expires_at: Option<DateTime<Utc>>,
    /// The versions that it grants; without a scope, none stand for all, present and future.
    pub versions: Vec<ApplicationVersionId>,
    /// What it grants; without, its `versions`. A change without keeps the scope that there was if the versions are those that
    /// it shows.
    pub scope: Option<ScopeInput>,
    /// Credentials for a private registry: all three or none. In a change a password that is left out stays.
    pub registry: RegistryInput<'a>,
}

/// A scope of an [`Input`].
#[derive(Debug, Clone, Default)]
pub struct ScopeInput {
    /// `chosen`, `current`, `all`, `range` or `published_until`. For `current` the hub takes the versions that exist now; giving
    /// those that the entitlement has keeps them.
    pub kind: String,
    /// The range.
    pub expression: String,
    /// The last moment of publication.
    pub published_until: Option<DateTime<Utc>>,
}

/// An application entitlement with what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitled {
    /// The entitlement. A customer's member does not see its registry.
    pub entitlement: ApplicationEntitlement,
    /// The application.
    pub application: Application,
    /// The customer.
    pub customer: Customer,
    /// The versions that it covers now, the first one first; none for one to all versions.
    pub versions: Vec<Version>,
}

/// Application entitlements that the caller sees, by name, expired ones too.
///
/// # Errors
/// The plan lacks license management, or deployments are switched off for the caller's customer.
pub async fn list(ops: &Ops, caller: &Caller, of: Of, page: &PageRequest) -> Result<Page<Entitled>> {
    let permit = ops.authorize(caller, Action::ViewApplicationEntitlements).await?;
    let mut tx = ops.store().read().await?;
    let found = tx.page_application_entitlements(&permit, of, page).await?;
    let mut items = Vec::with_capacity(found.items.len());
    for entitlement in found.items {
        items.push(complete(&mut tx, &permit, entitlement).await?);
    }
    Ok(Page { items, next: found.next })
}

/// An application entitlement that the caller sees.
///
/// # Errors
/// There is no such entitlement for the caller.
pub async fn show(ops: &Ops, caller: &Caller, id: ApplicationEntitlementId) -> Result<Entitled> {
    let permit = ops.authorize(caller, Action::ViewApplicationEntitlements).await?;
    find(&mut ops.store().read().await?, &permit, id).await
}

async fn find(tx: &mut Tx, permit: &Permit, id: ApplicationEntitlementId) -> Result<Entitled> {
    let found = tx.find_application_entitlement(permit, id).await?;
    complete(tx, permit, found.ok_or(Error::NotFound(Kind::ApplicationEntitlement))?).await
}

/// The entitlement with what it names.
pub(crate) async fn complete(
    tx: &mut Tx,
    permit: &Permit,
    mut entitlement: ApplicationEntitlement,
) -> Result<Entitled> {
    let application = tx.find_application(permit, entitlement.application).await?;
    let application = application.ok_or(Error::NotFound(Kind::Application))?;
    let customer = tx.find_customer(permit, entitlement.customer).await?;
    let customer = customer.ok_or(Error::NotFound(Kind::Customer))?;
    let mut versions = Vec::new();
    if entitlement.scope != Scope::All {
        versions = tx.list_application_versions(permit, application.id).await?;
        versions.retain(|version| entitlement.scope.covers(Asked::from(version)));
    }
    if permit.customer().is_some() {
        entitlement.registry = None;
    }
    Ok(Entitled { entitlement, application, customer, versions })
}

fn name_taken() -> Error {
    let message =
        "Another application entitlement of this customer already has this name. Choose a different one.";
    FieldError::new("name", "name_taken", message).into()
}

/// What an audit entry keeps of an entitlement.
fn facts(entitlement: &ApplicationEntitlement) -> Value {
    let scope = &entitlement.scope;
    json!({
        "name": entitlement.name.as_str(),
        "customerOrganizationId": entitlement.customer,
        "applicationId": entitlement.application,
        "expiresAt": entitlement.expires_at,
        "scope": scope.kind().as_str(),
        "versionIds": scope.versions().collect::<Vec<_>>(),
        "expression": scope.expression(),
        "publishedUntil": scope.published_until(),
        "registryUrl": entitlement.registry.as_ref().map(|registry| &registry.host),
        "registryUsername": entitlement.registry.as_ref().map(|registry| &registry.username),
    })
}
