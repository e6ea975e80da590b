//! `GET /api/v1/artifacts/{id}`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use grantry_model::artifact::Version;
use grantry_model::id::ArtifactId;
use grantry_ops::Ops;
use grantry_ops::pulls::Totals;
use grantry_ops::{artifact, pulls};
use grantry_wire::Time;
use grantry_wire::artifact::{ArtifactTag, ArtifactWithVersions, TaggedArtifactVersion};
use grantry_wire::problem::Problem;
use http::Uri;

use super::{metrics, present};
use crate::extract::{Api, Paging, Path};
use crate::problem::ApiResult;
use crate::respond::{Json, with_next};

/// One artifact with its versions
///
/// Versions are manifests with a tag, those pushed last first. A customer's member sees only tags that their customer is entitled to.
#[utoipa::path(get, operation_id = "artifact_show",
    path = "/api/v1/artifacts/{id}", tag = "artifacts", security(("token" = [])),
    params(
        ("id" = Uuid, Path),
        ("q" = Option<String>, Query, description = "Only versions with a tag whose name contains this."),
        ("limit" = Option<usize>, Query, description = "At most so many versions, 1 to 1000; all without."),
        ("cursor" = Option<String>, Query, description = "Where to go on, from the `Link` header."),
    ),
    responses((status = 200, body = ArtifactWithVersions), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<ArtifactId>,
    Paging(page): Paging,
    uri: Uri,
) -> ApiResult<Response> {
    let shown = artifact::show::show(&ops, &caller, id, &page).await?;
    let totals = pulls::totals(&ops, &caller, Some(id)).await?;
    let versions = shown.versions.items.iter().map(|version| present_version(version, &totals));
    let body = ArtifactWithVersions {
        artifact: present(&shown.listed, totals.artifacts.get(&id)),
        versions: versions.collect(),
    };
    Ok(with_next(Json(body).into_response(), &uri, shown.versions.next.as_ref()))
}

fn present_version(version: &Version, totals: &Totals) -> TaggedArtifactVersion {
    let manifest = &version.manifest;
    let tags = version.tags.iter().map(|tag| ArtifactTag {
        id: tag.id.0,
        name: tag.name.to_string(),
        updated_at: Time(tag.updated_at),
        downloads: metrics(totals.references.get(&(manifest.artifact, tag.name.to_string()))),
    });
    TaggedArtifactVersion {
        id: manifest.id.0,
        created_at: Time(manifest.pushed_at),
        pushed_by: version.pushed_by.clone(),
        digest: manifest.digest.to_string(),
        manifest_content_type: manifest.media_type.clone(),
        tags: tags.collect(),
        size: manifest.total_size,
        platforms: version.platforms.clone(),
        attached_types: version.attached.iter().map(|kind| kind.as_str().to_owned()).collect(),
        inferred_type: manifest.kind.as_str().to_owned(),
        downloads: metrics(totals.manifests.get(&manifest.id)),
    }
}
