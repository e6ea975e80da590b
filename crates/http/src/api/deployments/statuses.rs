//! `/api/v1/deployments/{id}/status`: what its agent said of it.

use axum::extract::State;
use axum::response::Response;
use grantry_model::id::DeploymentId;
use grantry_ops::Ops;
use grantry_ops::deployment_status;
use grantry_wire::Time;
use grantry_wire::deployment::DeploymentRevisionStatus;
use grantry_wire::problem::Problem;

use super::present;
use crate::api::logs::{ExportParams, Params, failed, file};
use crate::extract::{Api, Path, Query};
use crate::respond::Json;

/// History of a deployment's status
///
/// An entry for each change; `until` is when it was last said. The hub keeps the last 1,000.
#[utoipa::path(get, operation_id = "deployment_status",
    path = "/api/v1/deployments/{id}/status", tag = "deployments", security(("token" = [])),
    params(("id" = Uuid, Path), Params),
    responses(
        (status = 200, body = Vec<DeploymentRevisionStatus>),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub(crate) async fn list(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<DeploymentId>,
    Query(params): Query<Params>,
) -> Result<Json<Vec<DeploymentRevisionStatus>>, Response> {
    let wanted = params.wanted()?;
    let found = deployment_status::list(&ops, &caller, id, &wanted).await.map_err(failed)?;
    Ok(Json(found.iter().map(present::status).collect()))
}

/// History of a deployment's status as a file
///
/// A line each, the oldest first: time, type, message.
#[utoipa::path(get, operation_id = "deployment_status_export",
    path = "/api/v1/deployments/{id}/status/export", tag = "deployments", security(("token" = [])),
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
    Path(id): Path<DeploymentId>,
    Query(params): Query<ExportParams>,
) -> Result<Response, Response> {
    let wanted = params.wanted()?;
    let found = deployment_status::list(&ops, &caller, id, &wanted).await.map_err(failed)?;
    let lines = found.iter().map(|status| {
        // One line each, whatever the message.
        let message = status.message.replace('\r', "").replace('\n', "\n  ");
        format!("{} {} {message}\n", Time(status.created_at), status.kind.as_str())
    });
    Ok(file("deployment-status.txt", lines.collect::<String>()))
}
