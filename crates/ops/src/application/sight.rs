//! What a caller sees of applications, by the rule that also decides on deployments.

use chrono::{DateTime, Utc};
use grantry_model::access::application::{Allowed, Decision, Index};
use grantry_model::application::Version;
use grantry_model::application_entitlement::Asked;
use grantry_model::id::{ApplicationId, CustomerId};
use grantry_model::policy::Permit;
use grantry_store::store::Tx;

use crate::access::application;
use crate::error::Result;

/// What a caller sees at a moment.
pub(crate) struct Sight {
    /// The customer whose member the caller is, with what it is entitled to; `None`: the vendor's staff, who see everything.
    granted: Option<(CustomerId, Index)>,
    now: DateTime<Utc>,
}

impl Sight {
    pub(crate) async fn of(tx: &mut Tx, permit: &Permit, now: DateTime<Utc>) -> Result<Self> {
        let granted = match permit.customer() {
            Some(customer) => Some((customer, application::index(tx, permit, customer).await?)),
            None => None,
        };
        Ok(Self { granted, now })
    }

    /// Whether the caller may see less than everything.
    pub(crate) fn is_restricted(&self) -> bool {
        self.granted.as_ref().is_some_and(|(_, index)| index.is_restricted())
    }

    /// Whether an application is seen.
    pub(crate) fn application(&self, id: ApplicationId) -> Decision {
        let Some((customer, index)) = &self.granted else { return Ok(Allowed::Unrestricted) };
        index.view(*customer, id, self.now).application()
    }

    /// Whether a version is seen.
    pub(crate) fn version(&self, version: &Version) -> Decision {
        let Some((customer, index)) = &self.granted else { return Ok(Allowed::Unrestricted) };
        index.view(*customer, version.application, self.now).version(Asked::from(version))
    }
}
