//! `/api/v1/licenses`

use axum::extract::State;
use axum::response::Response;
use grantry_ops::Ops;
use grantry_wire::licenses::CustomerLicenses;
use grantry_wire::problem::Problem;
use http::Uri;

use super::{customers, license_keys};
use crate::extract::{Api, Paging};
use crate::problem::ApiResult;
use crate::respond;

/// Licenses by customer
///
/// Every customer, by name, with all that it is licensed for; expired licenses too.
#[utoipa::path(get, operation_id = "licenses_list",
    path = "/api/v1/licenses", tag = "license keys", security(("token" = [])),
    params(
        ("q" = Option<String>, Query, description = "Only customers whose name contains this."),
        ("limit" = Option<usize>, Query, description = "At most so many, 1 to 1000; all without."),
        ("cursor" = Option<String>, Query, description = "Where to go on, from the `Link` header."),
    ),
    responses((status = 200, body = Vec<CustomerLicenses>), (status = 403, body = Problem)))]
pub(crate) async fn list(
    State(ops): State<Ops>,
    Api(caller): Api,
    Paging(page): Paging,
    uri: Uri,
) -> ApiResult<Response> {
    let customers = grantry_ops::licenses::list(&ops, &caller, &page).await?;
    Ok(respond::list(&uri, customers, |one| CustomerLicenses {
        customer_organization: customers::present(&one.customer),
        application_entitlements: Vec::new(),
        artifact_entitlements: Vec::new(),
        license_keys: one.license_keys.iter().map(license_keys::present).collect(),
    }))
}
