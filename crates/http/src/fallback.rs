//! Answers to requests that no handler answers.

use std::any::Any;

use axum::extract::Request;
use axum::response::Response;
use http::StatusCode;

use crate::observe::Failure;
use crate::portal;
use crate::problem::plain;

fn wants_page(path: &str) -> bool {
    path != "/api"
        && !path.starts_with("/api/")
        && !path.starts_with("/.well-known/")
        && !path.starts_with("/docs")
}

/// No route has this path.
pub(crate) async fn not_found(request: Request) -> Response {
    let detail = "There is nothing at this address.";
    if wants_page(request.uri().path()) {
        return portal::error::page(StatusCode::NOT_FOUND, detail);
    }
    plain(StatusCode::NOT_FOUND, "not_found", detail)
}

/// A route has this path, but not with this method.
pub(crate) async fn method_not_allowed(request: Request) -> Response {
    let detail = format!("This address can't be used with {}.", request.method());
    if wants_page(request.uri().path()) {
        return portal::error::page(StatusCode::METHOD_NOT_ALLOWED, &detail);
    }
    plain(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}

/// A handler panicked: a bug. The connection and all others go on.
#[expect(clippy::needless_pass_by_value, reason = "the layer that catches panics hands it over so")]
pub(crate) fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let message =
        cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    let mut response = plain(status, "internal", "Something went wrong inside the hub.");
    response.extensions_mut().insert(Failure::of_panic(message.unwrap_or("no message")));
    response
}
