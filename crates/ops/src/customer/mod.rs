//! Customers.

pub mod copy;
pub mod create;
pub mod delete;
pub mod update;

use std::collections::BTreeSet;

use grantry_model::customer::{Customer, CustomerContents};
use grantry_model::field::FieldError;
use grantry_model::id::{CustomerId, FileId};
use grantry_model::page::{Page, PageRequest};
use grantry_model::policy::Action;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// What a customer is to be.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The name.
    pub name: &'a str,
    /// The features; `None`: the default ones.
    pub features: Option<&'a [String]>,
    /// The image; `None`: as it is.
    pub image: Option<Option<FileId>>,
}

/// Customers by name, each with what it has.
///
/// # Errors
/// The caller is not the vendor's.
pub async fn list(
    ops: &Ops,
    caller: &Caller,
    page: &PageRequest,
) -> Result<Page<(Customer, CustomerContents)>> {
    let permit = ops.authorize(caller, Action::ViewCustomers).await?;
    Ok(ops.store().read().await?.list_customers(&permit, page).await?)
}

/// A customer with what it has, which is what goes with it when it is deleted.
///
/// # Errors
/// There is no such customer.
pub async fn show(ops: &Ops, caller: &Caller, id: CustomerId) -> Result<(Customer, CustomerContents)> {
    let permit = ops.authorize(caller, Action::ViewCustomers).await?;
    let mut tx = ops.store().read().await?;
    let customer = tx.find_customer(&permit, id).await?.ok_or(Error::NotFound(Kind::Customer))?;
    Ok((customer, tx.customer_contents(&permit, id).await?))
}

/// The customer whose member the caller is; `None` for the vendor's staff.
///
/// # Errors
/// The database can't be read.
pub async fn own(ops: &Ops, caller: &Caller) -> Result<Option<Customer>> {
    let Some(id) = caller.actor.customer else { return Ok(None) };
    let permit = ops.authorize(caller, Action::ViewOrganization).await?;
    Ok(ops.store().read().await?.find_customer(&permit, id).await?)
}

/// How many customers there are.
///
/// # Errors
/// The caller is not the vendor's.
pub async fn count(ops: &Ops, caller: &Caller) -> Result<u64> {
    let permit = ops.authorize(caller, Action::ViewCustomers).await?;
    Ok(ops.store().read().await?.count_customers(&permit).await?)
}

/// Those of these customers that the caller reaches, for naming them beside what is theirs.
///
/// # Errors
/// The database can't be read.
pub async fn find_all(ops: &Ops, caller: &Caller, ids: &BTreeSet<CustomerId>) -> Result<Vec<Customer>> {
    let permit = ops.authorize(caller, Action::ViewOrganization).await?;
    let mut tx = ops.store().read().await?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(tx.find_customer(&permit, *id).await?);
    }
    Ok(found)
}

fn name_taken() -> Error {
    let message = "Another customer already has this name. Choose a different one.";
    FieldError::new("name", "name_taken", message).into()
}
