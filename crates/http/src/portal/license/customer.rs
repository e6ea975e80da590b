//! Everything one customer is licensed for.

use axum::extract::State;
use grantry_model::id::CustomerId;
use grantry_model::license_key::Holder;
use grantry_model::page::PageRequest;
use grantry_model::policy::Action;
use grantry_ops::{customer, license_key};
use grantry_ui::layout::Nav;
use grantry_ui::pages::license::customer::Detail;

use super::row;
use crate::app::App;
use crate::extract::Path;
use crate::portal::error::PageResult;
use crate::portal::frame::Member;

/// The page.
pub(crate) async fn show(State(app): State<App>, member: Member, Path(id): Path<CustomerId>) -> PageResult {
    let (ops, all) = (&app.ops, PageRequest::default());
    let (found, contents) = customer::show(ops, &member.caller, id).await?;
    let keys = license_key::list(ops, &member.caller, Holder::Customer(id), &all).await?;
    let shared = license_key::list(ops, &member.caller, Holder::OrganizationWide, &all).await?;
    let page = Detail {
        customer: id,
        name: found.name.as_str().to_owned(),
        members: contents.members,
        keys: keys.items.iter().map(row).collect(),
        organization_wide: shared.items.iter().map(row).collect(),
        artifacts: None,
        can_edit: member.may(&app, Action::CreateLicenseKey),
        can_copy: false,
    };
    Ok(member.page(Nav::Licenses, &page))
}
