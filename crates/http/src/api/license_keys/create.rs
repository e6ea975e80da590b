//! `POST /api/v1/license-keys`

use axum::extract::State;
use axum::response::Response;
use grantry_model::license_key::TermsInput;
use grantry_ops::Ops;
use grantry_ops::license_key::create;
use grantry_ops::once::Once;
use grantry_wire::license_key::{CreateLicenseKeyRequest, LicenseKey};
use grantry_wire::problem::Problem;
use http::StatusCode;

use super::present;
use crate::extract::{Api, Creation};
use crate::problem::ApiResult;
use crate::respond::created;

/// Create a license key
///
/// Its first revision is made with it, and the token signed.
#[utoipa::path(post, operation_id = "license_key_create",
    path = "/api/v1/license-keys", tag = "license keys", security(("token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key returns the first answer.")),
    request_body = CreateLicenseKeyRequest,
    responses(
        (status = 200, body = LicenseKey),
        (status = 400, body = Problem, description = "A field is not valid, or the name is taken."),
        (status = 403, body = Problem),
        (status = 404, body = Problem, description = "There is no such customer."),
    ))]
pub(crate) async fn create(
    State(ops): State<Ops>,
    Api(caller): Api,
    creation: Creation<CreateLicenseKeyRequest>,
) -> ApiResult<Response> {
    let body = &creation.body;
    let input = create::Input {
        name: &body.name,
        description: body.description.as_deref().unwrap_or(""),
        customer: body.customer_organization_id.map(Into::into),
        terms: TermsInput {
            payload: body.payload.as_ref().map(|payload| payload.get()),
            not_before: body.not_before.map(|time| time.0),
            expires_at: body.expires_at.map(|time| time.0),
            grace: body.grace_seconds,
        },
    };
    let answer = |key: &_| serde_json::to_string(&present(key)).unwrap_or_default();
    let once = Once { request: creation.request.clone(), answer: &answer };
    let outcome = create::create(&ops, &caller, input, &once).await?;
    Ok(created(StatusCode::OK, outcome, answer))
}
