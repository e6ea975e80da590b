//! Creating a deployment target.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::deployment_target::draft::{TargetDraft, TargetInput};
use grantry_model::deployment_target::{DeploymentTarget, KnownAgent};
use grantry_model::field::{FieldError, Invalid};
use grantry_model::id::CustomerId;
use grantry_model::policy::Action;
use serde_json::json;

use super::{TargetDetails, facts, on_name_taken, one};
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::once::{Once, Outcome};

/// Creates a target: of `customer`, or the vendor's own. A customer's member always creates the customer's.
///
/// # Errors
/// Fields that are not valid, a name that is taken, an unknown customer.
pub async fn create(
    ops: &Ops,
    caller: &Caller,
    (customer, input): (Option<CustomerId>, &TargetInput<'_>),
    once: &Once<'_, TargetDetails>,
) -> Result<Outcome<TargetDetails>> {
    let permit = ops.authorize(caller, Action::EditDeployments).await?;
    let customer = permit.customer().or(customer);
    let mut tx = ops.store().write().await?;
    if let Some(body) = once.repeated(&mut tx, &permit).await? {
        return Ok(Outcome::Repeated(body));
    }
    let is_known = match customer {
        Some(customer) => {
            tx.lock_customer(customer).await?;
            tx.find_customer(&permit, customer).await?.is_some()
        }
        None => true,
    };
    let draft = match (TargetDraft::parse(input), is_known) {
        (Ok(draft), true) => draft,
        (draft, is_known) => return Err(invalid(draft.err(), is_known)),
    };
    let target = DeploymentTarget {
        id: ops.new_id()?,
        customer,
        name: draft.name,
        environment: draft.environment,
        options: draft.options,
        created_at: ops.clock().now(),
        agent: KnownAgent::default(),
    };
    on_name_taken(tx.insert_deployment_target(&permit, &target).await)?;
    let subject = Subject::new("deployment_target", target.id, &target.name);
    let event = Event::new(EventKind::DeploymentTargetCreated, subject)
        .of_customer(customer)
        .with(json!({ "after": facts(&target) }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    let created_at = target.created_at;
    let created = one(ops, &mut tx, &permit, target).await?;
    once.remember(&mut tx, &permit, &created, created_at).await?;
    tx.commit().await?;
    Ok(Outcome::Created(created))
}

fn invalid(found: Option<Invalid>, is_customer_known: bool) -> Error {
    let Invalid(mut errors) = found.unwrap_or(Invalid(Vec::new()));
    if !is_customer_known {
        let message = "There is no customer with this id. Choose one of yours.";
        errors.push(FieldError::new("customerOrganization", "customer_unknown", message));
    }
    Error::Invalid(Invalid(errors))
}
