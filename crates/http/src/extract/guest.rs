//! Browsers that nobody has signed in with yet. They have no session whose secret could guard a form, so each keeps a
//! random cookie for that.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use grantry_ops::caller::Visitor;
use grantry_ops::error::Error;
use grantry_ops::hub_secret::{Secret, SecretKind};
use grantry_ui::layout::{Bare, Page, Visit};
use http::header::SET_COOKIE;
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::extract::caller::{cookie, session_cookie};
use crate::extract::visit::visit;
use crate::extract::{Client, cookie as write};
use crate::portal;

/// The visitor's cookie where browsers reach the hub by HTTPS.
const SECURE_COOKIE: &str = "__Host-grantry_visitor";
/// The visitor's cookie elsewhere.
const PLAIN_COOKIE: &str = "grantry_visitor";

fn name(app: &App) -> &'static str {
    if app.is_https() { SECURE_COOKIE } else { PLAIN_COOKIE }
}

/// The token of the forms of a visitor, if their browser has sent its cookie.
pub(crate) fn token(app: &App, parts: &Parts) -> Option<String> {
    cookie(&parts.headers, name(app)).filter(|value| is_ours(value)).map(derive)
}

fn is_ours(value: &str) -> bool {
    URL_SAFE_NO_PAD.decode(value).is_ok_and(|random| random.len() == 32)
}

fn derive(value: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("grantry visitor csrf\0{value}")))
}

/// A browser that nobody has signed in with, or not yet.
pub(crate) struct Guest {
    /// What a page needs to know.
    pub(crate) visit: Visit,
    /// Who comes from where.
    pub(crate) visitor: Visitor,
    /// A session that the browser still has, which a new one replaces.
    pub(crate) session: Option<Secret>,
    cookie: Option<HeaderValue>,
}

impl FromRequestParts<App> for Guest {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Ok(Client(visitor)) = Client::from_request_parts(parts, app).await;
        let (csrf, cookie_to_set) = match token(app, parts) {
            Some(token) => (token, None),
            None => new(app).map_err(portal::error::respond)?,
        };
        let session = cookie(&parts.headers, session_cookie(app)).and_then(Secret::parse);
        Ok(Self {
            visit: visit(&app.ops, parts, csrf),
            visitor,
            session: session.filter(|secret| secret.kind() == SecretKind::Session),
            cookie: cookie_to_set,
        })
    }
}

fn new(app: &App) -> Result<(String, Option<HeaderValue>), Error> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|error| Error::Internal(error.into()))?;
    let value = URL_SAFE_NO_PAD.encode(random);
    Ok((derive(&value), write::strict(app, name(app), &value)))
}

impl Guest {
    /// A page with this status; its forms work because the cookie comes with it.
    pub(crate) fn page(self, status: StatusCode, page: &impl Page) -> Response {
        let html = Bare { visit: self.visit }.render(page);
        let mut response = (status, axum::response::Html(html)).into_response();
        if let Some(cookie) = self.cookie {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response
    }
}
