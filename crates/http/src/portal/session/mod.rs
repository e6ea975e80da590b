//! Signing in and out.

pub(crate) mod nowhere;
pub(crate) mod password;
pub(crate) mod set_up;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod switch;

use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use grantry_model::session::IDLE;
use grantry_ops::error::Error;
use grantry_ops::session::Opened;
use grantry_ops::session::end::end_replaced;
use http::header::SET_COOKIE;

use crate::app::App;
use crate::extract::Guest;
use crate::extract::caller::session_cookie;
use crate::extract::cookie::lax;

/// Gives a browser its new session and leads on. A session that it had before ends.
async fn enter(app: &App, guest: &Guest, opened: &Opened, to: &str) -> Result<Response, Error> {
    if let Some(replaced) = &guest.session {
        end_replaced(&app.ops, replaced, guest.visitor.address.clone()).await?;
    }
    let cookie = lax(app, session_cookie(app), opened.secret.reveal(), IDLE);
    let headers = AppendHeaders(cookie.map(|cookie| (SET_COOKIE, cookie)));
    Ok((headers, Redirect::to(to)).into_response())
}
