//! What the forms of entitlements to applications and to artifacts have in common.

use grantry_model::customer::Customer;
use grantry_model::field::FieldError;
use grantry_model::id::CustomerId;
use grantry_ops::customer;
use grantry_ops::error::Error;
use grantry_ui::pages::license_key::Owner;
use serde::Deserialize;

use crate::app::App;
use crate::portal::frame::Member;

/// Whom a new entitlement is for.
#[derive(Deserialize)]
pub(crate) struct Params {
    /// The customer's id; empty if it is to be chosen.
    #[serde(default)]
    pub(crate) customer: String,
}

/// What stands around the values of a form: `E` is an entitlement, `F` what the organization's first one changes.
pub(crate) struct Around<'e, E, F> {
    /// The customer, if it is fixed.
    pub(crate) customer: Option<Owner>,
    /// The entitlement that the form changes.
    pub(crate) before: Option<&'e E>,
    /// What it changes for everybody, if it is the organization's first.
    pub(crate) first: Option<F>,
}

/// The customer of an id that was sent, if there is one.
pub(crate) async fn owner(app: &App, member: &Member, id: &str) -> Result<Option<Owner>, Error> {
    let wanted = id.parse::<CustomerId>().ok().into_iter().collect();
    Ok(customer::find_all(&app.ops, &member.caller, &wanted).await?.first().map(present_owner))
}

/// A customer as pages name it.
pub(crate) fn present_owner(customer: &Customer) -> Owner {
    Owner { customer: customer.id, name: customer.name.as_str().to_owned() }
}

/// That the consequences of the organization's first entitlement were not accepted.
pub(crate) fn unconfirmed() -> FieldError {
    let message = "Confirm this, because it concerns all of your customers.";
    FieldError::new("confirm", "unconfirmed", message)
}
