//! `/api/v1/deployment-target-metrics` and `/api/v1/deployment-targets/{id}/metrics`: what agents measured.

use axum::extract::State;
use axum::response::Response;
use grantry_model::id::DeploymentTargetId;
use grantry_model::target_metric::{Disk, TargetMetric};
use grantry_ops::Ops;
use grantry_ops::target_metric;
use grantry_wire::Time;
use grantry_wire::agent::DiskMetric;
use grantry_wire::problem::Problem;
use grantry_wire::target_metric::{DeploymentTargetMetrics, TargetMetrics};
use serde::Deserialize;

use crate::api::logs::failed;
use crate::api::parameter;
use crate::extract::{Api, Path, Query};
use crate::problem::ApiResult;
use crate::respond::Json;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// From this moment on, RFC 3339; the last 24 hours without.
    after: Option<String>,
    /// Before this moment, RFC 3339.
    before: Option<String>,
}

/// Last measurements
///
/// Of each deployment target whose agent measures.
#[utoipa::path(get, operation_id = "deployment_target_metrics_list",
    path = "/api/v1/deployment-target-metrics", tag = "deployments", security(("token" = [])),
    responses((status = 200, body = Vec<DeploymentTargetMetrics>), (status = 403, body = Problem)))]
pub(crate) async fn last(
    State(ops): State<Ops>,
    Api(caller): Api,
) -> ApiResult<Json<Vec<DeploymentTargetMetrics>>> {
    let found = target_metric::last(&ops, &caller).await?;
    let present = |(target, metric): (DeploymentTargetId, TargetMetric)| DeploymentTargetMetrics {
        deployment_target_id: target.0,
        metrics: present(metric),
    };
    Ok(Json(found.into_iter().map(present).collect()))
}

/// Measurements of a target
///
/// The oldest first, at most 720: of more, some are left out evenly. The hub keeps those of 24 hours.
#[utoipa::path(get, operation_id = "deployment_target_metrics",
    path = "/api/v1/deployment-targets/{id}/metrics", tag = "deployments", security(("token" = [])),
    params(("id" = Uuid, Path), Params),
    responses(
        (status = 200, body = Vec<TargetMetrics>),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub(crate) async fn series(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<DeploymentTargetId>,
    Query(params): Query<Params>,
) -> Result<Json<Vec<TargetMetrics>>, Response> {
    let after = parameter::time("after", params.after.as_deref())?;
    let before = parameter::time("before", params.before.as_deref())?;
    let found = target_metric::series(&ops, &caller, id, (after, before)).await.map_err(failed)?;
    Ok(Json(found.into_iter().map(present).collect()))
}

fn present(metric: TargetMetric) -> TargetMetrics {
    TargetMetrics {
        created_at: Time(metric.at),
        cpu_cores_millis: metric.cpu_millicores,
        cpu_usage: metric.cpu_usage.fraction(),
        memory_bytes: metric.memory_bytes,
        memory_usage: metric.memory_usage.fraction(),
        disk_metrics: metric.disks.into_iter().map(disk).collect(),
    }
}

fn disk(disk: Disk) -> DiskMetric {
    let whole = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    DiskMetric {
        bytes_total: whole(disk.bytes_total),
        bytes_used: whole(disk.bytes_used),
        device: disk.device,
        path: disk.path,
        fs_type: disk.fs_type,
    }
}
