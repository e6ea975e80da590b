//! Creating a customer.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::customer::{Customer, CustomerDraft};
use grantry_model::policy::Action;
use grantry_store::customer::NAME_UNIQUE;

use super::{Input, name_taken};
use crate::Ops;
use crate::caller::Caller;
use crate::error::{OnConflict, Result};
use crate::file::image::resolve;
use crate::once::{Once, Outcome};

/// Creates a customer.
///
/// # Errors
/// The name is blank or taken, a feature is unknown, the image is no file of the organization.
pub async fn create(
    ops: &Ops,
    caller: &Caller,
    input: Input<'_>,
    once: &Once<'_, Customer>,
) -> Result<Outcome<Customer>> {
    let permit = ops.authorize(caller, Action::CreateCustomer).await?;
    let CustomerDraft { name, features } = CustomerDraft::parse(input.name, input.features)?;
    let now = ops.clock().now();
    let mut tx = ops.store().write().await?;
    if let Some(body) = once.repeated(&mut tx, &permit).await? {
        return Ok(Outcome::Repeated(body));
    }
    tx.lock_files(&permit).await?;
    let image = resolve(ops, &mut tx, (&permit, caller), input.image.flatten().into()).await?;
    let customer = Customer { id: ops.new_id()?, name, features, created_at: now, image };
    tx.insert_customer(&permit, &customer).await.on_conflict(NAME_UNIQUE, name_taken)?;
    let subject = Subject::new("customer", customer.id, &customer.name);
    let event = Event::new(EventKind::CustomerCreated, subject).of_customer(Some(customer.id));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    once.remember(&mut tx, &permit, &customer, now).await?;
    tx.commit().await?;
    Ok(Outcome::Created(customer))
}
