//! The organization.

pub mod applications;
pub mod artifacts;
pub mod change_plan;
pub mod update;

use grantry_model::field::FieldError;
use grantry_model::organization::Organization;
use grantry_model::policy::Action;

use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error, Kind, Result};

/// The caller's organization.
///
/// # Errors
/// The database can't be read.
pub async fn show(ops: &Ops, caller: &Caller) -> Result<Organization> {
    let permit = ops.authorize(caller, Action::ViewOrganization).await?;
    let organization = ops.store().read().await?.find_organization(&permit).await?;
    organization.ok_or(Error::NotFound(Kind::Organization))
}

pub(crate) fn slug_taken() -> Error {
    let message = "Another organization of this hub already has this slug. Choose a different one.";
    FieldError::new("slug", "slug_taken", message).into()
}
