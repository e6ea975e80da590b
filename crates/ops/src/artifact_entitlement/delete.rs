//! Deleting an artifact entitlement.

use chrono::{DateTime, Utc};
use grantry_model::access::{Entry, Index};
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::customer::Customer;
use grantry_model::id::{ArtifactEntitlementId, ArtifactId};
use grantry_model::policy::{Action, Permit};
use grantry_oci::reference::Tag;
use grantry_store::store::Tx;
use serde_json::json;

use super::{Entitled, GrantedArtifact, facts, find};
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// Tags that are named of what is lost; the newest.
const NAMED: usize = 20;

/// Deletes an artifact entitlement. What nothing else grants its customer can't be pulled any more from then on.
///
/// # Errors
/// There is no such entitlement.
pub async fn delete(ops: &Ops, caller: &Caller, id: ArtifactEntitlementId) -> Result<()> {
    let permit = ops.authorize(caller, Action::EditArtifactEntitlements).await?;
    let mut tx = ops.store().write().await?;
    let found = tx.find_artifact_entitlement(&permit, id).await?;
    let entitlement = found.ok_or(Error::NotFound(Kind::ArtifactEntitlement))?;
    tx.delete_artifact_entitlement(&permit, id).await?;
    let subject = Subject::new("artifact_entitlement", id, &entitlement.name);
    let event = Event::new(EventKind::ArtifactEntitlementDeleted, subject)
        .of_customer(Some(entitlement.customer))
        .with(json!({ "before": facts(&entitlement) }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(())
}

/// What the deletion of an entitlement takes from its customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Losses {
    /// The entitlement.
    pub entitled: Entitled,
    /// Its customer.
    pub customer: Customer,
    /// Whether it has expired, so that nothing is lost.
    pub is_expired: bool,
    /// Whether customers see only what they are entitled to; if not, nothing is lost.
    pub is_restricted: bool,
    /// What is lost, by artifact; what another entitlement grants, too, is not here.
    pub losses: Vec<Loss>,
}

/// What is lost of an artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The artifact.
    pub artifact: ArtifactId,
    /// Its name.
    pub name: String,
    /// How many tags.
    pub tags: u64,
    /// The newest of them.
    pub named: Vec<Tag>,
    /// Whether nothing of the artifact is left.
    pub is_all: bool,
}

/// What [`delete`] would take away.
///
/// # Errors
/// There is no such entitlement.
pub async fn preview(ops: &Ops, caller: &Caller, id: ArtifactEntitlementId) -> Result<Losses> {
    let permit = ops.authorize(caller, Action::EditArtifactEntitlements).await?;
    let now = ops.clock().now();
    let mut tx = ops.store().read().await?;
    let entitled = find(&mut tx, &permit, id).await?;
    let customer = entitled.entitlement.customer;
    let organization = tx.find_organization(&permit).await?.ok_or(Error::NotFound(Kind::Organization))?;
    let is_restricted = organization.artifacts.restricted;
    let is_expired = !entitled.entitlement.is_active(now);
    let all = tx.list_artifact_entitlements(&permit, Some(customer)).await?;
    let with = Index::new(true, all.iter().flat_map(Entry::of));
    let without = Index::new(true, all.iter().filter(|one| one.id != id).flat_map(Entry::of));
    let mut losses = Vec::new();
    for grant in entitled.grants.iter().filter(|_| is_restricted && !is_expired) {
        losses.extend(loss(&mut tx, &permit, (&with, &without), (&entitled, grant), now).await?);
    }
    let customer = tx.find_customer(&permit, customer).await?.ok_or(Error::NotFound(Kind::Customer))?;
    Ok(Losses { entitled, customer, is_expired, is_restricted, losses })
}

async fn loss(
    tx: &mut Tx,
    permit: &Permit,
    (with, without): (&Index, &Index),
    (entitled, grant): (&Entitled, &GrantedArtifact),
    now: DateTime<Utc>,
) -> Result<Option<Loss>> {
    let customer = entitled.entitlement.customer;
    let (before, after) =
        (with.view(customer, grant.artifact, now), without.view(customer, grant.artifact, now));
    let tags = tx.list_newest_tags(permit, grant.artifact, "").await?;
    let sees = |tag: &&grantry_model::artifact::TagEntry| {
        before.tag(&tag.name, tag.manifest).is_ok() && after.tag(&tag.name, tag.manifest).is_err()
    };
    let lost: Vec<_> = tags.iter().filter(sees).collect();
    let is_all = after.artifact().is_err();
    let named = lost.iter().take(NAMED).map(|tag| tag.name.clone()).collect();
    let loss =
        Loss { artifact: grant.artifact, name: grant.name.clone(), tags: lost.len() as u64, named, is_all };
    Ok((is_all || !lost.is_empty()).then_some(loss))
}
