//! For who is signed in but a member of nothing, or not any more of what they acted in.

use axum::response::{Html, IntoResponse, Response};
use grantry_model::user::Membership;
use grantry_ui::layout::{Bare, Visit};
use grantry_ui::pages::session::nowhere::Nowhere;
use http::StatusCode;

use crate::portal::frame::present;

/// The page that says so, with where they can go on.
pub(crate) fn respond(visit: Visit, memberships: &[Membership]) -> Response {
    let page = Nowhere { memberships: memberships.iter().map(present).collect() };
    (StatusCode::FORBIDDEN, Html(Bare { visit }.render(&page))).into_response()
}
