//! Notes on a deployment target: the vendor's and the customer's, each unseen by the other.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::deployment_target::{MAX_NOTE, TargetNote};
use grantry_model::field::FieldError;
use grantry_model::id::DeploymentTargetId;
use grantry_model::policy::Action;
use serde_json::json;

use super::find;
use crate::Ops;
use crate::caller::Caller;
use crate::error::Result;

/// The note of the caller's side; `None` if it was never written.
///
/// # Errors
/// There is no such target in the caller's reach.
pub async fn show(ops: &Ops, caller: &Caller, id: DeploymentTargetId) -> Result<Option<TargetNote>> {
    let permit = ops.authorize(caller, Action::ViewDeployments).await?;
    let mut tx = ops.store().read().await?;
    find(&mut tx, &permit, id).await?;
    Ok(tx.find_target_note(&permit, id).await?)
}

/// Replaces the note of the caller's side. What it says is not recorded: the other side may read the log.
///
/// # Errors
/// There is no such target in the caller's reach; the text is too long.
pub async fn update(ops: &Ops, caller: &Caller, id: DeploymentTargetId, text: &str) -> Result<TargetNote> {
    let permit = ops.authorize(caller, Action::EditDeployments).await?;
    let mut tx = ops.store().write().await?;
    let target = find(&mut tx, &permit, id).await?;
    if text.chars().count() > MAX_NOTE {
        let message = format!("The notes are longer than {MAX_NOTE} characters. Shorten them.");
        return Err(FieldError::new("notes", "notes_too_long", message).into());
    }
    let note = TargetNote {
        text: text.to_owned(),
        updated_at: ops.clock().now(),
        updated_by: Some(caller.actor.user),
    };
    tx.upsert_target_note(&permit, id, &note).await?;
    let subject = Subject::new("deployment_target", id, &target.name);
    let event = Event::new(EventKind::DeploymentTargetUpdated, subject)
        .of_customer(target.customer)
        .at_target(id)
        .with(json!({ "notes": "changed" }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(note)
}
