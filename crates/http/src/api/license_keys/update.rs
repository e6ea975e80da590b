//! `PUT /api/v1/license-keys/{id}`

use axum::extract::State;
use grantry_model::id::LicenseKeyId;
use grantry_model::license_key::TermsInput;
use grantry_ops::Ops;
use grantry_ops::license_key::edit;
use grantry_wire::deployment::AffectedDeployments;
use grantry_wire::license_key::{UpdateLicenseKeyRequest, UpdateLicenseKeyResponse};
use grantry_wire::problem::Problem;

use super::present;
use crate::api::deployments::affected::{Confirm, present as affected};
use crate::extract::{Api, Json as Body, Path, Query};
use crate::problem::ApiResult;
use crate::respond::Json;

/// Change a license key
///
/// What is absent stays. The description changes in place; other content makes a revision with a token of its own, and
/// the revisions before it stay as they are.
#[utoipa::path(put, operation_id = "license_key_update",
    path = "/api/v1/license-keys/{id}", tag = "license keys", security(("token" = [])),
    params(
        ("id" = Uuid, Path),
        Confirm,
    ),
    request_body = UpdateLicenseKeyRequest,
    responses(
        (status = 200, body = UpdateLicenseKeyResponse),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 409, body = AffectedDeployments,
            description = "Deployments use the key: confirm that they are redeployed. Or, as a problem: somebody else revised the key at the same moment."),
    ))]
pub(crate) async fn update(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<LicenseKeyId>,
    Query(confirm): Query<Confirm>,
    Body(body): Body<UpdateLicenseKeyRequest>,
) -> ApiResult<Json<UpdateLicenseKeyResponse>> {
    let input = edit::Input {
        description: body.description.as_ref().map(|text| text.as_deref().unwrap_or("")),
        terms: TermsInput {
            payload: body.payload.as_ref().map(|payload| payload.get()),
            not_before: body.not_before.map(|time| time.0),
            expires_at: body.expires_at.map(|time| time.0),
            grace: body.grace_seconds,
        },
    };
    let edited = edit::edit(&ops, &caller, id, input, confirm.confirmation()).await?;
    Ok(Json(UpdateLicenseKeyResponse {
        key: present(&edited.key),
        affected_deployments: affected(&edited.affected),
    }))
}
