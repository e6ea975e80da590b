//! Changing an artifact entitlement.

use grantry_model::artifact_entitlement::ArtifactEntitlement;
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::ArtifactEntitlementId;
use grantry_model::policy::Action;
use grantry_store::artifact_entitlement::NAME_UNIQUE;
use serde_json::json;

use super::{Entitled, Input, complete, facts, find, name_taken, resolve};
use crate::Ops;
use crate::caller::Caller;
use crate::error::{OnConflict, Result};

/// Replaces everything of an artifact entitlement but its id. What it was is lost, so it can also become narrower.
///
/// # Errors
/// There is no such entitlement; as of [`create`](super::create::create).
pub async fn update(
    ops: &Ops,
    caller: &Caller,
    id: ArtifactEntitlementId,
    input: &Input<'_>,
) -> Result<Entitled> {
    let permit = ops.authorize(caller, Action::EditArtifactEntitlements).await?;
    let mut tx = ops.store().write().await?;
    let before = find(&mut tx, &permit, id).await?;
    let draft = resolve::draft(&mut tx, &permit, input, Some(&before)).await?;
    let after = ArtifactEntitlement {
        id,
        customer: draft.customer,
        name: draft.name,
        expires_at: draft.expires_at,
        created_at: before.entitlement.created_at,
        grants: draft.grants,
    };
    if after == before.entitlement {
        return Ok(before);
    }
    tx.update_artifact_entitlement(&permit, &after).await.on_conflict(NAME_UNIQUE, name_taken)?;
    let subject = Subject::new("artifact_entitlement", id, &after.name);
    let event = Event::new(EventKind::ArtifactEntitlementUpdated, subject)
        .of_customer(Some(after.customer))
        .with(json!({ "before": facts(&before.entitlement), "after": facts(&after) }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    let changed = complete(&mut tx, &permit, after).await?;
    tx.commit().await?;
    Ok(changed)
}
