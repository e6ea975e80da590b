//! `GET /api/v1/artifacts`

use axum::extract::State;
use axum::response::Response;
use grantry_model::artifact::ArtifactOrder;
use grantry_ops::Ops;
use grantry_ops::{artifact, pulls};
use grantry_wire::artifact::Artifact;
use grantry_wire::problem::Problem;
use http::Uri;

use super::present;
use crate::extract::{Api, Paging};
use crate::problem::ApiResult;
use crate::respond;

/// Artifacts
///
/// The one that was pushed to last comes first. A customer's member sees those of which their customer is entitled to something.
#[utoipa::path(get, operation_id = "artifact_list",
    path = "/api/v1/artifacts", tag = "artifacts", security(("token" = [])),
    params(
        ("q" = Option<String>, Query, description = "Only artifacts whose name contains this."),
        ("limit" = Option<usize>, Query, description = "At most so many, 1 to 1000; all without."),
        ("cursor" = Option<String>, Query, description = "Where to go on, from the `Link` header."),
    ),
    responses((status = 200, body = Vec<Artifact>), (status = 403, body = Problem)))]
pub(crate) async fn list(
    State(ops): State<Ops>,
    Api(caller): Api,
    Paging(page): Paging,
    uri: Uri,
) -> ApiResult<Response> {
    let found = artifact::list::list(&ops, &caller, ArtifactOrder::Newest, &page).await?;
    let totals = pulls::totals(&ops, &caller, None).await?;
    Ok(respond::list(&uri, found, |one| present(&one, totals.artifacts.get(&one.artifact.id))))
}
