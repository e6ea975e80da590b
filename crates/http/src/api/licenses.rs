//! `/api/v1/licenses`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use grantry_model::id::CustomerId;
use grantry_ops::Ops;
use grantry_ops::customer::copy;
use grantry_wire::licenses::{CopiedLicenses, CopyLicensesRequest, CustomerLicenses};
use grantry_wire::problem::Problem;
use http::Uri;

use super::{application_entitlements, artifact_entitlements, customers, license_keys};
use crate::extract::{Api, Json as Body, Paging, Path};
use crate::problem::{ApiProblem, ApiResult, of_field};
use crate::respond::{self, Json};

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
        application_entitlements: one
            .application_entitlements
            .iter()
            .map(application_entitlements::present)
            .collect(),
        artifact_entitlements: one.artifact_entitlements.iter().map(artifact_entitlements::present).collect(),
        license_keys: one.license_keys.iter().map(license_keys::present).collect(),
    }))
}

/// Copy licenses from another customer
///
/// All or nothing. Entitlements keep their names and scopes; license keys become keys of their own, valid from now on, under
/// names with a number.
#[utoipa::path(post, operation_id = "licenses_copy",
    path = "/api/v1/customer-organizations/{id}/copy-licenses", tag = "license keys", security(("token" = [])),
    params(("id" = Uuid, Path, description = "The customer that gets them.")), request_body = CopyLicensesRequest,
    responses(
        (status = 200, body = CopiedLicenses),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem, description = "There is no such customer."),
    ))]
pub(crate) async fn copy(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(to): Path<CustomerId>,
    Body(body): Body<CopyLicensesRequest>,
) -> Result<Json<CopiedLicenses>, Response> {
    let kinds: Vec<&str> = body.kinds.iter().map(String::as_str).collect();
    if let Some(unknown) = kinds
        .iter()
        .find(|kind| !matches!(**kind, "application_entitlements" | "artifact_entitlements" | "license_keys"))
    {
        let message = format!(
            "“{unknown}” can't be copied; application_entitlements, artifact_entitlements and license_keys can."
        );
        return Err(of_field("kinds", "kind_unknown", message));
    }
    let input = copy::Input {
        from: body.from.into(),
        to,
        expires_at: body.expires_at.map(|time| time.0),
        application_entitlements: kinds.contains(&"application_entitlements"),
        artifact_entitlements: kinds.contains(&"artifact_entitlements"),
        license_keys: kinds.contains(&"license_keys"),
    };
    let copied = copy::copy(&ops, &caller, input).await;
    let copied = copied.map_err(|error| ApiProblem::from(error).into_response())?;
    Ok(Json(CopiedLicenses {
        application_entitlement_ids: copied.application_entitlements.iter().map(|one| one.id.0).collect(),
        artifact_entitlement_ids: copied.artifact_entitlements.iter().map(|one| one.id.0).collect(),
        license_key_ids: copied.license_keys.iter().map(|one| one.id.0).collect(),
    }))
}
