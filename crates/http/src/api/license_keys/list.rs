//! `GET /api/v1/license-keys`

use axum::extract::State;
use axum::response::Response;
use grantry_model::license_key::Holder;
use grantry_ops::Ops;
use grantry_ops::license_key;
use grantry_wire::license_key::LicenseKey;
use grantry_wire::problem::Problem;
use http::Uri;
use serde::Deserialize;
use uuid::Uuid;

use super::present;
use crate::extract::{Api, Paging, Query};
use crate::problem::ApiResult;
use crate::respond::list as list_response;

#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// Only keys of this customer.
    customer_organization_id: Option<Uuid>,
}

/// License keys
///
/// By name. A customer's member sees the keys of their customer and the organization-wide ones.
#[utoipa::path(get, operation_id = "license_key_list",
    path = "/api/v1/license-keys", tag = "license keys", security(("token" = [])),
    params(
        Params,
        ("q" = Option<String>, Query, description = "Only keys whose name or description contains this."),
        ("limit" = Option<usize>, Query, description = "At most so many, 1 to 1000; all without."),
        ("cursor" = Option<String>, Query, description = "Where to go on, from the `Link` header."),
    ),
    responses((status = 200, body = Vec<LicenseKey>), (status = 403, body = Problem)))]
pub(crate) async fn list(
    State(ops): State<Ops>,
    Api(caller): Api,
    Paging(page): Paging,
    Query(params): Query<Params>,
    uri: Uri,
) -> ApiResult<Response> {
    let holder = params.customer_organization_id.map_or(Holder::Any, |id| Holder::Customer(id.into()));
    let keys = license_key::list(&ops, &caller, holder, &page).await?;
    Ok(list_response(&uri, keys, |key| present(&key)))
}
