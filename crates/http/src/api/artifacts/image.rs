//! `PATCH /api/v1/artifacts/{id}/image`

use axum::extract::State;
use grantry_model::id::ArtifactId;
use grantry_ops::Ops;
use grantry_ops::{artifact, pulls};
use grantry_wire::artifact::Artifact;
use grantry_wire::file::ImageRequest;
use grantry_wire::problem::Problem;

use super::present;
use crate::extract::{Api, Json as Body, Path};
use crate::problem::ApiResult;
use crate::respond::Json;

/// Choose the image of an artifact
///
/// The one before is deleted if nothing else shows it.
#[utoipa::path(patch, operation_id = "artifact_image",
    path = "/api/v1/artifacts/{id}/image", tag = "artifacts", security(("token" = [])),
    params(("id" = Uuid, Path)), request_body = ImageRequest,
    responses(
        (status = 200, body = Artifact),
        (status = 400, body = Problem, description = "There is no such file in the organization."),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub(crate) async fn image(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<ArtifactId>,
    Body(body): Body<ImageRequest>,
) -> ApiResult<Json<Artifact>> {
    let choice = body.image_id.map(Into::into).into();
    let listed = artifact::image::choose(&ops, &caller, id, choice).await?;
    let totals = pulls::totals(&ops, &caller, Some(id)).await?;
    Ok(Json(present(&listed, totals.artifacts.get(&id))))
}
