//! Deployment targets as the API says them, and as it reads them.

use chrono::DateTime;
use grantry_model::application::TargetKind;
use grantry_model::customer::{Customer, Feature};
use grantry_model::deployment_target::draft::{ResourcesInput, TargetInput};
use grantry_model::deployment_target::{Environment, Resources};
use grantry_model::id::OrganizationId;
use grantry_ops::Ops;
use grantry_ops::agent::version::AgentVersion;
use grantry_ops::deployment_target::TargetDetails;
use grantry_wire::Time;
use grantry_wire::agent;
use grantry_wire::deployment_target::{
    DeploymentTarget, DeploymentTargetRequest, TargetCustomer, TargetResources,
};

use crate::api::deployments;

/// A target with what runs there.
pub(super) fn target(ops: &Ops, organization: OrganizationId, details: &TargetDetails) -> DeploymentTarget {
    let target = &details.target;
    let mut shown = DeploymentTarget {
        id: target.id.0,
        created_at: Time(target.created_at),
        name: target.name.as_str().to_owned(),
        kind: target.environment.kind().as_str().to_owned(),
        namespace: None,
        scope: None,
        customer_organization_id: target.customer.map(|customer| customer.0),
        reported_agent_version_id: target.agent.version.as_deref().map(|name| AgentVersion::named(name).id),
        reported_agent_version: target.agent.version.clone(),
        last_seen_at: target.agent.seen_at.map(Time),
        connect_command_made: target.agent.credential > 0,
        metrics_enabled: target.options.metrics,
        image_cleanup_enabled: false,
        autoheal_enabled: false,
        automatic_updates_enabled: target.options.automatic_updates,
        deployment_logs_enabled: target.options.logs,
        deployment_logs_after: target.options.logs_after.map(Time),
        resources: None,
        docker_endpoint: None,
        customer_organization: details.customer.as_ref().map(|one| customer(organization, one)),
        deployments: details.deployments.iter().map(deployments::present::deployment).collect(),
        agent_version: wanted_version(ops, target.environment.kind()),
    };
    match &target.environment {
        Environment::Docker { endpoint, image_cleanup, autoheal } => {
            shown.docker_endpoint = endpoint.as_ref().map(|endpoint| endpoint.as_str().to_owned());
            (shown.image_cleanup_enabled, shown.autoheal_enabled) = (*image_cleanup, *autoheal);
        }
        Environment::Kubernetes { namespace, scope, resources } => {
            shown.namespace = Some(namespace.as_str().to_owned());
            shown.scope = Some(scope.as_str().to_owned());
            shown.resources = resources.as_ref().map(present_resources);
        }
    }
    shown
}

fn wanted_version(ops: &Ops, kind: TargetKind) -> agent::AgentVersion {
    version(match kind {
        TargetKind::Docker => ops.docker_agent_version(),
        TargetKind::Kubernetes => ops.helm_agent_version(),
    })
}

/// A version of the agent. The hub keeps no table of them, and clients expect a time.
pub(super) fn version(version: AgentVersion) -> agent::AgentVersion {
    agent::AgentVersion { id: version.id, created_at: Time(DateTime::UNIX_EPOCH), name: version.name }
}

fn present_resources(resources: &Resources) -> TargetResources {
    TargetResources {
        cpu_request: resources.cpu_request.as_str().to_owned(),
        memory_request: resources.memory_request.as_str().to_owned(),
        cpu_limit: resources.cpu_limit.as_str().to_owned(),
        memory_limit: resources.memory_limit.as_str().to_owned(),
    }
}

fn customer(organization: OrganizationId, customer: &Customer) -> TargetCustomer {
    TargetCustomer {
        id: customer.id.0,
        created_at: Time(customer.created_at),
        organization_id: organization.0,
        image_id: customer.image.map(Into::into),
        name: customer.name.as_str().to_owned(),
        features: customer.features.iter().map(|&feature| Feature::as_str(feature).to_owned()).collect(),
    }
}

/// A target as it was sent. An empty text is as if it were absent.
pub(super) fn input(body: &DeploymentTargetRequest) -> TargetInput<'_> {
    fn given(text: Option<&String>) -> Option<&str> {
        text.map(String::as_str).filter(|text| !text.is_empty())
    }
    TargetInput {
        name: &body.name,
        kind: given(body.kind.as_ref()),
        namespace: given(body.namespace.as_ref()),
        scope: given(body.scope.as_ref()),
        docker_endpoint: given(body.docker_endpoint.as_ref()),
        resources: body.resources.as_ref().map(|resources| ResourcesInput {
            cpu_request: &resources.cpu_request,
            memory_request: &resources.memory_request,
            cpu_limit: &resources.cpu_limit,
            memory_limit: &resources.memory_limit,
        }),
        metrics: body.metrics_enabled.unwrap_or(false),
        logs: body.deployment_logs_enabled.unwrap_or(false),
        logs_after: body.deployment_logs_after.map(|time| time.0),
        image_cleanup: body.image_cleanup_enabled.unwrap_or(false),
        autoheal: body.autoheal_enabled,
        automatic_updates: body.automatic_updates_enabled,
    }
}
