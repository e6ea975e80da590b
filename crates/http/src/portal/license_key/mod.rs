//! License keys.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod revision;
pub(crate) mod show;
pub(crate) mod terms;
pub(crate) mod token_file;

use grantry_model::license_key::{LicenseKey, Revision};
use grantry_model::page::PageRequest;
use grantry_ops::caller::Caller;
use grantry_ops::error::Error;
use grantry_ops::{Ops, customer};
use grantry_ui::pages::license_key as ui;

use crate::portal::entitlement::present_owner;
use crate::portal::license::window;

/// The customer that a key was issued to.
async fn owner(ops: &Ops, caller: &Caller, key: &LicenseKey) -> Result<Option<ui::Owner>, Error> {
    let found = customer::find_all(ops, caller, &key.customer.into_iter().collect()).await?;
    Ok(found.first().map(present_owner))
}

/// All customers, to choose one of.
pub(crate) async fn owners(ops: &Ops, caller: &Caller) -> Result<Vec<ui::Owner>, Error> {
    let customers = customer::list(ops, caller, &PageRequest::default()).await?;
    Ok(customers.items.iter().map(|(customer, _)| present_owner(customer)).collect())
}

fn present(revision: &Revision) -> ui::Revision {
    ui::Revision {
        number: revision.seq,
        created_at: revision.created_at,
        created_by: Some(revision.created_by.clone()).filter(|name| !name.is_empty()),
        payload: revision.terms.payload.as_str().to_owned(),
        window: window(&revision.terms),
    }
}
