//! What an organization decides about its artifacts: whether customers see only what they are entitled to, and whether tags may
//! move.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::organization::{ArtifactSettings, Organization};
use grantry_model::policy::{Action, Permit};
use grantry_store::store::Tx;
use serde_json::json;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// Changes to [`ArtifactSettings`]; what is `None` stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changes {
    /// See [`ArtifactSettings::restricted`].
    pub restricted: Option<bool>,
    /// See [`ArtifactSettings::tags_mutable`].
    pub tags_mutable: Option<bool>,
}

/// Changes what the organization decided about its artifacts.
///
/// # Errors
/// The caller is no administrator of the vendor.
pub async fn change(ops: &Ops, caller: &Caller, changes: Changes) -> Result<ArtifactSettings> {
    let permit = authorize(ops, caller, changes).await?;
    let mut tx = ops.store().write().await?;
    let organization = tx.find_organization(&permit).await?.ok_or(Error::NotFound(Kind::Organization))?;
    let after = apply(ops, &mut tx, (&permit, caller), (&organization, changes)).await?;
    tx.commit().await?;
    Ok(after)
}

/// Lets customers see only what they are entitled to, or every artifact.
///
/// # Errors
/// The caller is no administrator of the vendor.
pub async fn set_restricted(ops: &Ops, caller: &Caller, restricted: bool) -> Result<ArtifactSettings> {
    change(ops, caller, Changes { restricted: Some(restricted), tags_mutable: None }).await
}

/// Lets tags move, or not.
///
/// # Errors
/// The caller is no administrator of the vendor.
pub async fn set_tags_mutable(ops: &Ops, caller: &Caller, tags_mutable: bool) -> Result<ArtifactSettings> {
    change(ops, caller, Changes { restricted: None, tags_mutable: Some(tags_mutable) }).await
}

/// Whom a change of the restriction concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effects {
    /// How many customers the organization has.
    pub customers: u64,
    /// How many of them have an entitlement that has not expired.
    pub entitled: u64,
    /// How many artifacts there are to see.
    pub artifacts: u64,
}

/// Whom [`set_restricted`] would concern.
///
/// # Errors
/// The caller is no administrator of the vendor.
pub async fn preview(ops: &Ops, caller: &Caller) -> Result<Effects> {
    let permit = ops.authorize(caller, Action::RestrictArtifacts).await?;
    let mut tx = ops.store().read().await?;
    Ok(Effects {
        customers: tx.count_customers(&permit).await?,
        entitled: tx.count_entitled_customers(&permit, ops.clock().now()).await?,
        artifacts: tx.count_artifacts(&permit).await?,
    })
}

/// Asks the policy for each change. Without any, for what can be changed by everybody who can change one.
pub(super) async fn authorize(ops: &Ops, caller: &Caller, changes: Changes) -> Result<Permit> {
    if changes.restricted.is_some() {
        ops.authorize(caller, Action::RestrictArtifacts).await?;
    }
    ops.authorize(caller, Action::EditOrganization).await
}

pub(super) async fn apply(
    ops: &Ops,
    tx: &mut Tx,
    (permit, caller): (&Permit, &Caller),
    (organization, changes): (&Organization, Changes),
) -> Result<ArtifactSettings> {
    let before = organization.artifacts;
    let after = ArtifactSettings {
        restricted: changes.restricted.unwrap_or(before.restricted),
        tags_mutable: changes.tags_mutable.unwrap_or(before.tags_mutable),
    };
    if !tx.update_artifact_settings(permit, after).await? {
        return Ok(after);
    }
    let kinds = [
        (EventKind::ArtifactRestrictionChanged, "restricted", before.restricted, after.restricted),
        (EventKind::TagMutabilityChanged, "tagsMutable", before.tags_mutable, after.tags_mutable),
    ];
    for (kind, name, was, is) in kinds.into_iter().filter(|(_, _, was, is)| was != is) {
        let subject = Subject::new("organization", organization.id, &organization.name);
        let event = Event::new(kind, subject).with(json!({ "before": { name: was }, "after": { name: is } }));
        tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    }
    Ok(after)
}

/// Lets customers see only what they are entitled to, because the first of them is. Who may entitle may do this.
pub(crate) async fn restrict(ops: &Ops, tx: &mut Tx, (permit, caller): (&Permit, &Caller)) -> Result<()> {
    let organization = tx.find_organization(permit).await?.ok_or(Error::NotFound(Kind::Organization))?;
    let changes = Changes { restricted: Some(true), tags_mutable: None };
    apply(ops, tx, (permit, caller), (&organization, changes)).await.map(|_| ())
}
