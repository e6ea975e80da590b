//! Forms of the portals, each with a token that other sites can't know.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::Response;
use grantry_ops::hub_secret::Secret;
use http::StatusCode;
use http::request::Parts;
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::extract::form::{Fields, ReadForm};
use crate::extract::{Guest, Signed, guest};
use crate::portal;

/// What a form's token is bound to, besides the session.
const PURPOSE: &str = "grantry csrf";
/// The field that carries the token.
const FIELD: &str = "csrf";

/// The token of the forms in a session.
pub(crate) fn token(secret: &Secret) -> String {
    secret.derive(PURPOSE)
}

/// A form that was sent from a page of this hub, by who is signed in.
pub(crate) struct CsrfForm<T> {
    pub(crate) signed: Signed,
    pub(crate) form: T,
}

impl<T: ReadForm> FromRequest<App> for CsrfForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let signed = Signed::from_request_parts(&mut parts, app).await?;
        let expected = token(&signed.secret);
        let fields = Fields::read(Request::from_parts(parts, body), app, T::FILES).await?;
        check(&fields, Some(&expected))?;
        Ok(Self { signed, form: T::read(&fields) })
    }
}

/// A form that is sent before anybody has signed in. Its token belongs to the visitor's cookie; and the browser must not
/// say that the page was another site's.
pub(crate) struct VisitorForm<T> {
    pub(crate) guest: Guest,
    pub(crate) form: T,
}

impl<T: ReadForm> FromRequest<App> for VisitorForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let expected = guest::token(app, &parts).filter(|_| is_same_origin(&parts));
        let guest = Guest::from_request_parts(&mut parts, app).await?;
        let fields = Fields::read(Request::from_parts(parts, body), app, T::FILES).await?;
        check(&fields, expected.as_deref())?;
        Ok(Self { guest, form: T::read(&fields) })
    }
}

/// A form that works for who is signed in and for visitors alike.
pub(crate) struct AnyForm<T>(pub(crate) T);

impl<T: ReadForm> FromRequest<App> for AnyForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let guest = Guest::from_request_parts(&mut parts, app).await?;
        let visitors = guest::token(app, &parts).filter(|_| is_same_origin(&parts));
        let fields = Fields::read(Request::from_parts(parts, body), app, T::FILES).await?;
        let members = guest.session.as_ref().map(token);
        check(&fields, members.as_deref()).or_else(|_| check(&fields, visitors.as_deref()))?;
        Ok(Self(T::read(&fields)))
    }
}

/// What the browser says of the page that sent the form (Fetch Metadata, `Sec-Fetch-Site`; before that, `Origin`).
fn is_same_origin(parts: &Parts) -> bool {
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match (header("origin"), header("host")) {
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, authority)| authority == host)
        }
        // Neither: not a browser, so nobody else's page made it send this.
        (None, _) => true,
        (Some(_), None) => false,
    }
}

fn check(fields: &Fields, expected: Option<&str>) -> Result<(), Response> {
    let given = fields.text(FIELD);
    let fits = expected.is_some_and(|expected| given.as_bytes().ct_eq(expected.as_bytes()).into());
    if fits { Ok(()) } else { Err(stale()) }
}

fn stale() -> Response {
    let detail = "This form is not from your current session. Go back, reload the page and send it again. Your browser must accept the hub's cookies.";
    portal::error::page(StatusCode::FORBIDDEN, detail)
}
