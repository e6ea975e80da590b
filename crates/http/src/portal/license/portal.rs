//! A customer's own licenses, with their tokens.

use axum::response::Response;
use grantry_model::license_key::LicenseKey;
use grantry_model::page::PageRequest;
use grantry_ops::license_key::token;
use grantry_ui::layout::Nav;
use grantry_ui::pages::license::portal::{Portal, PortalKey};

use super::window;
use crate::app::App;
use crate::portal::error::PageError;
use crate::portal::frame::Member;

/// The customer's licenses.
pub(super) async fn show(app: &App, member: Member, q: String) -> Result<Response, PageError> {
    let search = Some(q.clone()).filter(|text| !text.trim().is_empty());
    let wanted = PageRequest { search, ..PageRequest::default() };
    let keys = token::all_current(&app.ops, &member.caller, &wanted).await?;
    let page = Portal {
        vendor: member.shell.current.name.clone(),
        customer: member.shell.current.customer_name.clone().unwrap_or_default(),
        keys: keys.into_iter().map(present).collect(),
        q,
    };
    Ok(member.page(Nav::Licenses, &page))
}

fn present((key, token): (LicenseKey, String)) -> PortalKey {
    PortalKey {
        key: key.id,
        name: key.name.as_str().to_owned(),
        description: key.description,
        window: window(&key.current.terms),
        token,
        organization_wide: key.customer.is_none(),
    }
}
