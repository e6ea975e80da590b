//! `/api/v1/deployments/{id}/logs`: what its containers printed.

use axum::extract::State;
use axum::response::Response;
use grantry_model::id::DeploymentId;
use grantry_model::log_line::{LogLine, LogSource};
use grantry_ops::Ops;
use grantry_ops::log_line;
use grantry_wire::Time;
use grantry_wire::log_line::{DeploymentLogRecord, LogResources};
use grantry_wire::problem::Problem;
use http::Uri;
use uuid::Uuid;

use crate::api::logs::{ExportParams, Params, failed, log_file, values};
use crate::extract::{Api, Path, Query};
use crate::problem::ApiResult;
use crate::respond::Json;

/// Logs of a deployment
///
/// Lines of the containers or workloads that are named; of all if none is. The hub keeps the lines of 7 days, and of each resource
/// the last 10,000.
#[utoipa::path(get, operation_id = "deployment_logs",
    path = "/api/v1/deployments/{id}/logs", tag = "deployments", security(("token" = [])),
    params(
        ("id" = Uuid, Path), Params,
        ("resource" = Vec<String>, Query, description = "Which containers or workloads; may come several times."),
    ),
    responses(
        (status = 200, body = Vec<DeploymentLogRecord>),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub(crate) async fn list(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<DeploymentId>,
    Query(params): Query<Params>,
    uri: Uri,
) -> Result<Json<Vec<DeploymentLogRecord>>, Response> {
    let wanted = params.wanted()?;
    let resources = values(uri.query(), "resource");
    let lines = log_line::of_deployment(&ops, &caller, (id, &resources), &wanted).await.map_err(failed)?;
    Ok(Json(lines.into_iter().filter_map(present).collect()))
}

fn present(line: LogLine) -> Option<DeploymentLogRecord> {
    let LogSource::Deployment { deployment, revision, resource } = line.source else { return None };
    Some(DeploymentLogRecord {
        id: line.id.0,
        deployment_id: deployment.0,
        deployment_revision_id: revision.0,
        resource,
        timestamp: Time(line.at),
        severity: line.severity,
        body: line.body,
    })
}

/// What of a deployment prints
///
/// Its containers or workloads that there are lines of, by name.
#[utoipa::path(get, operation_id = "deployment_log_resources",
    path = "/api/v1/deployments/{id}/logs/resources", tag = "deployments", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = LogResources), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn resources(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<DeploymentId>,
) -> ApiResult<Json<LogResources>> {
    let found = log_line::resources(&ops, &caller, id).await?;
    let mut names = LogResources { active: Vec::new(), archived: Vec::new() };
    for resource in found {
        if resource.is_active { names.active.push(resource.name) } else { names.archived.push(resource.name) }
    }
    Ok(Json(names))
}

/// Logs of a deployment as a file
///
/// A line each, the oldest first: time, resource, severity, text. At most 1,000,000.
#[utoipa::path(get, operation_id = "deployment_logs_export",
    path = "/api/v1/deployments/{id}/logs/export", tag = "deployments", security(("token" = [])),
    params(
        ("id" = Uuid, Path), ExportParams,
        ("resource" = Vec<String>, Query, description = "Which containers or workloads; may come several times."),
    ),
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
    uri: Uri,
) -> Result<Response, Response> {
    let wanted = params.wanted()?;
    let resources = values(uri.query(), "resource");
    log_file("deployment-logs.txt", move |after: Uuid| {
        let (ops, caller, resources, wanted) =
            (ops.clone(), caller.clone(), resources.clone(), wanted.clone());
        async move { log_line::export_deployment(&ops, &caller, (id, &resources), (&wanted, after)).await }
    })
    .await
}
