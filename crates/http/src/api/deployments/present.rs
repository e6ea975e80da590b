//! Deployments as the API says them.

use grantry_model::deployment as model;
use grantry_model::deployment::helm::HelmOptions;
use grantry_ops::deployment::{Deployed, License};
use grantry_wire::agent::{self, DeploymentStatusType};
use grantry_wire::deployment::{DeployedApplication, DeploymentRevisionStatus, DeploymentWithLatestRevision};
use grantry_wire::{Base64, GoDuration, Time};

/// A deployment with its newest revision.
pub(crate) fn deployment(deployed: &Deployed) -> DeploymentWithLatestRevision {
    let entry = &deployed.entry;
    let (deployment, current) = (&entry.deployment, &entry.current);
    DeploymentWithLatestRevision {
        id: deployment.id.0,
        created_at: Time(deployment.created_at),
        deployment_target_id: deployment.target.0,
        release_name: deployment.installation.release_name().map(ToString::to_string),
        application_entitlement_id: deployment.entitlement.map(|entitlement| entitlement.0),
        docker_type: deployment.installation.docker_type().map(docker_type),
        keep_volumes: deployment.keep_volumes,
        deployment_revision_id: current.id.0,
        deployment_revision_created_at: Time(current.created_at),
        revision: current.seq,
        application_id: entry.application.id.0,
        application_name: entry.application.name.as_str().to_owned(),
        application: DeployedApplication {
            id: entry.application.id.0,
            created_at: Time(entry.application.created_at),
            name: entry.application.name.as_str().to_owned(),
            kind: entry.application.kind.as_str().to_owned(),
            image_id: entry.application.image.map(Into::into),
            versions: (),
        },
        application_version_id: entry.version.id.0,
        application_version_name: entry.version.name.as_str().to_owned(),
        application_link: deployed.link.clone().unwrap_or_default(),
        values_yaml: bytes(current.content.values.as_ref()),
        env_file_data: bytes(current.content.env.as_ref()),
        latest_status: entry.status.as_ref().map(status),
        force_restart: current.content.force_restart,
        ignore_revision_skew: current.content.ignore_revision_skew,
        helm_options: current.content.helm.as_ref().map(helm_options),
        license_expired: deployed.license == License::Expired,
        render_error: entry.render_error.clone(),
    }
}

/// A text as bytes.
pub(super) fn bytes(text: Option<&String>) -> Option<Base64> {
    text.map(|text| Base64(text.clone().into_bytes()))
}

/// How Docker runs it.
pub(super) fn docker_type(kind: model::DockerType) -> agent::DockerType {
    match kind {
        model::DockerType::Compose => agent::DockerType::Compose,
        model::DockerType::Swarm => agent::DockerType::Swarm,
    }
}

/// How Helm goes about it.
pub(crate) fn helm_options(options: &HelmOptions) -> agent::HelmOptions {
    agent::HelmOptions {
        timeout: GoDuration::from_nanoseconds(options.timeout.into()),
        wait_strategy: options.wait_strategy.as_str().to_owned(),
        rollback_on_failure: options.rollback_on_failure,
        cleanup_on_failure: options.cleanup_on_failure,
        force_conflicts: options.force_conflicts,
    }
}

pub(super) fn status(status: &model::Status) -> DeploymentRevisionStatus {
    DeploymentRevisionStatus {
        id: status.id.0,
        created_at: Time(status.created_at),
        deployment_revision_id: status.revision.0,
        kind: match status.kind {
            model::StatusKind::Healthy => DeploymentStatusType::Healthy,
            model::StatusKind::Running => DeploymentStatusType::Running,
            model::StatusKind::Progressing => DeploymentStatusType::Progressing,
            model::StatusKind::Error => DeploymentStatusType::Error,
        },
        message: status.message.clone(),
        until: Time(status.until),
    }
}
