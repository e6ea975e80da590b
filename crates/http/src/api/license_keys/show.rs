//! `GET /api/v1/license-keys/{id}`

use axum::extract::State;
use grantry_model::id::LicenseKeyId;
use grantry_ops::Ops;
use grantry_ops::license_key::show;
use grantry_wire::license_key::LicenseKey;
use grantry_wire::problem::Problem;

use super::present;
use crate::extract::{Api, Path};
use crate::problem::ApiResult;
use crate::respond::Json;

/// One license key
#[utoipa::path(get, operation_id = "license_key_show",
    path = "/api/v1/license-keys/{id}", tag = "license keys", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = LicenseKey), (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<LicenseKeyId>,
) -> ApiResult<Json<LicenseKey>> {
    let key = show::show(&ops, &caller, id).await?;
    Ok(Json(present(&key)))
}
