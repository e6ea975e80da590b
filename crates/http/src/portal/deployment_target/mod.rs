//! Deployment targets.

pub(crate) mod connect;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod list;
pub(crate) mod logs;
pub(crate) mod notes;
pub(crate) mod show;

use grantry_model::application::TargetKind;
use grantry_model::deployment_target::draft::TargetInput;
use grantry_model::field::FieldError;
use grantry_ui::pages::deployment_target::fields::TargetValues;

use crate::extract::form::{Fields, ReadForm};

impl ReadForm for TargetValues {
    fn read(fields: &Fields) -> Self {
        let is_checked = |name| fields.text(name) == "true";
        Self {
            customer: fields.text("customerOrganizationId"),
            name: fields.text("name"),
            kind: fields.text("type").parse().unwrap_or(TargetKind::Docker),
            namespace: fields.text("namespace"),
            is_cluster: fields.text("scope") == "cluster",
            docker_endpoint: fields.text("dockerEndpoint"),
            metrics: is_checked("metricsEnabled"),
            logs: is_checked("deploymentLogsEnabled"),
            image_cleanup: is_checked("imageCleanupEnabled"),
            autoheal: is_checked("autohealEnabled"),
        }
    }
}

/// What was typed, as operations take it. What belongs to the other kind is left out: the form shows the inputs of both.
fn input(values: &TargetValues) -> TargetInput<'_> {
    let is_docker = values.kind == TargetKind::Docker;
    let endpoint = Some(values.docker_endpoint.trim()).filter(|text| is_docker && !text.is_empty());
    TargetInput {
        name: &values.name,
        kind: Some(values.kind.as_str()),
        namespace: Some(values.namespace.trim()).filter(|_| !is_docker),
        scope: (!is_docker).then_some(if values.is_cluster { "cluster" } else { "namespace" }),
        docker_endpoint: endpoint,
        resources: None,
        metrics: values.metrics,
        logs: values.logs,
        logs_after: None,
        image_cleanup: is_docker && values.image_cleanup,
        autoheal: is_docker.then_some(values.autoheal),
        automatic_updates: None,
    }
}

/// Errors beside the inputs that they are about.
fn place(errors: Vec<FieldError>) -> Vec<FieldError> {
    let field = |error: &FieldError| match error.field {
        "customerOrganization" => "customerOrganizationId",
        other => other,
    };
    errors.into_iter().map(|error| FieldError { field: field(&error), ..error }).collect()
}
