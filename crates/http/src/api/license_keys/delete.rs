//! `DELETE /api/v1/license-keys/{id}`

use axum::extract::State;
use grantry_model::id::LicenseKeyId;
use grantry_ops::Ops;
use grantry_ops::license_key::delete;
use grantry_wire::deployment::AffectedDeployments;
use grantry_wire::problem::Problem;
use http::StatusCode;

use crate::extract::{Api, Path};
use crate::problem::ApiResult;

/// Delete a license key
///
/// With all its revisions, if no deployment uses it. Tokens that were handed out stay valid until they expire.
#[utoipa::path(delete, operation_id = "license_key_delete",
    path = "/api/v1/license-keys/{id}", tag = "license keys", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 409, body = AffectedDeployments, description = "Deployments use the key."),
    ))]
pub(crate) async fn delete(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<LicenseKeyId>,
) -> ApiResult<StatusCode> {
    delete::delete(&ops, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
