//! Changing a customer.

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::customer::{Customer, CustomerDraft, Feature};
use grantry_model::id::CustomerId;
use grantry_model::policy::Action;
use grantry_store::customer::NAME_UNIQUE;
use serde_json::json;

use super::{Input, name_taken};
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, OnConflict, Result};
use crate::file::delete::delete_unused;
use crate::file::image::resolve;

/// Changes a customer's name, features and image. An image that nothing else shows is deleted.
///
/// # Errors
/// There is no such customer; the name is blank or taken, a feature is unknown, the image is no file of the organization.
pub async fn update(ops: &Ops, caller: &Caller, id: CustomerId, input: Input<'_>) -> Result<Customer> {
    let permit = ops.authorize(caller, Action::EditCustomer).await?;
    let mut tx = ops.store().write().await?;
    tx.lock_files(&permit).await?;
    let before = tx.find_customer(&permit, id).await?.ok_or(Error::NotFound(Kind::Customer))?;
    let draft = CustomerDraft::parse(input.name, input.features)?;
    let image = match input.image {
        Some(image) => resolve(ops, &mut tx, (&permit, caller), image.into()).await?,
        None => before.image,
    };
    tx.update_customer(&permit, id, &draft, image).await.on_conflict(NAME_UNIQUE, name_taken)?;
    let after = Customer { name: draft.name, features: draft.features, image, ..before.clone() };
    let details = json!({ "before": facts(&before), "after": facts(&after) });
    let subject = Subject::new("customer", id, &after.name);
    let event = Event::new(EventKind::CustomerUpdated, subject).of_customer(Some(id)).with(details);
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    if image != before.image {
        delete_unused(ops, &mut tx, (&permit, caller), before.image).await?;
    }
    tx.commit().await?;
    Ok(after)
}

fn facts(customer: &Customer) -> serde_json::Value {
    let features: Vec<_> = customer.features.iter().map(|&feature| Feature::as_str(feature)).collect();
    json!({ "name": customer.name.as_str(), "features": features, "imageId": customer.image })
}
