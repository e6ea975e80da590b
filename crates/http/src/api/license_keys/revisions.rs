//! `GET /api/v1/license-keys/{id}/revisions`

use axum::extract::State;
use grantry_model::id::LicenseKeyId;
use grantry_model::license_key::Revision;
use grantry_ops::Ops;
use grantry_ops::license_key::token;
use grantry_wire::Time;
use grantry_wire::license_key::LicenseKeyRevision;
use grantry_wire::problem::Problem;

use super::raw;
use crate::extract::{Api, Path};
use crate::problem::ApiResult;
use crate::respond::Json;

/// All revisions
///
/// The newest first, each with its token as it was issued.
#[utoipa::path(get, operation_id = "license_key_revisions",
    path = "/api/v1/license-keys/{id}/revisions", tag = "license keys", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<LicenseKeyRevision>), (status = 404, body = Problem)))]
pub(crate) async fn revisions(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<LicenseKeyId>,
) -> ApiResult<Json<Vec<LicenseKeyRevision>>> {
    let found = token::revisions(&ops, &caller, id).await?;
    Ok(Json(found.revisions.into_iter().map(|(revision, token)| present(&revision, token)).collect()))
}

fn present(revision: &Revision, token: String) -> LicenseKeyRevision {
    LicenseKeyRevision {
        id: revision.id.0,
        revision: revision.seq,
        created_at: Time(revision.created_at),
        created_by: revision.created_by.clone(),
        not_before: Time(revision.terms.not_before),
        expires_at: Time(revision.terms.expires_at),
        grace_seconds: Some(revision.terms.grace).filter(|&grace| grace > 0),
        payload: raw(&revision.terms.payload),
        token,
    }
}
