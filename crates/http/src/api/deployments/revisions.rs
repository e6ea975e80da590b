//! `/api/v1/deployments/{id}/revisions`, and going back to one.

use axum::extract::State;
use grantry_model::deployment::Deployment;
use grantry_model::id::DeploymentId;
use grantry_ops::Ops;
use grantry_ops::deployment::revise;
use grantry_ops::deployment::revisions::{self, ShownRevision};
use grantry_wire::Time;
use grantry_wire::deployment::{
    DeploymentRevision, DeploymentWithLatestRevision, RevisionAuthor, RollbackRequest,
};
use grantry_wire::problem::Problem;

use super::present;
use crate::extract::{Api, Json as Body, Path};
use crate::problem::ApiResult;
use crate::respond::Json;

/// Revisions of a deployment
///
/// The newest first; texts as they were given.
#[utoipa::path(get, operation_id = "deployment_revisions",
    path = "/api/v1/deployments/{id}/revisions", tag = "deployments", security(("token" = [])),
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<DeploymentRevision>), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(crate) async fn list(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<DeploymentId>,
) -> ApiResult<Json<Vec<DeploymentRevision>>> {
    let found = revisions::list(&ops, &caller, id).await?;
    Ok(Json(found.revisions.iter().map(|shown| revision(&found.deployment, shown)).collect()))
}

/// Go back to a revision
///
/// Makes a new revision with version, values and options of an earlier one.
#[utoipa::path(post, operation_id = "deployment_roll_back",
    path = "/api/v1/deployments/{id}/rollback", tag = "deployments", security(("token" = [])),
    params(("id" = Uuid, Path)), request_body = RollbackRequest,
    responses(
        (status = 200, body = DeploymentWithLatestRevision),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 404, body = Problem),
        (status = 409, body = Problem),
    ))]
pub(crate) async fn roll_back(
    State(ops): State<Ops>,
    Api(caller): Api,
    Path(id): Path<DeploymentId>,
    Body(body): Body<RollbackRequest>,
) -> ApiResult<Json<DeploymentWithLatestRevision>> {
    let deployed = revise::roll_back(&ops, &caller, id, body.revision).await?;
    Ok(Json(present::deployment(&deployed)))
}

fn revision(deployment: &Deployment, shown: &ShownRevision) -> DeploymentRevision {
    let revision = &shown.entry.revision;
    let author = || RevisionAuthor {
        id: revision.author.user.map(|user| user.0),
        name: Some(revision.author.name.clone()),
        customer_organization_id: shown.entry.author_customer.map(|customer| customer.0),
    };
    DeploymentRevision {
        id: revision.id.0,
        created_at: Time(revision.created_at),
        revision: revision.seq,
        application_version_id: revision.version.0,
        application_version_name: shown.entry.version_name.as_str().to_owned(),
        release_name: deployment.installation.release_name().map(ToString::to_string),
        docker_type: deployment.installation.docker_type().map(present::docker_type),
        values_yaml: present::bytes(revision.content.values.as_ref()),
        env_file_data: present::bytes(revision.content.env.as_ref()),
        force_restart: revision.content.force_restart,
        ignore_revision_skew: revision.content.ignore_revision_skew,
        helm_options: revision.content.helm.as_ref().map(present::helm_options),
        created_by: shown.shows_author.then(author),
        reason: Some(revision.reason.clone()).filter(|reason| !reason.is_empty()),
    }
}
