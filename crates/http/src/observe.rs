//! One line in the log for each request, and an id by which a person and the log mean the same one.

use std::error::Error;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue};
use uuid::Uuid;

use crate::app::App;
use crate::extract::address::client_address;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request that is being answered.
pub(crate) struct RequestId;

impl RequestId {
    pub(crate) fn current() -> Option<String> {
        CURRENT.try_with(Clone::clone).ok()
    }
}

/// What made a response an error, for the log alone: the whole chain of causes.
#[derive(Debug, Clone)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn of(error: &dyn Error) -> Self {
        let mut chain = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            chain.push_str(": ");
            chain.push_str(&cause.to_string());
            source = cause.source();
        }
        Self(chain)
    }

    pub(crate) fn of_panic(message: &str) -> Self {
        Self(format!("panicked: {message}"))
    }
}

/// Answers a request under an id of its own and logs it: its method, route, status and time, never its query or body.
pub(crate) async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let address = client_address(&app, request.headers(), request.extensions());
    let mut response = CURRENT.scope(id.clone(), next.run(request)).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID.clone(), value);
    }
    let status = response.status().as_u16();
    let route = route.as_deref().unwrap_or("-");
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    match response.extensions().get::<Failure>() {
        Some(Failure(cause)) if status >= 500 => {
            tracing::error!(%id, %method, route, status, micros, %address, cause, "request failed");
        }
        Some(Failure(cause)) => {
            tracing::info!(%id, %method, route, status, micros, %address, cause, "request refused")
        }
        None => tracing::debug!(%id, %method, route, status, micros, %address, "request"),
    }
    response
}

fn request_id() -> String {
    let mut random = [0; 16];
    // An id that is not unique only makes the log harder to read.
    let _ = getrandom::fill(&mut random);
    Uuid::from_bytes(random).simple().to_string()
}
