//! `/api/v1/application-entitlements`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use grantry_model::application_entitlement as model;
use grantry_model::application_entitlement::Of;
use grantry_model::application_entitlement::draft::RegistryInput;
use grantry_model::id::ApplicationEntitlementId;
use grantry_ops::Ops;
use grantry_ops::application_entitlement::{self, Entitled, Input, ScopeInput};
use grantry_ops::once::Once;
use grantry_wire::Time;
use grantry_wire::application_entitlement::{
    ApplicationEntitlement, ApplicationEntitlementRequest, ApplicationScope, ApplicationScopeRequest,
};
use grantry_wire::problem::Problem;
use http::{StatusCode, Uri};
use serde::Deserialize;

use super::{application_versions, applications, customers, parameter};
use crate::extract::{Api, Creation, Json as Body, Paging, Path, Query};
use crate::problem::{ApiProblem, ApiResult};
use crate::respond::{self, Json, created};

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// Only entitlements to this application.
    #[param(value_type = Option<uuid::Uuid>)]
    application_id: Option<String>,
    /// Only entitlements of this customer.
    #[param(value_type = Option<uuid::Uuid>)]
    customer_organization_id: Option<String>,
}

pub(super) fn present(entitled: &Entitled) -> ApplicationEntitlement {
    let entitlement = &entitled.entitlement;
    let registry = entitlement.registry.as_ref();
    ApplicationEntitlement {
        id: entitlement.id.0,
        created_at: Time(entitlement.created_at),
        name: entitlement.name.as_str().to_owned(),
        expires_at: entitlement.expires_at.map(Time),
        application_id: entitlement.application.0,
        customer_organization_id: entitlement.customer.0,
        registry_url: registry.map(|registry| registry.host.clone()),
        registry_username: registry.map(|registry| registry.username.clone()),
        versions: entitled.versions.iter().map(application_versions::present).collect(),
        scope: present_scope(&entitlement.scope),
        application: applications::present(&entitled.application, &[]),
        customer_organization: customers::present(&entitled.customer),
    }
}

pub(super) fn present_scope(scope: &model::Scope) -> ApplicationScope {
    ApplicationScope {
        kind: scope.kind().as_str().to_owned(),
        expression: scope.expression().map(str::to_owned),
        published_until: scope.published_until().map(Time),
    }
}

fn input(body: &ApplicationEntitlementRequest) -> Input<'_> {
    let scope = |scope: &ApplicationScopeRequest| ScopeInput {
        kind: scope.kind.clone(),
        expression: scope.expression.clone().unwrap_or_default(),
        published_until: scope.published_until.map(|time| time.0),
    };
    Input {
        name: &body.name,
        customer: body.customer_organization_id.map(Into::into),
        application: body.application_id.map(Into::into),
        expires_at: body.expires_at.map(|time| time.0),
        versions: body.versions.iter().flatten().map(|version| version.id.into()).collect(),
        scope: body.scope.as_ref().map(scope),
        registry: RegistryInput {
            host: body.registry_url.as_deref(),
            username: body.registry_username.as_deref(),
            password: body.registry_password.as_deref(),
        },
    }
}

/// Application entitlements
///
/// By name, expired ones too. A customer's members see their own, without credentials.
#[utoipa::path(get, operation_id = "application_entitlement_list",
    path = "/api/v1/application-entitlements", tag = "application entitlements", security(("token" = [])),
    params(
        Params,
        ("q" = Option<String>, Query, description = "Only entitlements whose name contains this."),
        ("limit" = Option<usize>, Query, description = "At most so many, 1 to 1000; all without."),
        ("cursor" = Option<String>, Query, description = "Where to go on, from the `Link` header."),
    ),
    responses(
        (status = 200, body = Vec<ApplicationEntitlement>),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
    ))]
pub(crate) async fn list(
    State(ops): State<Ops>,
    Api(caller): Api,
    Paging(page): Paging,
    Query(params): Query<Params>,
    uri: Uri,
) -> Result<Response, Response> {
    let of = Of {
        customer: parameter::id("customerOrganizationId", params.customer_organization_id.as_deref())?,
        application: parameter::id("applicationId", params.application_id.as_deref())?,
    };
    let found = application_entitlement::list(&ops, &caller, of, &page).await;
    let found = found.map_err(|error| ApiProblem::from(error).into_response())?;
    Ok(respond::list(&uri, found, |one| present(&one)))
}

/// Create an application entitlement
///
/// With the organization's first one its customers see and deploy only what they are entitled to.
#[utoipa::path(post, operation_id = "application_entitlement_create",
    path = "/api/v1/application-entitlements", tag = "application entitlements", security(("token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key returns the first answer.")),
    request_body = ApplicationEntitlementRequest,
    responses(
        (status = 200, body = ApplicationEntitlement),
        (status = 400, body = Problem, description = "A field is not valid, names what there is not, or the name is taken."),
        (status = 403, body = Problem),
    ))]
pub(crate) async fn create(
    State(ops): State<Ops>,
    Api(caller): Api,
    creation: Creation<ApplicationEntitlementRequest>,
) -> ApiResult<Response> {
    let answer = |entitled: &_| serde_json::to_string(&present(entitled)).unwrap_or_default();
    let once = Once { request: creation.request, answer: &answer };
    let outcome =
        application_entitlement::create::create(&ops, &caller, &input(&creation.body), &once).await?;
    Ok(created(StatusCode::OK, outcome, answer))
}

/// One application entitlement
#[utoipa::path(get, operation_id = "application_entitlement_show",
    path = "/api/v1/application-entitlements/{id}", tag = "application entitlements", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = ApplicationEntitlement), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<ApplicationEntitlementId>,
) -> ApiResult<Json<ApplicationEntitlement>> {
    Ok(Json(present(&application_entitlement::show(&ops, &caller, id).await?)))
}

/// Change an application entitlement
///
/// Replaces name, expiry, scope and registry. What is granted is never taken away by a change, other than by its end.
#[utoipa::path(put, operation_id = "application_entitlement_update",
    path = "/api/v1/application-entitlements/{id}", tag = "application entitlements", security(("token" = [])),
    params(("id" = Uuid, Path)), request_body = ApplicationEntitlementRequest,
    responses(
        (status = 200, body = ApplicationEntitlement),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It would take away what is granted; the versions are named."),
    ))]
pub(crate) async fn update(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<ApplicationEntitlementId>,
    Body(body): Body<ApplicationEntitlementRequest>,
) -> ApiResult<Json<ApplicationEntitlement>> {
    let at = (id, body.id.map(Into::into));
    let changed = application_entitlement::update::update(&ops, &caller, at, &input(&body)).await?;
    Ok(Json(present(&changed)))
}

/// Delete an application entitlement
///
/// What no other entitlement grants its customer can't be seen and deployed any more from then on. Customers stay restricted to
/// what they are entitled to, also when the last entitlement goes.
#[utoipa::path(delete, operation_id = "application_entitlement_delete",
    path = "/api/v1/application-entitlements/{id}", tag = "application entitlements", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "A deployment runs by it; the targets are named."),
    ))]
pub(crate) async fn delete(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<ApplicationEntitlementId>,
) -> ApiResult<StatusCode> {
    application_entitlement::delete::delete(&ops, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
