//! Creating, changing and deleting deployment targets.

use axum::extract::State;
use axum::response::Response;
use grantry_model::id::DeploymentTargetId;
use grantry_ops::Ops;
use grantry_ops::deployment_target::{create as creating, delete as deleting, update as updating};
use grantry_ops::once::Once;
use grantry_wire::deployment_target::{DeploymentTarget, DeploymentTargetRequest};
use grantry_wire::problem::Problem;
use http::StatusCode;

use super::present::{input, target};
use crate::extract::{Api, Creation, Json as Body, Path};
use crate::problem::ApiResult;
use crate::respond::{Json, created};

/// Create a deployment target
///
/// No agent can connect to it before access to it was requested.
#[utoipa::path(post, operation_id = "deployment_target_create",
    path = "/api/v1/deployment-targets", tag = "deployments", security(("token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key returns the first answer.")),
    request_body = DeploymentTargetRequest,
    responses((status = 200, body = DeploymentTarget), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn create(
    State(ops): State<Ops>,
    Api(caller): Api,
    creation: Creation<DeploymentTargetRequest>,
) -> ApiResult<Response> {
    let body = &creation.body;
    let customer = body.customer_organization.as_ref().map(|customer| customer.id.into());
    let shown = |details: &_| target(&ops, caller.actor.organization, details);
    let answer = |details: &_| serde_json::to_string(&shown(details)).unwrap_or_default();
    let once = Once { request: creation.request.clone(), answer: &answer };
    let outcome = creating::create(&ops, &caller, (customer, &input(body)), &once).await?;
    Ok(created(StatusCode::OK, outcome, answer))
}

/// Change a deployment target
///
/// Replaces name, options and settings. Type, namespace, scope, customer and `autohealEnabled` never change; they may be repeated or
/// left out.
#[utoipa::path(put, operation_id = "deployment_target_update",
    path = "/api/v1/deployment-targets/{id}", tag = "deployments", security(("token" = [])),
    params(("id" = Uuid, Path)), request_body = DeploymentTargetRequest,
    responses(
        (status = 200, body = DeploymentTarget),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub(crate) async fn update(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<DeploymentTargetId>,
    Body(body): Body<DeploymentTargetRequest>,
) -> ApiResult<Json<DeploymentTarget>> {
    let customer = body.customer_organization.as_ref().map(|customer| customer.id.into());
    let changed = updating::update(&ops, &caller, id, (customer, &input(&body))).await?;
    Ok(Json(target(&ops, caller.actor.organization, &changed)))
}

/// Delete a deployment target
///
/// With its deployments, statuses and logs. Its agent is refused from then on; what it runs goes on running until somebody stops it
/// there.
#[utoipa::path(delete, operation_id = "deployment_target_delete",
    path = "/api/v1/deployment-targets/{id}", tag = "deployments", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn delete(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<DeploymentTargetId>,
) -> ApiResult<StatusCode> {
    deleting::delete(&ops, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
