//! Whether the hub is there, for people and for load balancers.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use grantry_ops::Ops;
use http::StatusCode;

use crate::app::App;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/status", get(status)).route("/ready", get(ready))
}

/// The process answers.
async fn status() -> &'static str {
    "OK\n"
}

/// The process can serve: its database answers.
async fn ready(State(ops): State<Ops>) -> Response {
    match ops.check_ready().await {
        Ok(()) => "OK\n".into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}
