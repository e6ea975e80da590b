//! The agent protocol: `/api/v1/agent/*` and `/api/v1/connect`. It is the one that agents published for Distr 3.x speak, with
//! conditional requests added.

mod body;
mod connect;
mod credential;
mod login;
mod manifest;
mod report;
mod resources;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use axum::routing::{get, post, put};
use grantry_model::id::DeploymentTargetId;

use crate::app::App;
use crate::problem::of_field;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/api/v1/connect", get(connect::connect))
        .route("/api/v1/pre-connect", get(connect::pre_connect))
        .route("/api/v1/agent/login", post(login::login))
        .route("/api/v1/agent/manifest", get(connect::again))
        .route("/api/v1/agent/resources", get(resources::show))
        .route("/api/v1/agent/status", post(report::status))
        .route("/api/v1/agent/metrics", post(report::metrics))
        .route("/api/v1/agent/logs", put(report::logs))
        .route("/api/v1/agent/deployment-target-logs", put(report::own_logs))
        .layer(DefaultBodyLimit::max(body::MAX_BODY))
}

fn target_id(text: &str) -> Result<DeploymentTargetId, Response> {
    text.parse()
        .map_err(|_| of_field("targetId", "id_malformed", "The deployment target's id must be a UUID."))
}
