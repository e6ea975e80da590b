//! Who is entitled to an artifact.

use chrono::{DateTime, Utc};
use grantry_model::artifact_entitlement::Scope;
use grantry_model::id::{ArtifactEntitlementId, ArtifactId, CustomerId};
use grantry_model::name::Name;
use grantry_model::policy::Action;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// Who may pull an artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Every customer, because the organization restricts none.
    Open,
    /// Those that are entitled to something of it; by customer, then by entitlement. Empty: nobody.
    Restricted(Vec<Holder>),
}

/// A customer that is entitled to something of an artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The customer.
    pub customer: CustomerId,
    /// What it is called.
    pub customer_name: Name,
    /// By which entitlement.
    pub entitlement: ArtifactEntitlementId,
    /// What that is called.
    pub name: Name,
    /// To what.
    pub scope: Scope,
    /// Until when; `None`: without end.
    pub until: Option<DateTime<Utc>>,
}

/// Who may pull an artifact now.
///
/// # Errors
/// There is no such artifact; the caller is not the vendor's.
pub async fn list(ops: &Ops, caller: &Caller, id: ArtifactId) -> Result<Access> {
    let permit = ops.authorize(caller, Action::ViewArtifactEntitlements).await?;
    let now = ops.clock().now();
    let mut tx = ops.store().read().await?;
    tx.find_artifact(&permit, id).await?.ok_or(Error::NotFound(Kind::Artifact))?;
    let organization = tx.find_organization(&permit).await?.ok_or(Error::NotFound(Kind::Organization))?;
    if !organization.artifacts.restricted {
        return Ok(Access::Open);
    }
    let mut holders = Vec::new();
    for one in tx.list_artifact_entitlements_on(&permit, id).await? {
        let Some(grant) = one.grants.iter().find(|grant| grant.artifact == id) else { continue };
        let Some(customer) = tx.find_customer(&permit, one.customer).await?.filter(|_| one.is_active(now))
        else {
            continue;
        };
        holders.push(Holder {
            customer: customer.id,
            customer_name: customer.name,
            entitlement: one.id,
            name: one.name.clone(),
            scope: grant.scope.clone(),
            until: one.expires_at,
        });
    }
    holders.sort_by_key(|one| (one.customer_name.fold(), one.name.fold(), one.entitlement));
    Ok(Access::Restricted(holders))
}
