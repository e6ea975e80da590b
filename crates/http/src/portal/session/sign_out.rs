//! Signing out.

use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse};
use chrono::TimeDelta;
use grantry_ops::session::end::sign_out;
use grantry_ui::layout::notice::Notice;
use grantry_ui::route::SignIn;
use http::header::SET_COOKIE;

use crate::app::App;
use crate::extract::caller::session_cookie;
use crate::extract::cookie::lax;
use crate::extract::csrf::CsrfForm;
use crate::portal::error::PageResult;
use crate::portal::frame::go;

/// Ends the session.
pub(crate) async fn delete(
    State(app): State<App>,
    CsrfForm { signed, form: () }: CsrfForm<()>,
) -> PageResult {
    sign_out(&app.ops, signed.identity, signed.address).await?;
    let gone = lax(&app, session_cookie(&app), "", TimeDelta::zero());
    let headers = AppendHeaders(gone.map(|cookie| (SET_COOKIE, cookie)));
    Ok((headers, go(&SignIn, Notice::SignedOut)).into_response())
}
