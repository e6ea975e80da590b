//! Reading a deployment target from input.

use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::{DockerEndpoint, Environment, Namespace, NamespaceScope, Quantity, Resources, TargetOptions};
use crate::application::TargetKind;
use crate::field::{Check, FieldError, Invalid};
use crate::name::Name;

/// A target as it came in, nothing checked. What is `None` was left out.
#[derive(Debug, Clone, Copy, Default)]
pub struct TargetInput<'a> {
    /// Its name.
    pub name: &'a str,
    /// `docker` or `kubernetes`.
    pub kind: Option<&'a str>,
    /// The namespace, of Kubernetes only.
    pub namespace: Option<&'a str>,
    /// `cluster` or `namespace`, of Kubernetes only.
    pub scope: Option<&'a str>,
    /// The engine's socket, of Docker only.
    pub docker_endpoint: Option<&'a str>,
    /// What the agent gets, of Kubernetes only.
    pub resources: Option<ResourcesInput<'a>>,
    /// See [`TargetOptions::metrics`].
    pub metrics: bool,
    /// See [`TargetOptions::logs`].
    pub logs: bool,
    /// See [`TargetOptions::logs_after`].
    pub logs_after: Option<DateTime<Utc>>,
    /// Of Docker only.
    pub image_cleanup: bool,
    /// Of Docker only; `None` in a change.
    pub autoheal: Option<bool>,
    /// See [`TargetOptions::automatic_updates`]; on, if it is left out.
    pub automatic_updates: Option<bool>,
}

/// Resources as they came in.
#[derive(Debug, Clone, Copy)]
pub struct ResourcesInput<'a> {
    /// See [`Resources::cpu_request`].
    pub cpu_request: &'a str,
    /// See [`Resources::memory_request`].
    pub memory_request: &'a str,
    /// See [`Resources::cpu_limit`].
    pub cpu_limit: &'a str,
    /// See [`Resources::memory_limit`].
    pub memory_limit: &'a str,
}

/// What a target is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetDraft {
    /// See [`DeploymentTarget::name`](super::DeploymentTarget::name).
    pub name: Name,
    /// See [`DeploymentTarget::environment`](super::DeploymentTarget::environment).
    pub environment: Environment,
    /// See [`DeploymentTarget::options`](super::DeploymentTarget::options).
    pub options: TargetOptions,
}

impl TargetDraft {
    /// Reads a new target.
    ///
    /// # Errors
    /// All fields that are not valid, are missing, or belong to the other kind.
    pub fn parse(input: &TargetInput<'_>) -> Result<Self, Invalid> {
        let mut check = Check::new();
        let name = check.take(Name::parse("name", input.name));
        let environment = match input.kind.map(str::parse) {
            Some(Ok(TargetKind::Docker)) => docker(input, &mut check),
            Some(Ok(TargetKind::Kubernetes)) => kubernetes(input, &mut check),
            Some(Err(_)) | None => {
                let message = "A target's type is docker or kubernetes. Choose one.";
                check.fail(FieldError::new("type", "kind_unknown", message));
                None
            }
        };
        let options = check.take(options(input));
        let all = name.zip(environment).zip(options);
        check.finish(all.map(|((name, environment), options)| Self { name, environment, options }))
    }

    /// Reads what an existing target is to be from now on. What can't change may be repeated or left out.
    ///
    /// # Errors
    /// All fields that are not valid, or differ from what can't change.
    pub fn parse_change(input: &TargetInput<'_>, before: &Environment) -> Result<Self, Invalid> {
        let kind = before.kind();
        let mut fixed = TargetInput { kind: Some(kind.as_str()), ..*input };
        let mut check = Check::new();
        if input.kind.is_some_and(|given| given != kind.as_str()) {
            check.fail(unchangeable("type", "The type"));
        }
        match before {
            Environment::Docker { autoheal, .. } => {
                if input.autoheal.is_some_and(|given| given != *autoheal) {
                    check.fail(unchangeable("autohealEnabled", "Whether unhealthy containers are restarted"));
                }
                fixed.autoheal = Some(*autoheal);
            }
            Environment::Kubernetes { namespace, scope, .. } => {
                if input.namespace.is_some_and(|given| given != namespace.as_str()) {
                    check.fail(unchangeable("namespace", "The namespace"));
                }
                if input.scope.is_some_and(|given| given != scope.as_str()) {
                    check.fail(unchangeable("scope", "The scope"));
                }
                fixed.namespace = Some(namespace.as_str());
                fixed.scope = Some(scope.as_str());
            }
        }
        match Self::parse(&fixed) {
            Ok(draft) => check.finish(Some(draft)),
            Err(Invalid(errors)) => {
                errors.into_iter().for_each(|error| check.fail(error));
                check.finish(None)
            }
        }
    }
}

