//! The license keys without a customer.

use axum::extract::State;
use grantry_model::license_key::Holder;
use grantry_model::page::PageRequest;
use grantry_model::policy::Action;
use grantry_ops::license_key;
use grantry_ui::layout::Nav;
use grantry_ui::pages::license::organization_wide::OrganizationWide;

use super::row;
use crate::app::App;
use crate::portal::error::PageResult;
use crate::portal::frame::Member;

/// The page.
pub(crate) async fn show(State(app): State<App>, member: Member) -> PageResult {
    app.ops.require(&member.caller, Action::ViewLicensesOverview).await?;
    let all = PageRequest::default();
    let keys = license_key::list(&app.ops, &member.caller, Holder::OrganizationWide, &all).await?;
    let page = OrganizationWide {
        keys: keys.items.iter().map(row).collect(),
        can_edit: member.may(&app, Action::CreateLicenseKey),
    };
    Ok(member.page(Nav::Licenses, &page))
}
