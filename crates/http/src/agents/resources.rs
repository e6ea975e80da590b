//! `GET /api/v1/agent/resources`: what an agent should run.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use grantry_model::deployment::DockerType as Kind;
use grantry_model::deployment::helm::HelmOptions as Options;
use grantry_model::deployment_target::Environment;
use grantry_ops::Ops;
use grantry_ops::agent::resources::{self, Content, Polled, Resources, Wanted};
use grantry_wire::agent::{
    AgentDeployment, AgentResource, AgentVersion, DockerType, HelmOptions, RegistryAuth,
};
use grantry_wire::{Base64, GoDuration, Time};
use http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::value::RawValue;

use super::credential::Known;
use crate::problem::ApiResult;

/// What should run, with a tag; 304 if the agent has it already (RFC 9110 13.1.2).
pub(super) async fn show(State(ops): State<Ops>, known: Known, headers: HeaderMap) -> ApiResult<Response> {
    let session = known.enter(&ops).await?;
    let given = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or("");
    let knows = |tag: &str| given.split(',').any(|one| one.trim().trim_start_matches("W/") == tag);
    let (status, tag, body) = match resources::poll(&ops, session, knows, present).await? {
        Polled::Unchanged { tag } => (StatusCode::NOT_MODIFIED, tag, Body::empty()),
        Polled::Told { tag, text } => (StatusCode::OK, tag, Body::from(text)),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    if status == StatusCode::OK {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Ok(tag) = HeaderValue::try_from(tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    Ok(response)
}

fn present(resources: &Resources) -> String {
    let target = &resources.target;
    let (namespace, image_cleanup) = match &target.environment {
        Environment::Docker { image_cleanup, .. } => (None, *image_cleanup),
        Environment::Kubernetes { namespace, .. } => (Some(namespace.as_str().to_owned()), false),
    };
    let logs = target.options.logs;
    let deployments: Vec<_> =
        resources.deployments.iter().map(|wanted| deployment(wanted, logs, image_cleanup)).collect();
    let resource = AgentResource {
        version: AgentVersion {
            id: resources.version.id,
            created_at: Time(target.created_at),
            name: resources.version.name.clone(),
        },
        namespace,
        metrics_enabled: target.options.metrics,
        deployment_logs_enabled: logs,
        deployment_logs_after: target.options.logs_after.map(Time),
        deployments: Some(deployments).filter(|deployments| !deployments.is_empty()),
    };
    serde_json::to_string(&resource).unwrap_or_default()
}

fn deployment(wanted: &Wanted, logs_enabled: bool, image_cleanup: bool) -> AgentDeployment {
    let Wanted { deployment, login, state } = wanted;
    let installation = &deployment.installation;
    let registry_auth = login.as_ref().map(|login| {
        let auth = RegistryAuth { username: login.username.clone(), password: login.password.to_string() };
        BTreeMap::from([(login.host.clone(), auth)])
    });
    let mut told = AgentDeployment {
        id: deployment.id.0,
        revision_id: state.revision.0,
        registry_auth,
        logs_enabled,
        force_restart: state.force_restart,
        compose_file: None,
        env_file: None,
        docker_type: installation.docker_type().map(docker_type),
        image_cleanup_enabled: image_cleanup,
        keep_volumes: deployment.keep_volumes,
        release_name: installation.release_name().map_or(String::new(), ToString::to_string),
        chart_url: String::new(),
        chart_name: String::new(),
        chart_version: String::new(),
        values: None,
        ignore_revision_skew: state.ignore_revision_skew,
        helm_options: state.helm.as_ref().map(helm_options),
    };
    match &state.content {
        Content::Docker { compose, env } => {
            told.compose_file = Some(Base64(compose.clone().into_bytes()));
            told.env_file = env.clone().map(|env| Base64(env.into_bytes()));
        }
        Content::Helm { chart_url, chart_name, chart_version, values } => {
            told.chart_url.clone_from(chart_url);
            told.chart_name = chart_name.clone().unwrap_or_default();
            told.chart_version.clone_from(chart_version);
            told.values = RawValue::from_string(values.clone()).ok();
        }
    }
    told
}

fn docker_type(kind: Kind) -> DockerType {
    match kind {
        Kind::Compose => DockerType::Compose,
        Kind::Swarm => DockerType::Swarm,
    }
}

fn helm_options(options: &Options) -> HelmOptions {
    HelmOptions {
        timeout: GoDuration::from_nanoseconds(options.timeout.into()),
        wait_strategy: options.wait_strategy.as_str().to_owned(),
        rollback_on_failure: options.rollback_on_failure,
        cleanup_on_failure: options.cleanup_on_failure,
        force_conflicts: options.force_conflicts,
    }
}
