//! Artifacts that are pulled through: `POST /api/v1/artifacts`, `PATCH /api/v1/artifacts/{id}`, `POST /api/v1/artifacts/{id}/sync`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use grantry_model::artifact::Upkeep;
use grantry_model::id::ArtifactId;
use grantry_model::page::PageRequest;
use grantry_ops::Ops;
use grantry_ops::artifact::upstream::{self, Changes, Credentials, Input};
use grantry_ops::caller::Caller;
use grantry_ops::once::Once;
use grantry_ops::registry::sync::by_caller;
use grantry_ops::{artifact, pulls};
use grantry_wire::artifact::{Artifact, CreateArtifactRequest, UpdateArtifactRequest, UpstreamAuth};
use grantry_wire::problem::Problem;
use http::StatusCode;

use super::{present, present_plain};
use crate::extract::{Api, Creation, Json as Body, Path};
use crate::problem::{ApiProblem, ApiResult, of_field};
use crate::respond::{Json, created};

/// Create an artifact
///
/// Usually one that is pulled through from another registry; one that is pushed to is made by its first push.
#[utoipa::path(post, operation_id = "artifact_create",
    path = "/api/v1/artifacts", tag = "artifacts", security(("token" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat with the same key returns the first answer.")),
    request_body = CreateArtifactRequest,
    responses(
        (status = 201, body = Artifact),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 409, body = Problem, description = "There is an artifact of this name."),
    ))]
pub(crate) async fn create(
    State(ops): State<Ops>,
    Api(caller): Api,
    creation: Creation<CreateArtifactRequest>,
) -> Result<Response, Response> {
    let body = &creation.body;
    let input = Input {
        name: &body.name,
        url: body.upstream_url.as_deref(),
        credentials: body.upstream_auth.as_ref().map(|auth| credentials("upstreamAuth", auth)).transpose()?,
        upkeep: Upkeep {
            cache_limit: body.upstream_cache_limit,
            cache_days: body.upstream_cache_days,
            sync_hours: body.upstream_sync_hours,
        },
    };
    let answer = |artifact: &_| serde_json::to_string(&present_plain(artifact)).unwrap_or_default();
    let once = Once { request: creation.request.clone(), answer: &answer };
    let outcome = upstream::create(&ops, &caller, &input, &once).await;
    let outcome = outcome.map_err(|error| ApiProblem::from(error).into_response())?;
    Ok(created(StatusCode::CREATED, outcome, answer))
}

/// Change an artifact's upstream
///
/// Only of one that is pulled through. Credentials are for one registry; with another one they have to be given anew.
#[utoipa::path(patch, operation_id = "artifact_update",
    path = "/api/v1/artifacts/{id}", tag = "artifacts", security(("token" = [])),
    params(("id" = Uuid, Path)), request_body = UpdateArtifactRequest,
    responses(
        (status = 200, body = Artifact),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub(crate) async fn update(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<ArtifactId>,
    Body(body): Body<UpdateArtifactRequest>,
) -> Result<Json<Artifact>, Response> {
    let auth = body.auth.as_ref().map(|auth| auth.as_ref().map(|auth| credentials("auth", auth)).transpose());
    let changes = Changes {
        url: body.upstream_url.as_deref(),
        credentials: auth.transpose()?,
        cache_limit: body.upstream_cache_limit,
        cache_days: body.upstream_cache_days,
        sync_hours: body.upstream_sync_hours,
    };
    let changed = async {
        upstream::update(&ops, &caller, id, changes).await?;
        present_found(&ops, &caller, id).await
    };
    changed.await.map(Json).map_err(IntoResponse::into_response)
}

fn credentials<'a>(field: &str, auth: &'a UpstreamAuth) -> Result<Credentials<'a>, Response> {
    if auth.kind.as_deref().is_some_and(|kind| kind != "basic") {
        let message = "The hub shows who it is by basic credentials only. Leave the type out, or say basic.";
        return Err(of_field(field, "auth_type_unknown", message));
    }
    Ok(Credentials {
        username: auth.username.as_deref().unwrap_or(""),
        password: auth.password.as_deref().unwrap_or(""),
    })
}

/// Compare an artifact's tags with its upstream
///
/// That the upstream fails is no error of the request; it stands in `lastSyncError`.
#[utoipa::path(post, operation_id = "artifact_sync",
    path = "/api/v1/artifacts/{id}/sync", tag = "artifacts", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = Artifact),
        (status = 400, body = Problem, description = "It is not pulled through."),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub(crate) async fn sync(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<ArtifactId>,
) -> ApiResult<Json<Artifact>> {
    by_caller(&ops, &caller, id).await?;
    Ok(Json(present_found(&ops, &caller, id).await?))
}

/// The artifact as lists show it.
async fn present_found(ops: &Ops, caller: &Caller, id: ArtifactId) -> ApiResult<Artifact> {
    let page = PageRequest { limit: Some(1), ..PageRequest::default() };
    let shown = artifact::show::show(ops, caller, id, &page).await?;
    let totals = pulls::totals(ops, caller, Some(id)).await?;
    Ok(present(&shown.listed, totals.artifacts.get(&id)))
}
