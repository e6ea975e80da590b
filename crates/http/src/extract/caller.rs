//! Who calls.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use grantry_ops::caller::Caller;
use grantry_ops::error::Error;
use grantry_ops::hub_secret::{Secret, SecretKind};
use grantry_ops::session::authenticate::{Identity, authenticate};
use grantry_ui::layout::Visit;
use grantry_ui::layout::notice::Notice;
use grantry_ui::route;
use http::header::{AUTHORIZATION, COOKIE};
use http::request::Parts;
use http::{HeaderMap, StatusCode};

use crate::app::App;
use crate::extract::address::client_address;
use crate::extract::csrf;
use crate::extract::visit::visit;
use crate::portal;
use crate::problem::{ApiProblem, plain};

/// The session cookie where browsers reach the hub by HTTPS: the prefix binds it to this host and to HTTPS.
const SECURE_COOKIE: &str = "__Host-grantry_session";
/// The session cookie elsewhere, as on one's own machine.
const PLAIN_COOKIE: &str = "grantry_session";

/// The name of the session cookie.
pub(crate) fn session_cookie(app: &App) -> &'static str {
    if app.is_https() { SECURE_COOKIE } else { PLAIN_COOKIE }
}

/// The value of a cookie.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

/// A member who calls the API, by `Authorization: Bearer …` or `AccessToken …`; or, to read only, by the session cookie.
pub(crate) struct Api(pub(crate) Caller);

impl FromRequestParts<App> for Api {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let secret =
            presented(parts, app).ok_or_else(|| ApiProblem::from(Error::Unauthenticated).into_response())?;
        let identity =
            authenticate(&app.ops, &secret).await.map_err(|error| ApiProblem::from(error).into_response())?;
        let actor = identity.actor.ok_or_else(|| {
            let detail = "You are not a member of this organization any more. Switch to another one.";
            plain(StatusCode::UNAUTHORIZED, "no_organization", detail)
        })?;
        let address = client_address(app, &parts.headers, &parts.extensions).to_string();
        Ok(Self(Caller { actor, address }))
    }
}

/// The secret that a client of the API presents. A browser sends cookies by itself, also for other sites' pages; so a
/// cookie counts for requests that change nothing, and all others must carry the secret in a header.
pub(crate) fn presented(parts: &Parts, app: &App) -> Option<Secret> {
    if let Some(value) = parts.headers.get(AUTHORIZATION) {
        let (scheme, secret) = value.to_str().ok()?.split_once(' ')?;
        let known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("accesstoken");
        return if known { Secret::parse(secret) } else { None };
    }
    if !parts.method.is_safe() {
        return None;
    }
    cookie(&parts.headers, session_cookie(app)).and_then(Secret::parse)
}

/// Somebody who has signed in with a browser.
pub(crate) struct Signed {
    /// Who it is.
    pub(crate) identity: Identity,
    /// The session's secret, from which forms' CSRF tokens are derived.
    pub(crate) secret: Secret,
    /// The address the request came from.
    pub(crate) address: String,
    /// What a page needs to know.
    pub(crate) visit: Visit,
}

impl FromRequestParts<App> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Some(presented) = cookie(&parts.headers, session_cookie(app)) else {
            return Err(to_sign_in(parts, None));
        };
        let secret = Secret::parse(presented).filter(|secret| secret.kind() == SecretKind::Session);
        let Some(secret) = secret else { return Err(to_sign_in(parts, None)) };
        match authenticate(&app.ops, &secret).await {
            Ok(identity) => {
                let address = client_address(app, &parts.headers, &parts.extensions).to_string();
                let visit = visit(&app.ops, parts, csrf::token(&secret));
                Ok(Self { identity, secret, address, visit })
            }
            Err(Error::Unauthenticated) => Err(to_sign_in(parts, Some(Notice::SessionExpired))),
            Err(error) => Err(portal::error::respond(error)),
        }
    }
}

/// Sends a browser to sign in, and from there back to the page it wanted.
fn to_sign_in(parts: &Parts, notice: Option<Notice>) -> Response {
    let wanted = parts.uri.path_and_query().map_or("/", |wanted| wanted.as_str());
    let next = if parts.method.is_safe() && wanted != "/" { wanted } else { "" };
    let query = route::Query::default().with("next", next).with("done", notice.map_or("", Notice::as_str));
    Redirect::to(&format!("{}{query}", route::SignIn)).into_response()
}
