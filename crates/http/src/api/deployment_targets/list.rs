//! Reading deployment targets, and the versions of agents.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use grantry_model::id::{CustomerId, DeploymentTargetId};
use grantry_ops::Ops;
use grantry_ops::deployment_target;
use grantry_wire::agent::AgentVersion;
use grantry_wire::deployment_target::DeploymentTarget;
use grantry_wire::problem::Problem;
use http::Uri;
use serde::Deserialize;

use super::present::{target, version};
use crate::api::parameter;
use crate::extract::{Api, Paging, Path, Query};
use crate::problem::{ApiProblem, ApiResult};
use crate::respond::{self, Json};

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// Only targets of this customer.
    #[param(value_type = Option<uuid::Uuid>)]
    customer_organization_id: Option<String>,
}

/// Deployment targets
///
/// By the name of their customer and their own, the vendor's own first, each with what runs there. A customer's member sees the
/// customer's.
#[utoipa::path(get, operation_id = "deployment_target_list",
    path = "/api/v1/deployment-targets", tag = "deployments", security(("token" = [])),
    params(
        Params,
        ("q" = Option<String>, Query, description = "Only targets whose name, or for the vendor whose customer's name, contains this."),
        ("limit" = Option<usize>, Query, description = "At most so many, 1 to 1000; all without."),
        ("cursor" = Option<String>, Query, description = "Where to go on, from the `Link` header."),
    ),
    responses((status = 200, body = Vec<DeploymentTarget>), (status = 403, body = Problem)))]
pub(crate) async fn list(
    State(ops): State<Ops>,
    Api(caller): Api,
    Paging(page): Paging,
    Query(params): Query<Params>,
    uri: Uri,
) -> Result<Response, Response> {
    let of: Option<CustomerId> =
        parameter::id("customerOrganizationId", params.customer_organization_id.as_deref())?;
    let found = deployment_target::list(&ops, &caller, of, &page).await;
    let found = found.map_err(|error| ApiProblem::from(error).into_response())?;
    Ok(respond::list(&uri, found, |one| target(&ops, caller.actor.organization, &one)))
}

/// One deployment target
#[utoipa::path(get, operation_id = "deployment_target_show",
    path = "/api/v1/deployment-targets/{id}", tag = "deployments", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = DeploymentTarget), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<DeploymentTargetId>,
) -> ApiResult<Json<DeploymentTarget>> {
    let found = deployment_target::show(&ops, &caller, id).await?;
    Ok(Json(target(&ops, caller.actor.organization, &found)))
}

/// Versions of the agent
///
/// Those that targets should have, each once.
#[utoipa::path(get, operation_id = "agent_version_list",
    path = "/api/v1/agent-versions", tag = "deployments", security(("token" = [])),
    responses((status = 200, body = Vec<AgentVersion>)))]
pub(crate) async fn versions(State(ops): State<Ops>, _caller: Api) -> Json<Vec<AgentVersion>> {
    let mut versions = vec![ops.docker_agent_version(), ops.helm_agent_version()];
    versions.dedup();
    Json(versions.into_iter().map(version).collect())
}
