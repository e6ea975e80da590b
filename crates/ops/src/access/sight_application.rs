//! What a customer sees now of applications.

use grantry_model::access::application::{Allowed, Index};
use grantry_model::application::Version;
use grantry_model::application_entitlement::{ApplicationEntitlement, Asked};
use grantry_model::customer::Feature;
use grantry_model::id::{ApplicationEntitlementId, ApplicationId, CustomerId};
use grantry_model::name::Name;
use grantry_model::page::{Cursor, Page, PageRequest};
use grantry_model::policy::Action;

use super::explain::Named;
use super::sight::NAMED;
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// What a customer's members see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sees {
    /// Nothing, because deployments are switched off for it.
    FeatureOff,
    /// Everything, because the organization restricts no customer.
    Everything,
    /// What it is entitled to: applications by name.
    Granted(Page<SeenApplication>),
}

/// An application of which a customer sees something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenApplication {
    /// The application.
    pub application: ApplicationId,
    /// Its name.
    pub name: Name,
    /// How many of its versions they see.
    pub seen: u64,
    /// How many versions it has.
    pub versions: u64,
    /// The newest that they see, at most [`NAMED`], each with the entitlement that grants it.
    pub newest: Vec<(Version, Named<ApplicationEntitlementId>)>,
}

/// What the members of a customer see now.
///
/// # Errors
/// There is no such customer; the caller is not the vendor's.
pub async fn sight(ops: &Ops, caller: &Caller, customer: CustomerId, page: &PageRequest) -> Result<Sees> {
    let permit = ops.authorize(caller, Action::ViewArtifactEntitlements).await?;
    let now = ops.clock().now();
    let mut tx = ops.store().read().await?;
    let found = tx.find_customer(&permit, customer).await?.ok_or(Error::NotFound(Kind::Customer))?;
    if !found.features.contains(&Feature::DeploymentTargets) {
        return Ok(Sees::FeatureOff);
    }
    let organization = tx.find_organization(&permit).await?.ok_or(Error::NotFound(Kind::Organization))?;
    if !organization.applications_restricted {
        return Ok(Sees::Everything);
    }
    let entitlements = tx.list_application_entitlements(&permit, Some(customer)).await?;
    let index = Index::new(true, &entitlements);
    let all = tx.list_applications(&permit, &PageRequest { limit: None, ..page.clone() }).await?.items;
    let mut visible: Vec<_> =
        all.into_iter().filter(|one| index.view(customer, one.id, now).application().is_ok()).collect();
    visible.truncate(page.limit.map_or(visible.len(), |limit| limit + 1));
    let mut seen = Vec::with_capacity(visible.len());
    for application in visible {
        let view = index.view(customer, application.id, now);
        let versions = tx.list_application_versions(&permit, application.id).await?;
        let count = versions.len() as u64;
        let granted: Vec<_> = versions
            .into_iter()
            .rev()
            .filter_map(|version| {
                let by = view.version(Asked::from(&version)).ok()?;
                Some((version, by))
            })
            .collect();
        seen.push(SeenApplication {
            application: application.id,
            name: application.name,
            seen: granted.len() as u64,
            versions: count,
            newest: granted
                .into_iter()
                .take(NAMED)
                .filter_map(|(version, by)| Some((version, named(&entitlements, by)?)))
                .collect(),
        });
    }
    Ok(Sees::Granted(Page::from_surplus(seen, page.limit, |one| Cursor {
        key: one.name.fold(),
        id: one.application.0,
    })))
}

fn named(
    entitlements: &[ApplicationEntitlement],
    allowed: Allowed,
) -> Option<Named<ApplicationEntitlementId>> {
    let id = allowed.entitlement()?;
    let found = entitlements.iter().find(|one| one.id == id)?;
    Some(Named { id, name: found.name.clone() })
}
