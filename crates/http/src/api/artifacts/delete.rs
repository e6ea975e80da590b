//! `DELETE /api/v1/artifacts/{id}` and what is in it.

use axum::extract::State;
use grantry_model::id::ArtifactId;
use grantry_oci::reference::Reference;
use grantry_ops::Ops;
use grantry_ops::artifact::remove;
use grantry_wire::problem::Problem;
use http::StatusCode;

use crate::extract::{Api, DigestPath, Path, TagPath};
use crate::problem::ApiResult;

/// Delete an artifact
///
/// With its versions and tags. Refused while an entitlement that has not expired grants something of it.
#[utoipa::path(delete, operation_id = "artifact_delete",
    path = "/api/v1/artifacts/{id}", tag = "artifacts", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 204),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It is granted by entitlements, which are named."),
    ))]
pub(crate) async fn artifact(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<ArtifactId>,
) -> ApiResult<StatusCode> {
    remove::artifact(&ops, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete a tag
///
/// The version that it stands for stays. Refused while an entitlement that has not expired names it.
#[utoipa::path(delete, operation_id = "artifact_tag_delete",
    path = "/api/v1/artifacts/{id}/tags/{tag}", tag = "artifacts", security(("token" = [])),
    params(("id" = Uuid, Path), ("tag" = String, Path)),
    responses(
        (status = 204),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It is granted by entitlements, which are named."),
    ))]
pub(crate) async fn tag(State(ops): State<Ops>, Api(caller): Api, path: TagPath) -> ApiResult<StatusCode> {
    remove::reference(&ops, &caller, path.artifact, &Reference::Tag(path.tag)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Delete a version
///
/// With its tags. Refused while an entitlement that has not expired names it or one of them.
#[utoipa::path(delete, operation_id = "artifact_version_delete",
    path = "/api/v1/artifacts/{id}/versions/{digest}", tag = "artifacts", security(("token" = [])),
    params(("id" = Uuid, Path), ("digest" = String, Path)),
    responses(
        (status = 204),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It is granted by entitlements, which are named."),
    ))]
pub(crate) async fn version(
    State(ops): State<Ops>,
    Api(caller): Api,
    path: DigestPath,
) -> ApiResult<StatusCode> {
    remove::reference(&ops, &caller, path.artifact, &Reference::Digest(path.digest)).await?;
    Ok(StatusCode::NO_CONTENT)
}
