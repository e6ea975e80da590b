//! The licenses overview.

use chrono::{DateTime, Months, Utc};
use grantry_model::customer::Customer;
use grantry_model::license_key::{Holder, LicenseKey};
use grantry_model::overview::{OverviewFilter, OverviewOrder, OverviewRow, OverviewTotals};
use grantry_model::page::{Page, PageRequest};
use grantry_model::policy::Action;

use crate::Ops;
use crate::application_entitlement::{self, Entitled as EntitledToApplication};
use crate::artifact_entitlement::{Entitled, complete};
use crate::caller::Caller;
use crate::error::Result;

/// How far the plot of expiries looks ahead.
const HORIZON: Months = Months::new(12);

/// A part of the overview, with what stands around it.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Customers with a summary of their licenses.
    pub page: Page<OverviewRow>,
    /// How many customers each filter shows, whatever is searched for.
    pub totals: OverviewTotals,
    /// When keys of the organization expire in the coming twelve months, with how many do.
    pub expiries: Vec<(DateTime<Utc>, u64)>,
    /// When application entitlements expire in these months, with how many do.
    pub application_entitlement_expiries: Vec<(DateTime<Utc>, u64)>,
    /// When artifact entitlements expire in these months, with how many do.
    pub artifact_entitlement_expiries: Vec<(DateTime<Utc>, u64)>,
}

/// The overview of all customers' licenses.
///
/// # Errors
/// The caller is not the vendor's; the plan lacks license management.
pub async fn overview(
    ops: &Ops,
    caller: &Caller,
    listed: (OverviewFilter, OverviewOrder),
    page: &PageRequest,
) -> Result<Overview> {
    let permit = ops.authorize(caller, Action::ViewLicensesOverview).await?;
    let now = ops.clock().now();
    let until = now.checked_add_months(HORIZON).unwrap_or(now);
    let mut tx = ops.store().read().await?;
    Ok(Overview {
        page: tx.list_licenses_overview(&permit, listed, page, now).await?,
        totals: tx.licenses_overview_totals(&permit, &PageRequest::default(), now).await?,
        expiries: tx.list_expiries(&permit, now, until).await?,
        application_entitlement_expiries: tx
            .list_application_entitlement_expiries(&permit, now, until)
            .await?,
        artifact_entitlement_expiries: tx.list_artifact_entitlement_expiries(&permit, now, until).await?,
    })
}

/// A customer with all that it is licensed for.
#[derive(Debug, Clone)]
pub struct CustomerLicenses {
    /// The customer.
    pub customer: Customer,
    /// Its application entitlements, by name.
    pub application_entitlements: Vec<EntitledToApplication>,
    /// Its artifact entitlements, by name.
    pub artifact_entitlements: Vec<Entitled>,
    /// Its license keys, by name.
    pub license_keys: Vec<LicenseKey>,
}

/// Customers by name, each with all that it is licensed for.
///
/// # Errors
/// The caller is not the vendor's; the plan lacks license management.
pub async fn list(ops: &Ops, caller: &Caller, page: &PageRequest) -> Result<Page<CustomerLicenses>> {
    let permit = ops.authorize(caller, Action::ViewLicensesOverview).await?;
    let mut tx = ops.store().read().await?;
    let customers = tx.list_customers(&permit, page).await?;
    let mut items = Vec::with_capacity(customers.items.len());
    for (customer, contents) in customers.items {
        let mut one = CustomerLicenses {
            customer,
            application_entitlements: Vec::new(),
            artifact_entitlements: Vec::new(),
            license_keys: Vec::new(),
        };
        if contents.license_keys > 0 {
            let holder = Holder::Customer(one.customer.id);
            one.license_keys = tx.list_license_keys(&permit, holder, &PageRequest::default()).await?.items;
        }
        if contents.application_entitlements > 0 {
            for entitlement in tx.list_application_entitlements(&permit, Some(one.customer.id)).await? {
                let entitled = application_entitlement::complete(&mut tx, &permit, entitlement).await?;
                one.application_entitlements.push(entitled);
            }
        }
        if contents.artifact_entitlements > 0 {
            for entitlement in tx.list_artifact_entitlements(&permit, Some(one.customer.id)).await? {
                one.artifact_entitlements.push(complete(&mut tx, &permit, entitlement).await?);
            }
        }
        items.push(one);
    }
    Ok(Page { items, next: customers.next })
}
