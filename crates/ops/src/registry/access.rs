//! What customers may reach: the index of an organization's grants, and what is reached through what.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use grantry_model::access::answer::{Allowed, Refused};
use grantry_model::access::{Entry, Index, Root, View};
use grantry_model::id::ManifestId;
use grantry_model::policy::Permit;
use grantry_oci::reference::Tag;
use grantry_store::artifact::ArtifactPlace;
use grantry_store::error::Error as StoreError;
use grantry_store::manifest::Root as StoredRoot;
use grantry_store::store::Tx;

use super::error::Result as RegistryResult;
use super::visit::{Bounds, Visit};
use crate::Ops;

/// An answer on a digest, and what it holds for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reached {
    access: u64,
    change: u64,
    /// Until when a grant lasts; a refusal lasts as long as the numbers.
    allowed_until: Option<Option<DateTime<Utc>>>,
}

impl Reached {
    fn of((access, change): (u64, u64), answer: Result<Allowed, Refused>) -> Self {
        let allowed_until = answer.ok().map(|allowed| match allowed {
            Allowed::Unrestricted => None,
            Allowed::Granted { until, .. } => until,
        });
        Self { access, change, allowed_until }
    }

    fn is_allowed(&self, now: DateTime<Utc>) -> bool {
        self.allowed_until.is_some_and(|until| until.is_none_or(|until| now < until))
    }
}

/// The index of what the permit reaches, for a customer's member what their customer is granted, as of the access number;
/// from memory if it is current.
///
/// # Errors
/// The database can't be read.
pub(crate) async fn index(
    ops: &Ops,
    tx: &mut Tx,
    permit: &Permit,
    access: u64,
) -> Result<Arc<Index>, StoreError> {
    let key = (permit.organization(), permit.customer());
    if let Some((built_for, index)) = ops.0.registry.indexes.get(&key)
        && built_for == access
    {
        return Ok(index);
    }
    let entitlements = tx.list_artifact_entitlements(permit, None).await?;
    let index = Arc::new(Index::new(true, entitlements.iter().flat_map(Entry::of)));
    ops.0.registry.indexes.insert(key, (access, Arc::clone(&index)));
    Ok(index)
}

impl Bounds {
    /// Whether a tag may be seen and pulled.
    pub(super) async fn allow_tag(
        &self,
        ops: &Ops,
        visit: &mut Visit,
        artifact: &ArtifactPlace,
        (tag, manifest, digest): (&Tag, ManifestId, &str),
    ) -> RegistryResult<bool> {
        let Self::Entitlements(customer, index) = self else { return Ok(true) };
        if index.view(*customer, artifact.id, ops.clock().now()).tag(tag, manifest).is_ok() {
            return Ok(true);
        }
        // A signature's tag is not granted by itself: it goes with what it is attached to.
        if tag.attachment().is_none() {
            return Ok(false);
        }
        self.allow_digest(ops, visit, artifact, digest).await
    }

    /// Whether something may be pulled by its digest: whether what may be seen reaches it.
    pub(super) async fn allow_digest(
        &self,
        ops: &Ops,
        visit: &mut Visit,
        artifact: &ArtifactPlace,
        digest: &str,
    ) -> RegistryResult<bool> {
        let Self::Entitlements(customer, index) = self else { return Ok(true) };
        let now = ops.clock().now();
        let view = index.view(*customer, artifact.id, now);
        if view.whole().is_some() {
            return Ok(true);
        }
        let place = (visit.place.access, artifact.change);
        let key = (*customer, artifact.id, digest.to_owned());
        if let Some(known) = ops.0.registry.reached.get(&key)
            && (known.access, known.change) == place
        {
            return Ok(known.is_allowed(now));
        }
        let roots = visit.tx.list_roots(&visit.permit, artifact.id, digest).await?;
        let reached = Reached::of(place, decide(&view, &roots));
        ops.0.registry.reached.insert(key, reached);
        Ok(reached.is_allowed(now))
    }
}

/// The best answer on what is reached through `roots`.
pub(crate) fn decide(view: &View<'_>, roots: &[StoredRoot]) -> Result<Allowed, Refused> {
    view.reach(roots.iter().map(|root| Root { manifest: root.manifest, tags: &root.tags }))
}
