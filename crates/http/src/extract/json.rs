//! JSON bodies.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use grantry_ops::once;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::MAX_BODY;
use crate::app::App;
use crate::problem::{ApiProblem, of_field, plain};

/// A JSON body.
pub(crate) struct Json<T>(pub(crate) T);

/// A JSON body that asks for a creation, with how the request is recognized when it comes again.
pub(crate) struct Creation<T> {
    pub(crate) body: T,
    pub(crate) request: Option<once::Request>,
}

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        require_json(request.headers())?;
        parse(&read(request, app).await?).map(Self)
    }
}

impl<T: DeserializeOwned> FromRequest<App> for Creation<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        require_json(request.headers())?;
        let target = format!("{} {}", request.method(), request.uri().path());
        let key = request.headers().get("idempotency-key").map(|key| key.to_str().unwrap_or("").to_owned());
        let body = read(request, app).await?;
        let request = key.map(|key| {
            let hash = hex::encode(Sha256::new().chain_update(&target).chain_update(&body).finalize());
            once::Request::new(&key, hash).map_err(|error| ApiProblem::from(error).into_response())
        });
        Ok(Self { body: parse(&body)?, request: request.transpose()? })
    }
}

/// A body that says it is something else than JSON in UTF-8 is refused. One that says nothing is read, and so is one that
/// calls itself a form: that is what curl says of any body, and cookies don't count here, so no other site's form can act.
fn require_json(headers: &HeaderMap) -> Result<(), Response> {
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(()) };
    let value = value.to_str().unwrap_or("").to_ascii_lowercase();
    let mut parts = value.split(';').map(str::trim);
    let media = parts.next().unwrap_or("");
    let is_json = matches!(media, "application/json" | "application/x-www-form-urlencoded")
        || (media.starts_with("application/") && media.ends_with("+json"));
    let charset = parts.find_map(|part| part.strip_prefix("charset="));
    if is_json && charset.is_none_or(|charset| charset.trim_matches('"') == "utf-8") {
        return Ok(());
    }
    let detail = "Send the body as application/json in UTF-8.";
    Err(plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type_unsupported", detail))
}

async fn read(request: Request, app: &App) -> Result<Bytes, Response> {
    Bytes::from_request(request, app).await.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = format!("The body is larger than {MAX_BODY} bytes. Send less at once.");
            plain(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
        }
        _ => plain(StatusCode::BAD_REQUEST, "body_unreadable", "The body could not be read to its end."),
    })
}

/// Reads a JSON object.
///
/// # Errors
/// An answer that says what is wrong and where.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Response> {
    // Every request is an object, but serde also takes an array as a struct, member by member.
    if body.trim_ascii_start().first().is_some_and(|&first| first != b'{') {
        return Err(of_field(
            "",
            "json_malformed",
            "The body must be a JSON object: put its members between { and }.",
        ));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let field = error.path().to_string();
        // A body that breaks off names no field: the path is the whole body, or unknown.
        let field = if matches!(&*field, "." | "?") { "" } else { &field };
        let detail = format!("The body can't be read: {}.", error.inner());
        of_field(field, "json_malformed", detail)
    })?;
    json.end().map_err(|_| {
        of_field("", "json_malformed", "The body goes on after its JSON value. Send one value.")
    })?;
    Ok(value)
}
