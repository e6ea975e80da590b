//! Entering a repository: who comes, whether they may, and what is there, all read at one moment.

use std::sync::Arc;

use grantry_model::access::Index;
use grantry_model::id::CustomerId;
use grantry_model::policy::{self, Permit};
use grantry_oci::error::ErrorCode;
use grantry_oci::name::Name;
use grantry_oci::scope::Action;
use grantry_store::artifact::{ArtifactPlace, Place};
use grantry_store::store::Tx;

use super::client::{Client, Identity};
use super::error::{Error, Result};
use crate::{Ops, audit};

/// A client that has entered a repository and may do there what it wants to, as far as its role goes.
pub(super) struct Visit {
    pub(super) tx: Tx,
    pub(super) permit: Permit,
    pub(super) place: Place,
    pub(super) identity: Arc<Identity>,
}

/// What a visitor is bound by.
pub(super) enum Bounds {
    /// Nothing: the vendor's staff, or a customer of a vendor who restricts nothing.
    None,
    /// What the customer is entitled to.
    Entitlements(CustomerId, Arc<Index>),
}

impl Visit {
    /// Lets a client enter the repository `name` to do `action`.
    pub(super) async fn enter(ops: &Ops, client: &Client, name: &Name, action: Action) -> Result<Self> {
        let wanted = match action {
            Action::Pull => policy::Action::ViewArtifacts,
            Action::Push => policy::Action::PushArtifacts,
            Action::Delete => policy::Action::DeleteArtifacts,
        };
        let visit = Self::admit(ops, client, wanted, (name.organization(), name.artifact())).await?;
        if !client.has_scope(name, action) {
            return Err(Error::InsufficientScope);
        }
        if visit.place.slug != name.organization() && action != Action::Pull {
            let message = "You can only push to repositories of your own organization.";
            return Err(Error::saying(ErrorCode::Denied, message));
        }
        if action == Action::Push && visit.place.artifact.is_some_and(|artifact| artifact.has_upstream) {
            let message = "This repository is pulled through from another registry. Push there.";
            return Err(Error::saying(ErrorCode::Unsupported, message));
        }
        Ok(visit)
    }

    /// Lets a client enter their organization, to list what is there.
    pub(super) async fn enter_organization(ops: &Ops, client: &Client) -> Result<Self> {
        Self::admit(ops, client, policy::Action::ViewArtifacts, ("", "")).await
    }

    async fn admit(
        ops: &Ops,
        client: &Client,
        wanted: policy::Action,
        (slug, artifact): (&str, &str),
    ) -> Result<Self> {
        let mut tx = ops.store().read().await?;
        if let Some(identity) = client.remembered(ops) {
            let permit = identity.puller.authorize(wanted, ops.clock().now());
            if let Ok(permit) = permit
                && let Some(place) = tx.find_place(&permit, slug, artifact).await?
                && place.access == identity.access
            {
                client.note_use(ops, &identity);
                return Ok(Self { tx, permit, place, identity });
            }
        }
        let puller = client.identify(ops, &mut tx).await?;
        let permit = match puller.authorize(wanted, ops.clock().now()) {
            Ok(permit) => permit,
            Err(denied) => {
                drop(tx);
                let who = (puller.organization(), puller.customer());
                audit::record_denial(ops, who, &puller.author(&client.address), (wanted, denied)).await?;
                return Err(refused(denied));
            }
        };
        let place = tx.find_place(&permit, slug, artifact).await?;
        let place = place.ok_or(Error::Unauthenticated)?;
        let identity = client.remember(ops, puller, place.access);
        client.note_use(ops, &identity);
        Ok(Self { tx, permit, place, identity })
    }

    /// The artifact, if there is one that the visitor may know of.
    pub(super) async fn artifact(&mut self, ops: &Ops) -> Result<(ArtifactPlace, Bounds)> {
        let unknown = || Error::of(ErrorCode::NameUnknown);
        let artifact = self.place.artifact.ok_or_else(unknown)?;
        let bounds = self.bounds(ops).await?;
        if let Bounds::Entitlements(customer, index) = &bounds
            && index.view(*customer, artifact.id, ops.clock().now()).artifact().is_err()
        {
            return Err(unknown());
        }
        Ok((artifact, bounds))
    }

    /// What the visitor is bound by.
    pub(super) async fn bounds(&mut self, ops: &Ops) -> Result<Bounds> {
        let Some(customer) = self.permit.customer().filter(|_| self.place.is_restricted) else {
            return Ok(Bounds::None);
        };
        let index = super::access::index(ops, &mut self.tx, &self.permit, self.place.access).await?;
        Ok(Bounds::Entitlements(customer, index))
    }
}

/// What the policy's refusal looks like to a client. A section that is switched off looks as if nothing were in it.
fn refused(denied: policy::Denied) -> Error {
    match denied {
        policy::Denied::Feature => Error::of(ErrorCode::NameUnknown),
        other => Error::saying(ErrorCode::Denied, other.to_string()),
    }
}
