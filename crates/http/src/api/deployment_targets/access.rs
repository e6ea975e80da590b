//! `POST /api/v1/deployment-targets/{id}/access-request`

use axum::extract::State;
use grantry_model::id::DeploymentTargetId;
use grantry_ops::Ops;
use grantry_ops::deployment_target::connect;
use grantry_wire::deployment_target::DeploymentTargetAccess;
use grantry_wire::problem::Problem;

use crate::extract::{Api, Path};
use crate::problem::ApiResult;
use crate::respond::Json;

/// Connect an agent
///
/// Makes a secret, which is shown this once. The one before it, and what an agent was given for that, are refused from then on.
#[utoipa::path(post, operation_id = "deployment_target_access",
    path = "/api/v1/deployment-targets/{id}/access-request", tag = "deployments", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = DeploymentTargetAccess), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn request(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<DeploymentTargetId>,
) -> ApiResult<Json<DeploymentTargetAccess>> {
    let connection = connect::connect(&ops, &caller, id).await?;
    Ok(Json(DeploymentTargetAccess {
        connect_url: connection.url,
        target_id: id.0,
        target_secret: connection.secret.reveal().to_owned(),
        connect_command: connection.command,
    }))
}
