//! What grants versions to customers: each customer and entitlement is read once for many questions.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{DateTime, Utc};
use grantry_model::access::application::{Allowed, Decision, Index, Refused};
use grantry_model::application::Version;
use grantry_model::id::{ApplicationEntitlementId, CustomerId};
use grantry_model::name::Name;
use grantry_model::policy::Permit;
use grantry_store::store::Tx;

use crate::access::application;
use crate::error::Result;

/// The entitlement that grants a version, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The entitlement; of several, the one that ends last.
    pub entitlement: ApplicationEntitlementId,
    /// Its name.
    pub name: Name,
    /// Until when; `None` for ever.
    pub until: Option<DateTime<Utc>>,
}

/// What was read of grants.
#[derive(Default)]
pub(super) struct Grants {
    indexes: BTreeMap<CustomerId, Index>,
    names: BTreeMap<ApplicationEntitlementId, Option<Name>>,
}

impl Grants {
    /// Whether a version is granted at a target of this customer; at the vendor's own, everything is.
    pub(super) async fn decide(
        &mut self,
        tx: &mut Tx,
        permit: &Permit,
        (customer, version): (Option<CustomerId>, &Version),
        now: DateTime<Utc>,
    ) -> Result<Decision> {
        let Some(customer) = customer else { return Ok(Ok(Allowed::Unrestricted)) };
        let index = match self.indexes.entry(customer) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(application::index(tx, permit, customer).await?),
        };
        Ok(index.view(customer, version.application, now).version(version.into()))
    }

    /// The entitlement that a decision names, unless it only says why nothing grants.
    pub(super) async fn named(
        &mut self,
        tx: &mut Tx,
        permit: &Permit,
        decision: &Decision,
    ) -> Result<Option<Granted>> {
        let (entitlement, until) = match *decision {
            Ok(Allowed::Granted { entitlement, until, .. }) => (entitlement, until),
            Err(Refused::Expired { entitlement, at }) => (entitlement, Some(at)),
            _ => return Ok(None),
        };
        let name = match self.names.entry(entitlement) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let found = tx.find_application_entitlement(permit, entitlement).await?;
                place.insert(found.map(|found| found.name))
            }
        };
        Ok(name.clone().map(|name| Granted { entitlement, name, until }))
    }
}
