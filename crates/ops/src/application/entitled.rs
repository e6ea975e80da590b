//! Who is entitled to an application.

use chrono::{DateTime, Utc};
use grantry_model::application_entitlement::Of;
use grantry_model::application_entitlement::Scope;
use grantry_model::id::{ApplicationEntitlementId, ApplicationId, CustomerId};
use grantry_model::name::Name;
use grantry_model::page::PageRequest;
use grantry_model::policy::Action;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// Who may see and deploy an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Every customer, because the organization restricts none.
    Open,
    /// Those that are entitled to something of it; by customer, then by entitlement. Empty: nobody.
    Restricted(Vec<Holder>),
}

/// A customer that is entitled to something of an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The customer.
    pub customer: CustomerId,
    /// What it is called.
    pub customer_name: Name,
    /// By which entitlement.
    pub entitlement: ApplicationEntitlementId,
    /// What that is called.
    pub name: Name,
    /// To what.
    pub scope: Scope,
    /// Until when; `None`: without end.
    pub until: Option<DateTime<Utc>>,
}

/// Who may see and deploy an application now.
///
/// # Errors
/// There is no such application; the caller is not the vendor's.
pub async fn list(ops: &Ops, caller: &Caller, id: ApplicationId) -> Result<Access> {
    ops.authorize(caller, Action::ViewCustomers).await?;
    let permit = ops.authorize(caller, Action::ViewApplicationEntitlements).await?;
    let now = ops.clock().now();
    let mut tx = ops.store().read().await?;
    tx.find_application(&permit, id).await?.ok_or(Error::NotFound(Kind::Application))?;
    let organization = tx.find_organization(&permit).await?.ok_or(Error::NotFound(Kind::Organization))?;
    if !organization.applications_restricted {
        return Ok(Access::Open);
    }
    let mut holders = Vec::new();
    let of = Of { application: Some(id), customer: None };
    for one in tx.page_application_entitlements(&permit, of, &PageRequest::default()).await?.items {
        let customer = tx.find_customer(&permit, one.customer).await?.filter(|_| one.is_active(now));
        let Some(customer) = customer else { continue };
        holders.push(Holder {
            customer: customer.id,
            customer_name: customer.name,
            entitlement: one.id,
            name: one.name,
            scope: one.scope,
            until: one.expires_at,
        });
    }
    holders.sort_by_key(|one| (one.customer_name.fold(), one.name.fold(), one.entitlement));
    Ok(Access::Restricted(holders))
}
