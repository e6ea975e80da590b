//! `GET /api/v1/license-keys/{id}/token`

use axum::extract::State;
use grantry_model::id::LicenseKeyId;
use grantry_ops::Ops;
use grantry_ops::license_key::token;
use grantry_wire::license_key::LicenseToken;
use grantry_wire::problem::Problem;

use crate::extract::{Api, Path};
use crate::problem::ApiResult;
use crate::respond::Json;

/// The token in force
///
/// Each look is an entry of the audit log.
#[utoipa::path(get, operation_id = "license_key_token",
    path = "/api/v1/license-keys/{id}/token", tag = "license keys", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = LicenseToken), (status = 404, body = Problem)))]
pub(crate) async fn token(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<LicenseKeyId>,
) -> ApiResult<Json<LicenseToken>> {
    let token = token::current(&ops, &caller, id).await?;
    Ok(Json(LicenseToken { token }))
}
