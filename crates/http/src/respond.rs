//! Answers that several handlers give alike.

use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use grantry_model::page::{Cursor, Page};
use grantry_ops::once::Outcome;
use http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH, LINK};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// JSON, with the media type that clients expect.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        json_text(serde_json::to_string(&self.0).unwrap_or_default())
    }
}

/// A text that is JSON already.
pub(crate) fn json_text(text: String) -> Response {
    ([(CONTENT_TYPE, "application/json")], text).into_response()
}

/// A list as a JSON array; the address of the next part stands in `Link`, RFC 8288.
pub(crate) fn list<T, U: Serialize>(uri: &Uri, page: Page<T>, present: impl FnMut(T) -> U) -> Response {
    let next = page.next.clone();
    with_next(Json(page.map(present).items).into_response(), uri, next.as_ref())
}

/// An answer that holds a part of a list, with the address of the next part if there is one.
pub(crate) fn with_next(mut response: Response, uri: &Uri, next: Option<&Cursor>) -> Response {
    if let Some(next) = next.and_then(|next| HeaderValue::try_from(link(uri, next)).ok()) {
        response.headers_mut().insert(LINK, next);
    }
    response
}

fn link(uri: &Uri, next: &Cursor) -> String {
    let kept =
        uri.query().unwrap_or("").split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let mut query: String = kept.map(|pair| format!("{pair}&")).collect();
    query.push_str("cursor=");
    query.push_str(&next.encode());
    format!("<{}?{query}>; rel=\"next\"", uri.path())
}

/// A creation's answer: what was made, or the same text as the first time.
pub(crate) fn created<T>(
    status: StatusCode,
    outcome: Outcome<T>,
    body: impl FnOnce(&T) -> String,
) -> Response {
    static REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
    let (text, repeated) = match outcome {
        Outcome::Created(made) => (body(&made), false),
        Outcome::Repeated(text) => (text, true),
    };
    let mut response = (status, json_text(text)).into_response();
    if repeated {
        response.headers_mut().insert(REPLAYED.clone(), HeaderValue::from_static("true"));
    }
    response
}

/// A document that may be kept for a while and asked for again by its tag (RFC 9110 13.1.2).
pub(crate) fn cacheable(
    headers: &HeaderMap,
    content_type: &'static str,
    cache: &'static str,
    body: impl Into<Bytes>,
) -> Response {
    let body: Bytes = body.into();
    let tag = format!("\"{}\"", &hex::encode(Sha256::digest(&body))[..32]);
    let matches = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        value
            .split(',')
            .map(|tag| tag.trim().trim_start_matches("W/"))
            .any(|given| given == tag || given == "*")
    });
    let headers = [(ETAG, tag), (http::header::CACHE_CONTROL, cache.to_owned())];
    if matches {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, [(CONTENT_TYPE, content_type)], body).into_response()
}
