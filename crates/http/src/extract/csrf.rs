//! Forms of the portals, each with a token that other sites can't know.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::Response;
use grantry_ops::secret::Secret;
use http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::extract::Signed;
use crate::portal;

/// What a form's token is bound to, besides the session.
const PURPOSE: &str = "grantry csrf";

/// The token of the forms in a session.
pub(crate) fn token(secret: &Secret) -> String {
    secret.derive(PURPOSE)
}

/// A form that was sent from a page of this hub, by who is signed in.
pub(crate) struct CsrfForm<T> {
    pub(crate) signed: Signed,
    pub(crate) form: T,
}

#[derive(Deserialize)]
struct WithToken<T> {
    #[serde(default)]
    csrf: String,
    #[serde(flatten)]
    form: T,
}

impl<T: DeserializeOwned> FromRequest<App> for CsrfForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let signed = Signed::from_request_parts(&mut parts, app).await?;
        let WithToken { csrf, form } = read(Request::from_parts(parts, body), app).await?;
        if !equal(&csrf, &token(&signed.secret)) {
            return Err(stale());
        }
        Ok(Self { signed, form })
    }
}

/// A form that is sent before anybody has signed in. It holds no token of a session; instead the browser says whether the
/// page was this hub's (Fetch Metadata, `Sec-Fetch-Site`; before that, `Origin`).
pub(crate) struct VisitorForm<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for VisitorForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        if !is_same_origin(&request) {
            return Err(stale());
        }
        read(request, app).await.map(Self)
    }
}

fn is_same_origin(request: &Request) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
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

async fn read<T: DeserializeOwned>(request: Request, app: &App) -> Result<T, Response> {
    let body = Bytes::from_request(request, app).await.map_err(|rejection| {
        portal::error::page(rejection.status(), "The form is too large, or was not sent to its end.")
    })?;
    serde_urlencoded::from_bytes(&body).map_err(|_| {
        portal::error::page(
            StatusCode::BAD_REQUEST,
            "The form can't be read. Go back, reload the page and try again.",
        )
    })
}

fn equal(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

fn stale() -> Response {
    let detail = "This form is not from your current session. Go back, reload the page and send it again.";
    portal::error::page(StatusCode::FORBIDDEN, detail)
}
