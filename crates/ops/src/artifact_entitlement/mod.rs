//! Artifact entitlements.

pub mod create;
pub mod delete;
mod resolve;
pub mod update;

use chrono::{DateTime, Utc};
use grantry_model::artifact_entitlement::{ArtifactEntitlement, Scope};
use grantry_model::field::FieldError;
use grantry_model::id::{ArtifactEntitlementId, ArtifactId, CustomerId};
use grantry_model::page::{Page, PageRequest};
use grantry_model::policy::{Action, Permit};
use grantry_store::store::Tx;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// An artifact entitlement to be, or what one is to be from now on; nothing checked.
#[derive(Debug, Clone, Default)]
pub struct Input<'a> {
    /// Its name.
    pub name: &'a str,
    /// The customer that it entitles.
    pub customer: Option<CustomerId>,
    /// Its expiry, if it has one.
    pub expires_at: Option<DateTime<Utc>>,
    /// The artifacts, in order.
    pub grants: Vec<GrantInput>,
}

/// One artifact of an [`Input`].
#[derive(Debug, Clone)]
pub struct GrantInput {
    /// The artifact.
    pub artifact: ArtifactId,
    /// Ids of manifests, or of tags, which grant the tags' names.
    pub versions: Vec<Uuid>,
    /// What of it; without, its `versions`, or all tags, present and future, if there are none. A change without keeps the scope
    /// that there was if that can't be said by `versions`.
    pub scope: Option<ScopeInput>,
}

/// A scope of a [`GrantInput`].
#[derive(Debug, Clone, Default)]
pub struct ScopeInput {
    /// `chosen`, `current`, `all`, `pattern` or `range`.
    pub kind: String,
    /// Names of tags, for `chosen`. For `current` the hub takes those that exist now; giving those that the entitlement has
    /// keeps them.
    pub tags: Vec<String>,
    /// The pattern or range.
    pub expression: String,
}

/// An artifact entitlement with what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entitled {
    /// The entitlement.
    pub entitlement: ArtifactEntitlement,
    /// Its grants, in order.
    pub grants: Vec<GrantedArtifact>,
}

/// One artifact of an [`Entitled`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantedArtifact {
    /// The artifact.
    pub artifact: ArtifactId,
    /// Its name.
    pub name: String,
    /// What of it.
    pub scope: Scope,
    /// The ids of what it grants one by one: manifests, then tags that exist.
    pub versions: Vec<Uuid>,
}

/// Artifact entitlements by name, of one customer if it is given.
///
/// # Errors
/// The caller is not the vendor's; the plan lacks license management.
pub async fn list(
    ops: &Ops,
    caller: &Caller,
    of: Option<CustomerId>,
    page: &PageRequest,
) -> Result<Page<Entitled>> {
    let permit = ops.authorize(caller, Action::ViewArtifactEntitlements).await?;
    let mut tx = ops.store().read().await?;
    let found = tx.page_artifact_entitlements(&permit, of, page).await?;
    let mut items = Vec::with_capacity(found.items.len());
    for entitlement in found.items {
        items.push(complete(&mut tx, &permit, entitlement).await?);
    }
    Ok(Page { items, next: found.next })
}

/// An artifact entitlement.
///
/// # Errors
/// There is no such entitlement.
pub async fn show(ops: &Ops, caller: &Caller, id: ArtifactEntitlementId) -> Result<Entitled> {
    let permit = ops.authorize(caller, Action::ViewArtifactEntitlements).await?;
    find(&mut ops.store().read().await?, &permit, id).await
}

async fn find(tx: &mut Tx, permit: &Permit, id: ArtifactEntitlementId) -> Result<Entitled> {
    let found = tx.find_artifact_entitlement(permit, id).await?;
    complete(tx, permit, found.ok_or(Error::NotFound(Kind::ArtifactEntitlement))?).await
}

/// The entitlement with the names and ids of what it grants.
pub(crate) async fn complete(
    tx: &mut Tx,
    permit: &Permit,
    entitlement: ArtifactEntitlement,
) -> Result<Entitled> {
    let mut granted = tx.list_granted(permit, entitlement.id).await?;
    let grants = entitlement.grants.iter().map(|grant| {
        let (name, tags) = match granted.remove(&grant.artifact) {
            Some(found) => (found.name, found.tags),
            None => (String::new(), Vec::new()),
        };
        let versions = grant.scope.manifests().map(Uuid::from).chain(tags.into_iter().map(Uuid::from));
        GrantedArtifact {
            artifact: grant.artifact,
            name,
            scope: grant.scope.clone(),
            versions: versions.collect(),
        }
    });
    let grants = grants.collect();
    Ok(Entitled { entitlement, grants })
}

fn name_taken() -> Error {
    let message =
        "Another artifact entitlement of this customer already has this name. Choose a different one.";
    FieldError::new("name", "name_taken", message).into()
}

/// What an audit entry keeps of an entitlement.
pub(crate) fn facts(entitlement: &ArtifactEntitlement) -> Value {
    let grants: Vec<Value> = entitlement
        .grants
        .iter()
        .map(|grant| {
            let scope = &grant.scope;
            json!({
                "artifactId": grant.artifact,
                "scope": scope.kind().as_str(),
                "tags": scope.tags().map(|tag| tag.as_str()).collect::<Vec<_>>(),
                "manifestIds": scope.manifests().collect::<Vec<_>>(),
                "expression": scope.expression(),
            })
        })
        .collect();
    json!({
        "name": entitlement.name.as_str(),
        "customerOrganizationId": entitlement.customer,
        "expiresAt": entitlement.expires_at,
        "artifacts": grants,
    })
}
