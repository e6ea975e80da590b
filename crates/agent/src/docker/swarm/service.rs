//! Services and tasks of stacks, as a swarm's manager lists them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::NAMESPACE;
use crate::docker::engine::Origin;
use crate::docker::follow::Printer;

/// A service.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(in crate::docker) struct Service {
    #[serde(rename = "ID")]
    pub(super) id: String,
    spec: ServiceSpec,
    update_status: Option<Update>,
    service_status: Option<Count>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ServiceSpec {
    name: String,
    labels: BTreeMap<String, String>,
    mode: Mode,
    task_template: Template,
}

/// How many tasks a service wants; the one that is set counts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Mode {
    replicated: Option<Replicated>,
    replicated_job: Option<ReplicatedJob>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Replicated {
    replicas: Option<u64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ReplicatedJob {
    total_completions: Option<u64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Template {
    // Other runtimes than containers have none.
    container_spec: ContainerSpec,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ContainerSpec {
    healthcheck: Option<HealthCheck>,
    #[serde(rename = "TTY")]
    tty: bool,
    labels: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct HealthCheck {
    test: Option<Vec<String>>,
}

/// How far the last change of a service is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Update {
    /// `updating`, `paused`, `completed`, `rollback_started`, `rollback_paused`, `rollback_completed`.
    pub(super) state: String,
    pub(super) started_at: Option<DateTime<Utc>>,
    pub(super) message: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Count {
    desired_tasks: u64,
}

impl Service {
    pub(super) fn is_of(&self, stack: &str) -> bool {
        self.spec.labels.get(NAMESPACE).is_some_and(|name| name == stack)
    }

    /// Its name in the Compose file: without the stack's.
    pub(super) fn name(&self) -> &str {
        let stack = self.spec.labels.get(NAMESPACE).map_or("", String::as_str);
        self.spec.name.strip_prefix(stack).and_then(|rest| rest.strip_prefix('_')).unwrap_or(&self.spec.name)
    }

    /// The name that the swarm knows it by.
    pub(super) fn full_name(&self) -> &str {
        &self.spec.name
    }

    pub(super) fn update(&self) -> Option<&Update> {
        self.update_status.as_ref()
    }

    /// How many tasks should run, or for a job, should have run.
    pub(super) fn wanted(&self) -> u64 {
        let mode = &self.spec.mode;
        let global = || self.service_status.as_ref().map_or(0, |count| count.desired_tasks);
        match (&mode.replicated, &mode.replicated_job) {
            (Some(replicated), _) => replicated.replicas.unwrap_or(1),
            (_, Some(job)) => job.total_completions.unwrap_or(1),
            _ => global(),
        }
    }

    /// Whether its file says how its health is checked. What an image says by itself is not known here.
    pub(super) fn has_health_check(&self) -> bool {
        let check = self.spec.task_template.container_spec.healthcheck.as_ref();
        let test = check.and_then(|check| check.test.as_deref()).unwrap_or_default();
        test.first().is_some_and(|first| first != "NONE")
    }
}

/// A task: one try to run a service's container on a node.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(in crate::docker) struct Task {
    #[serde(rename = "ID")]
    pub(super) id: String,
    pub(super) created_at: Option<DateTime<Utc>>,
    #[serde(rename = "ServiceID")]
    pub(super) service: String,
    slot: u64,
    #[serde(rename = "NodeID")]
    node: String,
    desired_state: String,
    status: Status,
    spec: Template,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Status {
    timestamp: Option<DateTime<Utc>>,
    state: String,
    err: String,
    container_status: Option<ContainerStatus>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ContainerStatus {
    #[serde(rename = "ContainerID")]
    container: String,
}

impl Task {
    pub(super) fn is_of(&self, stack: &str) -> bool {
        self.spec.container_spec.labels.get(NAMESPACE).is_some_and(|name| name == stack)
    }

    /// The place that it fills: a number of a service's, or for services that run everywhere, a node.
    pub(super) fn place(&self) -> (u64, &str) {
        if self.slot == 0 { (0, &self.node) } else { (self.slot, "") }
    }

    /// `pending`, `preparing`, `starting`, `running`, `complete`, `failed`, `rejected` and others.
    pub(super) fn state(&self) -> &str {
        &self.status.state
    }

    /// When it came into its state, by the clock of its node.
    pub(super) fn since(&self) -> Option<DateTime<Utc>> {
        self.status.timestamp
    }

    /// What is wrong with it, in the swarm's words; also why it is not placed yet.
    pub(super) fn error(&self) -> Option<&str> {
        let error = self.status.err.trim();
        (!error.is_empty()).then_some(error)
    }

    /// Whether it runs and shall go on.
    pub(super) fn runs(&self) -> bool {
        self.status.state == "running" && self.desired_state == "running"
    }

    /// Whether it did not do what it should.
    pub(super) fn has_failed(&self) -> bool {
        matches!(&*self.status.state, "failed" | "rejected" | "orphaned")
    }

    /// Whether it was ended because it is not wanted any more.
    pub(super) fn is_retired(&self) -> bool {
        matches!(&*self.status.state, "shutdown" | "remove")
            || (self.desired_state == "remove" || self.desired_state == "shutdown") && !self.is_over()
    }

    fn is_over(&self) -> bool {
        self.has_failed() || self.status.state == "complete"
    }

    /// What of it prints, if it has a container.
    pub(super) fn printer(&self, resource: &str) -> Option<Printer> {
        let container = self.status.container_status.as_ref()?;
        let is_alive = matches!(&*self.status.state, "starting" | "running");
        (!container.container.is_empty()).then(|| Printer {
            id: self.id.clone(),
            origin: Origin::Task,
            resource: resource.to_owned(),
            is_alive,
        })
    }

    /// Whether its container has a terminal.
    pub(in crate::docker) fn has_terminal(&self) -> bool {
        self.spec.container_spec.tty
    }
}
