//! `/api/v1/deployment-targets/{id}/notes`

use axum::extract::State;
use grantry_model::deployment_target::TargetNote;
use grantry_model::id::DeploymentTargetId;
use grantry_ops::Ops;
use grantry_ops::deployment_target::notes;
use grantry_wire::Time;
use grantry_wire::deployment_target::{DeploymentTargetNotes, DeploymentTargetNotesRequest};
use grantry_wire::problem::Problem;

use crate::extract::{Api, Json as Body, Path};
use crate::problem::ApiResult;
use crate::respond::Json;

fn present(note: Option<TargetNote>) -> DeploymentTargetNotes {
    DeploymentTargetNotes {
        updated_by_user_account_id: note.as_ref().and_then(|note| note.updated_by).map(|user| user.0),
        updated_at: note.as_ref().map(|note| Time(note.updated_at)),
        notes: note.map_or_else(String::new, |note| note.text),
    }
}

/// Notes on a deployment target
///
/// The vendor's and the customer's are apart: neither sees the other's.
#[utoipa::path(get, operation_id = "deployment_target_notes_show",
    path = "/api/v1/deployment-targets/{id}/notes", tag = "deployments", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = DeploymentTargetNotes), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn show(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<DeploymentTargetId>,
) -> ApiResult<Json<DeploymentTargetNotes>> {
    Ok(Json(present(notes::show(&ops, &caller, id).await?)))
}

/// Keep notes on a deployment target
#[utoipa::path(put, operation_id = "deployment_target_notes_update",
    path = "/api/v1/deployment-targets/{id}/notes", tag = "deployments", security(("token" = [])),
    params(("id" = Uuid, Path)), request_body = DeploymentTargetNotesRequest,
    responses(
        (status = 200, body = DeploymentTargetNotes),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
    ))]
pub(crate) async fn update(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<DeploymentTargetId>,
    Body(body): Body<DeploymentTargetNotesRequest>,
) -> ApiResult<Json<DeploymentTargetNotes>> {
    Ok(Json(present(Some(notes::update(&ops, &caller, id, &body.notes).await?))))
}
