//! What a caller sees of artifacts, by the rule of the registry.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use grantry_model::access::answer::Allowed;
use grantry_model::access::{Entry, Index};
use grantry_model::artifact::TagEntry;
use grantry_model::id::{ArtifactId, CustomerId};
use grantry_model::policy::Permit;
use grantry_store::store::Tx;

use crate::error::{Error, Kind, Result};

/// What a caller sees.
pub(crate) enum Sight {
    /// Everything: the vendor's staff, or a customer of a vendor who restricts nothing.
    Everything,
    /// What a customer is entitled to.
    Granted(Box<Granted>),
}

/// What a customer is entitled to at a moment.
pub(crate) struct Granted {
    customer: CustomerId,
    index: Index,
    /// Every artifact that an entitlement names, active or not.
    pub(crate) artifacts: BTreeSet<ArtifactId>,
    now: DateTime<Utc>,
}

impl Sight {
    pub(crate) async fn of(tx: &mut Tx, permit: &Permit, now: DateTime<Utc>) -> Result<Self> {
        let Some(customer) = permit.customer() else { return Ok(Self::Everything) };
        let organization = tx.find_organization(permit).await?.ok_or(Error::NotFound(Kind::Organization))?;
        if !organization.artifacts.restricted {
            return Ok(Self::Everything);
        }
        let entitlements = tx.list_artifact_entitlements(permit, None).await?;
        let artifacts = entitlements.iter().flat_map(|one| &one.grants).map(|grant| grant.artifact).collect();
        let index = Index::new(true, entitlements.iter().flat_map(Entry::of));
        Ok(Self::Granted(Box::new(Granted { customer, index, artifacts, now })))
    }

    /// Whether an artifact is seen.
    pub(crate) fn sees(&self, artifact: ArtifactId) -> bool {
        match self {
            Self::Everything => true,
            Self::Granted(granted) => granted.artifact(artifact).is_some(),
        }
    }

    /// Whether a tag of an artifact is seen.
    pub(crate) fn sees_tag(&self, artifact: ArtifactId, tag: &TagEntry) -> bool {
        match self {
            Self::Everything => true,
            Self::Granted(granted) => granted
                .index
                .view(granted.customer, artifact, granted.now)
                .tag(&tag.name, tag.manifest)
                .is_ok(),
        }
    }
}

impl Granted {
    /// Until when an artifact is seen; `None` if it is not.
    pub(crate) fn artifact(&self, artifact: ArtifactId) -> Option<Option<DateTime<Utc>>> {
        match self.index.view(self.customer, artifact, self.now).artifact().ok()? {
            Allowed::Unrestricted => Some(None),
            Allowed::Granted { until, .. } => Some(until),
        }
    }
}