fn unchangeable(field: &'static str, what: &str) -> FieldError {
    let message = format!("{what} of a target can't change. Create another target.");
    FieldError::new(field, "unchangeable", message)
}

fn options(input: &TargetInput<'_>) -> Result<TargetOptions, FieldError> {
    if input.logs_after.is_some_and(|time| !(0..=253_402_300_799).contains(&time.timestamp())) {
        let message = "The moment from which on lines are collected must lie between 1970 and 9999.";
        return Err(FieldError::new("deploymentLogsAfter", "time_out_of_range", message));
    }
    Ok(TargetOptions {
        metrics: input.metrics,
        logs: input.logs,
        logs_after: input.logs_after,
        automatic_updates: input.automatic_updates.unwrap_or(true),
    })
}

fn docker(input: &TargetInput<'_>, check: &mut Check) -> Option<Environment> {
    refuse(check, "namespace", input.namespace.is_some(), "Docker");
    refuse(check, "scope", input.scope.is_some(), "Docker");
    refuse(check, "resources", input.resources.is_some(), "Docker");
    let endpoint = match input.docker_endpoint.map(DockerEndpoint::from_str).transpose() {
        Ok(endpoint) => endpoint,
        Err(error) => {
            check.fail(FieldError::new("dockerEndpoint", "endpoint_malformed", sentence(error)));
            None
        }
    };
    let autoheal = input.autoheal.unwrap_or(false);
    Some(Environment::Docker { endpoint, image_cleanup: input.image_cleanup, autoheal })
}

fn kubernetes(input: &TargetInput<'_>, check: &mut Check) -> Option<Environment> {
    refuse(check, "autohealEnabled", input.autoheal == Some(true), "Kubernetes");
    refuse(check, "imageCleanupEnabled", input.image_cleanup, "Kubernetes");
    refuse(check, "dockerEndpoint", input.docker_endpoint.is_some(), "Kubernetes");
    let namespace: Option<Namespace> = required(check, "namespace", input.namespace, "namespace_malformed");
    let scope: Option<NamespaceScope> = required(check, "scope", input.scope, "scope_unknown");
    let resources = match input.resources {
        Some(given) => Some(resources(&given, check)?),
        None => None,
    };
    namespace.zip(scope).map(|(namespace, scope)| Environment::Kubernetes { namespace, scope, resources })
}

fn resources(input: &ResourcesInput<'_>, check: &mut Check) -> Option<Resources> {
    let mut read = |name: &str, text: &str| {
        let found = text.parse::<Quantity>();
        check.take(found.map_err(|error| {
            FieldError::new("resources", "quantity_malformed", format!("{name}: {}", sentence(error)))
        }))
    };
    let cpu_request = read("cpuRequest", input.cpu_request);
    let memory_request = read("memoryRequest", input.memory_request);
    let cpu_limit = read("cpuLimit", input.cpu_limit);
    let memory_limit = read("memoryLimit", input.memory_limit);
    Some(Resources {
        cpu_request: cpu_request?,
        memory_request: memory_request?,
        cpu_limit: cpu_limit?,
        memory_limit: memory_limit?,
    })
}

fn required<T: FromStr<Err: std::fmt::Display>>(
    check: &mut Check,
    field: &'static str,
    text: Option<&str>,
    code: &'static str,
) -> Option<T> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        let message = format!("A Kubernetes target needs a {field}. Enter one.");
        check.fail(FieldError::new(field, "kubernetes_field_missing", message));
        return None;
    };
    check.take(text.parse().map_err(|error| FieldError::new(field, code, sentence(error))))
}

fn refuse(check: &mut Check, field: &'static str, is_given: bool, kind: &str) {
    if is_given {
        let message = format!("A {kind} target has no such setting. Leave it out.");
        check.fail(FieldError::new(field, "wrong_kind", message));
    }
}

