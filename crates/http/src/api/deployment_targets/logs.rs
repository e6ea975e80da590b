//! `/api/v1/deployment-targets/{id}/logs`: what the agent says of itself.

use axum::extract::State;
use axum::response::Response;
use grantry_model::id::DeploymentTargetId;
use grantry_ops::Ops;
use grantry_ops::log_line;
use grantry_wire::Time;
use grantry_wire::log_line::DeploymentTargetLogRecord;
use grantry_wire::problem::Problem;
use uuid::Uuid;

use crate::api::logs::{ExportParams, Params, failed, log_file};
use crate::extract::{Api, Path, Query};
use crate::respond::Json;

/// Logs of an agent
///
/// Its own, not those of what it deploys. The hub keeps the lines of 7 days, at most 5,000.
#[utoipa::path(get, operation_id = "deployment_target_logs",
    path = "/api/v1/deployment-targets/{id}/logs", tag = "deployments", security(("token" = [])),
    params(("id" = Uuid, Path), Params),
    responses(
        (status = 200, body = Vec<DeploymentTargetLogRecord>),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub(crate) async fn list(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<DeploymentTargetId>,
    Query(params): Query<Params>,
) -> Result<Json<Vec<DeploymentTargetLogRecord>>, Response> {
    let wanted = params.wanted()?;
    let lines = log_line::of_agent(&ops, &caller, id, &wanted).await.map_err(failed)?;
    let records = lines.into_iter().map(|line| DeploymentTargetLogRecord {
        id: line.id.0,
        timestamp: Time(line.at),
        severity: line.severity,
        body: line.body,
    });
    Ok(Json(records.collect()))
}

/// Logs of an agent as a file
///
/// A line each, the oldest first: time, severity, text.
#[utoipa::path(get, operation_id = "deployment_target_logs_export",
    path = "/api/v1/deployment-targets/{id}/logs/export", tag = "deployments", security(("token" = [])),
    params(("id" = Uuid, Path), ExportParams),
    responses(
        (status = 200, body = String, content_type = "text/plain"),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub(crate) async fn export(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<DeploymentTargetId>,
    Query(params): Query<ExportParams>,
) -> Result<Response, Response> {
    let wanted = params.wanted()?;
    log_file("agent-logs.txt", move |after: Uuid| {
        let (ops, caller, wanted) = (ops.clone(), caller.clone(), wanted.clone());
        async move { log_line::export_agent(&ops, &caller, id, (&wanted, after)).await }
    })
    .await
}
