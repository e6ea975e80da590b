//! Who speaks to the registry, by the `Authorization` header.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use grantry_ops::registry::client::{Client, by_password, by_token};
use grantry_ops::registry::error::Error;
use http::header::{AUTHORIZATION, USER_AGENT};
use http::request::Parts;

use crate::app::App;
use crate::extract::address::client_address;

/// The client that the header names: by an access token as the password of Basic, or by a token of the registry.
pub(super) fn client(app: &App, parts: &Parts) -> Result<Client, Error> {
    let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, credential) =
        header.and_then(|value| value.split_once(' ')).ok_or(Error::Unauthenticated)?;
    let (address, user_agent) = origin(app, parts);
    if scheme.eq_ignore_ascii_case("basic") {
        return by_password(
            &app.ops,
            &basic_password(credential).ok_or(Error::Unauthenticated)?,
            address,
            user_agent,
        );
    }
    if scheme.eq_ignore_ascii_case("bearer") {
        return by_token(&app.ops, credential.trim(), address, user_agent);
    }
    Err(Error::Unauthenticated)
}

/// Where the request comes from, and what the client calls itself.
pub(super) fn origin(app: &App, parts: &Parts) -> (String, String) {
    let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    (client_address(app, &parts.headers, &parts.extensions).to_string(), user_agent.to_owned())
}

fn basic_password(credential: &str) -> Option<String> {
    let decoded = String::from_utf8(STANDARD.decode(credential.trim()).ok()?).ok()?;
    decoded.split_once(':').map(|(_, password)| password.to_owned())
}
