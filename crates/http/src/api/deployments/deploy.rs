//! `PUT /api/v1/deployments`, and what it would do.

use axum::extract::State;
use grantry_model::compose::{Notice, NoticeKind};
use grantry_model::deployment::DockerType;
use grantry_model::deployment::draft::{ContentInput, HelmInput};
use grantry_ops::Ops;
use grantry_ops::deployment::deploy::{self, Input, Preview};
use grantry_wire::agent;
use grantry_wire::deployment::{self as wire, DeploymentPreview, DeploymentRequest};
use grantry_wire::problem::Problem;
use http::StatusCode;

use crate::extract::{Api, Json as Body};
use crate::problem::ApiResult;
use crate::respond::Json;

fn input(body: &DeploymentRequest) -> Input<'_> {
    Input {
        target: body.deployment_target_id.map(Into::into),
        version: body.application_version_id.map(Into::into),
        deployment: body.deployment_id.map(Into::into),
        entitlement: body.application_entitlement_id.map(Into::into),
        release_name: body.release_name.as_deref(),
        docker_type: body.docker_type.map(|kind| match kind {
            agent::DockerType::Compose => DockerType::Compose,
            agent::DockerType::Swarm => DockerType::Swarm,
        }),
        content: ContentInput {
            values: body.values_yaml.as_ref().map(|bytes| bytes.0.as_slice()),
            env: body.env_file_data.as_ref().map(|bytes| bytes.0.as_slice()),
            helm: body.helm_options.as_ref().map(helm),
            force_restart: body.force_restart.unwrap_or(false),
            ignore_revision_skew: body.ignore_revision_skew.unwrap_or(false),
        },
        keep_volumes: body.keep_volumes,
    }
}

fn helm(options: &agent::HelmOptions) -> HelmInput<'_> {
    HelmInput {
        timeout: options.timeout.nanoseconds(),
        wait_strategy: &options.wait_strategy,
        rollback_on_failure: options.rollback_on_failure,
        cleanup_on_failure: options.cleanup_on_failure,
        force_conflicts: options.force_conflicts,
    }
}

/// Deploy
///
/// Makes a deployment, or gives one a new revision (`deploymentId`). Values, env file and options of Helm are replaced: what is absent
/// is none. What can't be rendered with the license keys and secrets that there are is refused. Where customers are restricted, an
/// active entitlement of the target's customer must grant the version.
#[utoipa::path(put, operation_id = "deployment_deploy",
    path = "/api/v1/deployments", tag = "deployments", security(("token" = [])),
    request_body = DeploymentRequest,
    responses(
        (status = 204),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 409, body = Problem,
            description = "Nothing grants the version to the target's customer (`not_entitled`), or does not any more \
                (`entitlement_expired`); somebody else deployed at the same moment (`deployed_meanwhile`)."),
    ))]
pub(crate) async fn deploy(
    State(ops): State<Ops>,
    Api(caller): Api,
    Body(body): Body<DeploymentRequest>,
) -> ApiResult<StatusCode> {
    deploy::deploy(&ops, &caller, &input(&body)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What deploying would do
///
/// Checks all that deploying checks and changes nothing. Says what the version asks of its host, and which license keys and secrets the
/// templates read.
#[utoipa::path(post, operation_id = "deployment_preview",
    path = "/api/v1/deployments/preview", tag = "deployments", security(("token" = [])),
    request_body = DeploymentRequest,
    responses(
        (status = 200, body = DeploymentPreview),
        (status = 400, body = Problem),
        (status = 403, body = Problem),
        (status = 409, body = Problem),
    ))]
pub(crate) async fn preview(
    State(ops): State<Ops>,
    Api(caller): Api,
    Body(body): Body<DeploymentRequest>,
) -> ApiResult<Json<DeploymentPreview>> {
    Ok(Json(present(deploy::preview(&ops, &caller, &input(&body)).await?)))
}

fn present(preview: Preview) -> DeploymentPreview {
    DeploymentPreview {
        notices: preview.notices.iter().map(notice).collect(),
        reads_any_license_key: preview.license_keys.is_none(),
        license_keys: preview.license_keys.unwrap_or_default(),
        reads_any_secret: preview.secrets.is_none(),
        secrets: preview.secrets.unwrap_or_default(),
    }
}

fn notice(notice: &Notice) -> wire::Notice {
    let code = match notice.kind {
        NoticeKind::HostPath(_) => "host_path",
        NoticeKind::DockerSocket => "docker_socket",
        NoticeKind::Privileged => "privileged",
        NoticeKind::Host(_) => "host_namespace",
        NoticeKind::Capabilities(_) => "capabilities",
        NoticeKind::Devices(_) => "devices",
        NoticeKind::Unprotected(_) => "unprotected",
    };
    wire::Notice { code: code.to_owned(), line: notice.line, message: notice.to_string() }
}
