//! `DELETE /api/v1/deployments/{id}`

use axum::extract::State;
use grantry_model::id::DeploymentId;
use grantry_ops::Ops;
use grantry_ops::deployment::undeploy;
use grantry_wire::problem::Problem;
use http::StatusCode;

use crate::extract::{Api, Path};
use crate::problem::ApiResult;

/// Undeploy
///
/// The agent uninstalls it. Its statuses and logs go, too.
#[utoipa::path(delete, operation_id = "deployment_undeploy",
    path = "/api/v1/deployments/{id}", tag = "deployments", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn undeploy(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<DeploymentId>,
) -> ApiResult<StatusCode> {
    undeploy::undeploy(&ops, &caller, id).await?;
    Ok(StatusCode::OK)
}
