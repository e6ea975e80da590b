//! `/api/v1/artifact-entitlements`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use grantry_model::artifact_entitlement as model;
use grantry_model::id::{ArtifactEntitlementId, CustomerId};
use grantry_ops::Ops;
use grantry_ops::artifact_entitlement::{self, Entitled, GrantInput, Input, ScopeInput};
use grantry_ops::once::Once;
use grantry_wire::Time;
use grantry_wire::artifact_entitlement::{
    ArtifactEntitlement, ArtifactEntitlementRequest, ArtifactGrant, ArtifactGrantRequest, Scope,
};
use grantry_wire::problem::Problem;
use http::{StatusCode, Uri};
use serde::Deserialize;

use super::parameter;
use crate::extract::{Api, Creation, Json as Body, Paging, Path, Query};
use crate::problem::{ApiProblem, ApiResult};
use crate::respond::{self, Json, created};

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// Only entitlements of this customer.
    #[param(value_type = Option<uuid::Uuid>)]
    customer_organization_id: Option<String>,
}

pub(super) fn present(entitled: &Entitled) -> ArtifactEntitlement {
    let entitlement = &entitled.entitlement;
    let grants = entitled.grants.iter().map(|grant| ArtifactGrant {
        artifact_id: grant.artifact.0,
        artifact_name: grant.name.clone(),
        version_ids: grant.versions.clone(),
        scope: present_scope(&grant.scope),
    });
    ArtifactEntitlement {
        id: entitlement.id.0,
        created_at: Time(entitlement.created_at),
        name: entitlement.name.as_str().to_owned(),
        expires_at: entitlement.expires_at.map(Time),
        customer_organization_id: entitlement.customer.0,
        artifacts: grants.collect(),
    }
}

pub(super) fn present_scope(scope: &model::Scope) -> Scope {
    Scope {
        kind: scope.kind().as_str().to_owned(),
        tags: scope.tags().map(ToString::to_string).collect(),
        expression: scope.expression().map(str::to_owned),
    }
}

fn input(body: &ArtifactEntitlementRequest) -> Input<'_> {
    Input {
        name: &body.name,
        customer: body.customer_organization_id.map(Into::into),
        expires_at: body.expires_at.map(|time| time.0),
        grants: body.artifacts.iter().flatten().map(grant).collect(),
    }
}

fn grant(request: &ArtifactGrantRequest) -> GrantInput {
    GrantInput {
        artifact: request.artifact_id.into(),
        versions: request.version_ids.clone().unwrap_or_default(),
        scope: request.scope.as_ref().map(|scope| ScopeInput {
            kind: scope.kind.clone(),
            tags: scope.tags.clone().unwrap_or_default(),
            expression: scope.expression.clone().unwrap_or_default(),
        }),
    }
}

/// Artifact entitlements
///
/// By name, expired ones too.
#[utoipa::path(get, operation_id = "artifact_entitlement_list",
    path = "/api/v1/artifact-entitlements", tag = "artifact entitlements", security(("token" = [])),
    params(
        Params,
        ("q" = Option<String>, Query, description = "Only entitlements whose name contains this."),
        ("limit" = Option<usize>, Query, description = "At most so many, 1 to 1000; all without."),
        ("cursor" = Option<String>, Query, description = "Where to go on, from the `Link` header."),
    ),
    responses((status = 200, body = Vec<ArtifactEntitlement>), (status = 403, body = Problem)))]
pub(crate) async fn list(
    State(ops): State<Ops>,
    Api(caller): Api,
    Paging(page): Paging,
    Query(params): Query<Params>,
    uri: Uri,
) -> Result<Response, Response> {
    let of: Option<CustomerId> =
        parameter::id("customerOrganizationId", params.customer_organization_id.as_deref())?;
    let found = artifact_entitlement::list(&ops, &caller, of, &page).await;
    let found = found.map_err(|error| ApiProblem::from(error).into_response())?;
    Ok(respond::list(&uri, found, |one| present(&one)))
}

/// Create an artifact entitlement
///
/// With the organization's first one its customers see and pull only what they are entitled to.
#[utoipa::path(post, operation_id = "artifact_entitlement_create",
    path = "/api/v1/artifact-entitlements", tag = "artifact entitlements", security(("token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key returns the first answer.")),
    request_body = ArtifactEntitlementRequest,
    responses(
        (status = 200, body = ArtifactEntitlement),
        (status = 400, body = Problem, description = "A field is not valid, names what there is not, or the name is taken."),
        (status = 403, body = Problem),
    ))]
pub(crate) async fn create(
    State(ops): State<Ops>,
    Api(caller): Api,
    creation: Creation<ArtifactEntitlementRequest>,
) -> ApiResult<Response> {
    let answer = |entitled: &_| serde_json::to_string(&present(entitled)).unwrap_or_default();
    let once = Once { request: creation.request, answer: &answer };
    let outcome = artifact_entitlement::create::create(&ops, &caller, &input(&creation.body), &once).await?;
    Ok(created(StatusCode::OK, outcome, answer))
}

/// One artifact entitlement
#[utoipa::path(get, operation_id = "artifact_entitlement_show",
    path = "/api/v1/artifact-entitlements/{id}", tag = "artifact entitlements", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = ArtifactEntitlement), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<ArtifactEntitlementId>,
) -> ApiResult<Json<ArtifactEntitlement>> {
    Ok(Json(present(&artifact_entitlement::show(&ops, &caller, id).await?)))
}

/// Change an artifact entitlement
///
/// Replaces everything but its id; it may become narrower.
#[utoipa::path(put, operation_id = "artifact_entitlement_update",
    path = "/api/v1/artifact-entitlements/{id}", tag = "artifact entitlements", security(("token" = [])),
    params(("id" = Uuid, Path)), request_body = ArtifactEntitlementRequest,
    responses(
        (status = 200, body = ArtifactEntitlement),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub(crate) async fn update(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<ArtifactEntitlementId>,
    Body(body): Body<ArtifactEntitlementRequest>,
) -> ApiResult<Json<ArtifactEntitlement>> {
    let changed = artifact_entitlement::update::update(&ops, &caller, id, &input(&body)).await?;
    Ok(Json(present(&changed)))
}

/// Delete an artifact entitlement
///
/// What no other entitlement grants its customer can't be pulled any more from then on. Customers stay restricted to what they are
/// entitled to, also when the last entitlement goes.
#[utoipa::path(delete, operation_id = "artifact_entitlement_delete",
    path = "/api/v1/artifact-entitlements/{id}", tag = "artifact entitlements", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn delete(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<ArtifactEntitlementId>,
) -> ApiResult<StatusCode> {
    artifact_entitlement::delete::delete(&ops, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