/// An error's words as a sentence.
fn sentence(error: impl std::fmt::Display) -> String {
    let mut text = error.to_string();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text.push('.');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCKER: TargetInput<'_> = TargetInput {
        name: "Fleet",
        kind: Some("docker"),
        namespace: None,
        scope: None,
        docker_endpoint: None,
        resources: None,
        metrics: false,
        logs: false,
        logs_after: None,
        image_cleanup: false,
        autoheal: None,
        automatic_updates: None,
    };
    const KUBERNETES: TargetInput<'_> = TargetInput {
        kind: Some("kubernetes"),
        namespace: Some("fleet"),
        scope: Some("namespace"),
        ..DOCKER
    };
    const SMALL: ResourcesInput<'_> =
        ResourcesInput { cpu_request: "100m", memory_request: "64Mi", cpu_limit: "1", memory_limit: "1Gi" };

    fn codes<T>(result: Result<T, Invalid>) -> Vec<(&'static str, &'static str)> {
        result.err().map_or(Vec::new(), |Invalid(errors)| {
            errors.iter().map(|error| (error.field, error.code)).collect()
        })
    }

    #[test]
    fn each_kind_has_its_own_settings() {
        let none: &[(&str, &str)] = &[];
        for (input, expected) in [
            (DOCKER, none),
            (KUBERNETES, none),
            (TargetInput { resources: Some(SMALL), ..KUBERNETES }, none),
            (
                TargetInput {
                    docker_endpoint: Some("unix:///run/docker.sock"),
                    autoheal: Some(true),
                    ..DOCKER
                },
                none,
            ),
            (TargetInput { kind: None, ..DOCKER }, &[("type", "kind_unknown")]),
            (
                TargetInput { kind: Some("nomad"), name: " ", ..DOCKER },
                &[("name", "name_blank"), ("type", "kind_unknown")],
            ),
            (TargetInput { namespace: Some("a"), ..DOCKER }, &[("namespace", "wrong_kind")]),
            (TargetInput { scope: Some("cluster"), ..DOCKER }, &[("scope", "wrong_kind")]),
            (TargetInput { resources: Some(SMALL), ..DOCKER }, &[("resources", "wrong_kind")]),
            (
                TargetInput { docker_endpoint: Some("tcp://a"), ..DOCKER },
                &[("dockerEndpoint", "endpoint_malformed")],
            ),
            (
                TargetInput { namespace: None, scope: None, ..KUBERNETES },
                &[("namespace", "kubernetes_field_missing"), ("scope", "kubernetes_field_missing")],
            ),
            (
                TargetInput { namespace: Some("A"), scope: Some("all"), ..KUBERNETES },
                &[("namespace", "namespace_malformed"), ("scope", "scope_unknown")],
            ),
            (
                TargetInput { autoheal: Some(true), image_cleanup: true, ..KUBERNETES },
                &[("autohealEnabled", "wrong_kind"), ("imageCleanupEnabled", "wrong_kind")],
            ),
            (
                TargetInput { docker_endpoint: Some("unix:///a"), ..KUBERNETES },
                &[("dockerEndpoint", "wrong_kind")],
            ),
            (
                TargetInput {
                    resources: Some(ResourcesInput { cpu_limit: "", memory_limit: "much", ..SMALL }),
                    ..KUBERNETES
                },
                &[("resources", "quantity_malformed"), ("resources", "quantity_malformed")],
            ),
        ] {
            assert_eq!(codes(TargetDraft::parse(&input)), expected, "{input:?}");
        }
    }

    #[test]
    fn a_change_repeats_or_leaves_out_what_is_fixed() {
        let docker = TargetDraft::parse(&TargetInput { autoheal: Some(true), ..DOCKER }).unwrap().environment;
        let kubernetes = TargetDraft::parse(&KUBERNETES).unwrap().environment;
        let change = |input, before| codes(TargetDraft::parse_change(&input, before));
        assert_eq!(change(DOCKER, &docker), []);
        assert_eq!(change(TargetInput { kind: None, ..DOCKER }, &docker), []);
        assert_eq!(change(KUBERNETES, &kubernetes), []);
        assert_eq!(
            change(TargetInput { namespace: None, scope: None, kind: None, ..KUBERNETES }, &kubernetes),
            []
        );
        assert_eq!(
            change(TargetInput { autoheal: Some(false), ..DOCKER }, &docker),
            [("autohealEnabled", "unchangeable")]
        );
        let moved = TargetInput { namespace: Some("b"), scope: Some("cluster"), ..KUBERNETES };
        assert_eq!(change(moved, &kubernetes), [("namespace", "unchangeable"), ("scope", "unchangeable")]);
        assert_eq!(
            change(TargetInput { kind: Some("docker"), ..KUBERNETES }, &kubernetes),
            [("type", "unchangeable")]
        );
        let kept = TargetDraft::parse_change(&DOCKER, &docker).unwrap().environment;
        assert_eq!(kept, docker, "unhealthy containers are still restarted");
    }
}
