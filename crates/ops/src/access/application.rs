//! What a customer may reach of the organization's applications, decided on what the transaction sees.

use chrono::{DateTime, Utc};
use grantry_model::access::application::{Decision, Index};
use grantry_model::application::Version;
use grantry_model::application_entitlement::Asked;
use grantry_model::id::CustomerId;
use grantry_model::policy::Permit;
use grantry_store::store::Tx;

use crate::error::{Error, Kind, Result};

/// Whether a customer may see and deploy a version at `now`, and by which entitlement or why not. Whether the version is
/// archived is another question.
///
/// # Errors
/// The database can't be read.
pub async fn decide(
    tx: &mut Tx,
    permit: &Permit,
    customer: CustomerId,
    version: &Version,
    now: DateTime<Utc>,
) -> Result<Decision> {
    let index = index(tx, permit, customer).await?;
    Ok(index.view(customer, version.application, now).version(Asked::from(version)))
}

/// Everything that a customer is entitled to, for several decisions.
///
/// # Errors
/// The database can't be read.
pub async fn index(tx: &mut Tx, permit: &Permit, customer: CustomerId) -> Result<Index> {
    let organization = tx.find_organization(permit).await?.ok_or(Error::NotFound(Kind::Organization))?;
    if !organization.applications_restricted {
        return Ok(Index::new(false, []));
    }
    let entitlements = tx.list_application_entitlements(permit, Some(customer)).await?;
    Ok(Index::new(true, &entitlements))
}
