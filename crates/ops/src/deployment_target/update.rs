//! Changing a deployment target.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::deployment_target::DeploymentTarget;
use grantry_model::deployment_target::draft::{TargetDraft, TargetInput};
use grantry_model::field::FieldError;
use grantry_model::id::{CustomerId, DeploymentTargetId};
use grantry_model::policy::Action;
use serde_json::json;

use super::{TargetDetails, facts, find, on_name_taken, one};
use crate::Ops;
use crate::caller::Caller;
use crate::error::Result;

/// Changes a target's name, options and settings. `customer` may repeat whose it is.
///
/// # Errors
/// There is no such target; fields that are not valid or can't change; a name that is taken.
pub async fn update(
    ops: &Ops,
    caller: &Caller,
    id: DeploymentTargetId,
    (customer, input): (Option<CustomerId>, &TargetInput<'_>),
) -> Result<TargetDetails> {
    let permit = ops.authorize(caller, Action::EditDeployments).await?;
    let mut tx = ops.store().write().await?;
    let before = find(&mut tx, &permit, id).await?;
    if customer.is_some() && customer != before.customer {
        let message = "Whose a target is can't change. Create another target.";
        return Err(FieldError::new("customerOrganization", "unchangeable", message).into());
    }
    let draft = TargetDraft::parse_change(input, &before.environment)?;
    let after = DeploymentTarget {
        name: draft.name,
        environment: draft.environment,
        options: draft.options,
        ..before.clone()
    };
    if after != before {
        on_name_taken(tx.update_deployment_target(&permit, &after).await)?;
        let subject = Subject::new("deployment_target", id, &after.name);
        let event = Event::new(EventKind::DeploymentTargetUpdated, subject)
            .of_customer(after.customer)
            .at_target(id)
            .with(json!({ "before": facts(&before), "after": facts(&after) }));
        tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    }
    let changed = one(ops, &mut tx, &permit, after).await?;
    tx.commit().await?;
    Ok(changed)
}
