//! Licenses: the vendor's overview of all customers, and a customer's own licenses.

mod applications;
mod artifacts;
pub(crate) mod copy;
pub(crate) mod customer;
pub(crate) mod locked;
pub(crate) mod organization_wide;
pub(crate) mod overview;
pub(crate) mod portal;

use axum::extract::State;
use chrono::TimeDelta;
use grantry_model::license_key::{LicenseKey, Terms};
use grantry_ui::layout::Portal;
use grantry_ui::pages::license_key::KeyRow;
use grantry_ui::validity::Window;

use crate::app::App;
use crate::extract::Query;
use crate::portal::error::PageResult;
use crate::portal::frame::Member;

/// The section's first page, which is another one in each portal.
pub(crate) async fn show(
    State(app): State<App>,
    member: Member,
    Query(query): Query<overview::Params>,
) -> PageResult {
    match member.shell.portal() {
        Portal::Vendor => overview::show(&app, member, query).await,
        Portal::Customer => portal::show(&app, member, query.list.q).await,
    }
}

/// The validity of a revision, as pages want it.
pub(crate) fn window(terms: &Terms) -> Window {
    Window {
        not_before: terms.not_before,
        expires_at: terms.expires_at,
        grace: TimeDelta::seconds(terms.grace.into()),
    }
}

/// A license key in a table.
fn row(key: &LicenseKey) -> KeyRow {
    KeyRow {
        key: key.id,
        name: key.name.as_str().to_owned(),
        revision: key.current.seq,
        payload: key.current.terms.payload.as_str().to_owned(),
        window: window(&key.current.terms),
    }
}
