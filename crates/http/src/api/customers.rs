//! `/api/v1/customer-organizations`

use axum::extract::State;
use axum::response::Response;
use grantry_model::customer::{Customer, CustomerContents, Feature};
use grantry_model::id::CustomerId;
use grantry_ops::Ops;
use grantry_ops::customer::{self, Input};
use grantry_ops::once::Once;
use grantry_wire::Time;
use grantry_wire::customer::{
    CustomerOrganization, CustomerOrganizationRequest, CustomerOrganizationWithUsage,
};
use grantry_wire::problem::Problem;
use http::{StatusCode, Uri};

use super::files;
use crate::extract::{Api, Creation, Json as Body, Paging, Path};
use crate::problem::ApiResult;
use crate::respond::{self, Json, created};

pub(super) fn present(customer: &Customer) -> CustomerOrganization {
    CustomerOrganization {
        id: customer.id.0,
        created_at: Time(customer.created_at),
        name: customer.name.as_str().to_owned(),
        image_id: customer.image.map(Into::into),
        image_url: customer.image.map(files::url),
        features: customer.features.iter().map(|&feature| Feature::as_str(feature).to_owned()).collect(),
    }
}

fn present_with_usage((customer, contents): &(Customer, CustomerContents)) -> CustomerOrganizationWithUsage {
    CustomerOrganizationWithUsage {
        customer: present(customer),
        user_count: contents.members,
        deployment_target_count: contents.deployment_targets,
        secret_count: contents.secrets,
        license_key_count: contents.license_keys,
        artifact_entitlement_count: contents.artifact_entitlements,
        application_entitlement_count: contents.application_entitlements,
    }
}

fn input(body: &CustomerOrganizationRequest) -> Input<'_> {
    Input {
        name: &body.name,
        features: body.features.as_deref(),
        image: body.image_id.map(|image| image.map(Into::into)),
    }
}

/// Customers
///
/// By name, each with what it has.
#[utoipa::path(get, operation_id = "customer_list",
    path = "/api/v1/customer-organizations", tag = "customers", security(("token" = [])),
    params(
        ("q" = Option<String>, Query, description = "Only customers whose name contains this."),
        ("limit" = Option<usize>, Query, description = "At most so many, 1 to 1000; all without."),
        ("cursor" = Option<String>, Query, description = "Where to go on, from the `Link` header."),
    ),
    responses((status = 200, body = Vec<CustomerOrganizationWithUsage>), (status = 403, body = Problem)))]
pub(crate) async fn list(
    State(ops): State<Ops>,
    Api(caller): Api,
    Paging(page): Paging,
    uri: Uri,
) -> ApiResult<Response> {
    let customers = customer::list(&ops, &caller, &page).await?;
    Ok(respond::list(&uri, customers, |customer| present_with_usage(&customer)))
}

/// Create a customer
#[utoipa::path(post, operation_id = "customer_create",
    path = "/api/v1/customer-organizations", tag = "customers", security(("token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key returns the first answer.")),
    request_body = CustomerOrganizationRequest,
    responses((status = 200, body = CustomerOrganization), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub(crate) async fn create(
    State(ops): State<Ops>,
    Api(caller): Api,
    creation: Creation<CustomerOrganizationRequest>,
) -> ApiResult<Response> {
    let answer = |customer: &_| serde_json::to_string(&present(customer)).unwrap_or_default();
    let once = Once { request: creation.request, answer: &answer };
    let input = input(&creation.body);
    let outcome = customer::create::create(&ops, &caller, input, &once).await?;
    Ok(created(StatusCode::OK, outcome, answer))
}

/// One customer
///
/// With what it has, which is what goes with it when it is deleted.
#[utoipa::path(get, operation_id = "customer_show",
    path = "/api/v1/customer-organizations/{id}", tag = "customers", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = CustomerOrganizationWithUsage), (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<CustomerId>,
) -> ApiResult<Json<CustomerOrganizationWithUsage>> {
    let found = customer::show(&ops, &caller, id).await?;
    Ok(Json(present_with_usage(&found)))
}

/// Change a customer
///
/// Replaces name and features, and the image if it is given. An image that nothing else shows is deleted.
#[utoipa::path(put, operation_id = "customer_update",
    path = "/api/v1/customer-organizations/{id}", tag = "customers", security(("token" = [])),
    params(("id" = Uuid, Path)), request_body = CustomerOrganizationRequest,
    responses((status = 200, body = CustomerOrganization), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn update(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<CustomerId>,
    Body(body): Body<CustomerOrganizationRequest>,
) -> ApiResult<Json<CustomerOrganization>> {
    let customer = customer::update::update(&ops, &caller, id, input(&body)).await?;
    Ok(Json(present(&customer)))
}

/// Delete a customer
///
/// With its deployment targets, secrets, license keys, entitlements and its members' access; `GET` says how many. Tokens that it holds stay valid until they expire.
#[utoipa::path(delete, operation_id = "customer_delete",
    path = "/api/v1/customer-organizations/{id}", tag = "customers", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn delete(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<CustomerId>,
) -> ApiResult<StatusCode> {
    customer::delete::delete(&ops, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
