//! The token service: a token of the registry for an access token, as docker, containerd and oras ask for it.

use axum::extract::{Request, State};
use axum::response::Response;
use grantry_oci::request::RequestError;
use grantry_oci::scope::Scope;
use grantry_ops::registry::client::{self, Token, by_password};
use grantry_ops::registry::error::Error;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::answer;
use super::body;
use super::credential;
use super::error::Failed;
use crate::app::App;

/// Most bytes of a form.
const MAX_FORM: usize = 64 << 10;

/// The form of an OAuth2 token request. Of the grants only `password` is known; clients then fall back to GET.
#[derive(Deserialize)]
pub(super) struct Grant {
    #[serde(default)]
    grant_type: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    scope: String,
}

/// `GET /v2/token?scope=…` with Basic.
pub(super) async fn by_query(State(app): State<App>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let query = serde_urlencoded::from_str::<Vec<(String, String)>>(parts.uri.query().unwrap_or_default());
    let scopes: Vec<Scope> = query
        .unwrap_or_default()
        .into_iter()
        .filter(|(key, _)| key == "scope")
        .flat_map(|(_, text)| Scope::parse_all(&text).collect::<Vec<_>>())
        .collect();
    let issued = match credential::client(&app, &parts) {
        Ok(client) => client::issue(&app.ops, &client, scopes).await,
        Err(error) => Err(error),
    };
    match issued {
        Ok(token) => present(&token),
        Err(error) => refuse(error, &app, &parts),
    }
}

/// `POST /v2/token` with a form.
pub(super) async fn by_form(State(app): State<App>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(form) = body::whole(body, &parts.headers, MAX_FORM).await else {
        return invalid("invalid_request");
    };
    let Ok(grant) = serde_urlencoded::from_bytes::<Grant>(&form) else { return invalid("invalid_request") };
    if grant.grant_type != "password" {
        return invalid("unsupported_grant_type");
    }
    let (address, user_agent) = credential::origin(&app, &parts);
    let scopes = Scope::parse_all(&grant.scope).collect();
    let issued = match by_password(&app.ops, &grant.password, address, user_agent) {
        Ok(client) => client::issue(&app.ops, &client, scopes).await,
        Err(error) => Err(error),
    };
    match issued {
        Ok(token) => present(&token),
        Err(error) => refuse(error, &app, &parts),
    }
}

/// Any other method.
pub(super) async fn by_other_method(State(app): State<App>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    Failed::from(RequestError::Method { allow: "GET, HEAD, POST" }).render(&app, &parts)
}

fn present(token: &Token) -> Response {
    let body = json!({
        "token": token.text,
        "access_token": token.text,
        "expires_in": token.lifetime.num_seconds(),
        "issued_at": grantry_wire::Time(token.issued_at),
    });
    answer::json(StatusCode::OK, body.to_string())
}

/// Signing in here is by Basic: there is no other token to ask for.
fn refuse(error: Error, app: &App, parts: &http::request::Parts) -> Response {
    let mut response = Failed::from(error).render(app, parts);
    if response.status() == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Basic realm=\"registry\"");
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}

fn invalid(error: &str) -> Response {
    answer::json(StatusCode::BAD_REQUEST, json!({ "error": error }).to_string())
}
