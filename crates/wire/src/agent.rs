//! The agent protocol: what an agent is told to run and what it reports.
//!
//! Agents for Distr 3.x read and write these types, ours too: so both directions of each are here.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{Base64, GoDuration, Time};

/// What `GET /agent/resources` answers: all that an agent should know and run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentResource {
    /// The agent version that the target should have.
    pub version: AgentVersion,
    /// The namespace that Helm releases go to. Absent for Docker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Whether metrics are wanted.
    #[serde(default)]
    pub metrics_enabled: bool,
    /// Whether the logs of deployments are wanted.
    #[serde(default)]
    pub deployment_logs_enabled: bool,
    /// Logs from before this moment are not wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment_logs_after: Option<Time>,
    /// What should run, in the order of creation; absent if nothing should.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployments: Option<Vec<AgentDeployment>>,
}

/// A version of the agent itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentVersion {
    /// Its id.
    pub id: Uuid,
    /// When it was made known to the hub.
    pub created_at: Time,
    /// Its name, a semantic version.
    pub name: String,
}

/// One deployment in its desired state. What belongs to the other kind of target is null, empty or false.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentDeployment {
    /// The deployment's id.
    pub id: Uuid,
    /// The revision to be in force.
    pub revision_id: Uuid,
    /// Credentials for private registries, by host; null if there are none.
    #[serde(default)]
    pub registry_auth: Option<BTreeMap<String, RegistryAuth>>,
    /// The same as `deploymentLogsEnabled` of the resource.
    #[serde(default)]
    pub logs_enabled: bool,
    /// Whether containers are restarted even if nothing about them changed.
    #[serde(default)]
    pub force_restart: bool,
    /// Docker: the Compose file, with the project's `name`.
    #[serde(default)]
    pub compose_file: Option<Base64>,
    /// Docker: the env file, rendered; it holds secrets.
    #[serde(default)]
    pub env_file: Option<Base64>,
    /// Docker: what runs the Compose file.
    #[serde(default)]
    pub docker_type: Option<DockerType>,
    /// Docker: whether images are deleted that an earlier revision used.
    #[serde(default)]
    pub image_cleanup_enabled: bool,
    /// Docker: whether the volumes stay when the deployment is removed; they do where a hub does not say. An addition to the
    /// protocol of Distr, whose agents ignore it.
    #[serde(default = "kept")]
    pub keep_volumes: bool,
    /// Kubernetes: the name of the Helm release.
    #[serde(default)]
    pub release_name: String,
    /// Kubernetes: an `oci://` reference, or a chart repository's URL.
    #[serde(default)]
    pub chart_url: String,
    /// Kubernetes: the chart's name in its repository; empty for OCI.
    #[serde(default)]
    pub chart_name: String,
    /// Kubernetes: the chart's version.
    #[serde(default)]
    pub chart_version: String,
    /// Kubernetes: the rendered values, an object; they may hold secrets.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub values: Option<Box<RawValue>>,
    /// Kubernetes: whether a release that was changed behind the agent's back is upgraded all the same.
    #[serde(default)]
    pub ignore_revision_skew: bool,
    /// Kubernetes: how Helm goes about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helm_options: Option<HelmOptions>,
}

fn kept() -> bool {
    true
}

/// What runs a Compose file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DockerType {
    /// Docker Compose, on one engine.
    Compose,
    /// A Swarm, as a stack.
    Swarm,
}

/// A credential for a registry.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RegistryAuth {
    /// The user name.
    pub username: String,
    /// The password or token.
    pub password: String,
}

impl fmt::Debug for RegistryAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistryAuth").field("username", &self.username).finish_non_exhaustive()
    }
}

/// How Helm installs and upgrades a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HelmOptions {
    /// How long an operation may take.
    pub timeout: GoDuration,
    /// What it waits for, in Helm's words: `watcher`, `legacy` or `hookOnly`.
    pub wait_strategy: String,
    /// Whether a failed upgrade goes back to the release before.
    #[serde(default)]
    pub rollback_on_failure: bool,
    /// Whether what a failed upgrade created is deleted.
    #[serde(default)]
    pub cleanup_on_failure: bool,
    /// Whether fields that others manage are taken over.
    #[serde(default)]
    pub force_conflicts: bool,
}

/// How a deployment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DeploymentStatusType {
    /// All of it runs and its health checks pass.
    Healthy,
    /// All of it runs; not everything has a health check. Old agents say `ok`.
    #[serde(alias = "ok")]
    Running,
    /// It is being installed, or is starting.
    Progressing,
    /// It failed, or does not run as it should.
    Error,
}

/// What an agent reports about a deployment, to `POST /agent/status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentStatus {
    /// The revision it is about.
    pub revision_id: Uuid,
    /// How it is.
    pub r#type: DeploymentStatusType,
    /// In words.
    #[serde(default)]
    pub message: String,
}

/// How busy the agent's machine is, to `POST /agent/metrics`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentMetrics {
    /// The processors there are, in thousandths of one.
    pub cpu_cores_millis: i64,
    /// The part of them that is in use, from 0 to 1.
    pub cpu_usage: f64,
    /// The memory there is, in bytes.
    pub memory_bytes: i64,
    /// The part of it that is in use, from 0 to 1.
    pub memory_usage: f64,
    /// Its disks. Absent where they are not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_metrics: Option<Vec<DiskMetric>>,
}

/// How full a disk is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiskMetric {
    /// The device.
    pub device: String,
    /// Where it is mounted.
    pub path: String,
    /// Its file system.
    pub fs_type: String,
    /// Its size, in bytes.
    pub bytes_total: i64,
    /// What of it is in use, in bytes.
    pub bytes_used: i64,
}

/// A line that a deployment printed, in a batch to `PUT /agent/logs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogRecord {
    /// Chosen by the hub; agents send zeros.
    #[serde(default)]
    pub id: Uuid,
    /// The deployment.
    pub deployment_id: Uuid,
    /// Its revision.
    pub deployment_revision_id: Uuid,
    /// The container or the Kubernetes workload.
    pub resource: String,
    /// When it was printed.
    pub timestamp: Time,
    /// `Log` or `Err` for Compose and Kubernetes, `stdout` or `stderr` for Swarm.
    #[serde(default)]
    pub severity: String,
    /// The line.
    #[serde(default)]
    pub body: String,
}

/// A line of the agent's own log, in a batch to `PUT /agent/deployment-target-logs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TargetLogRecord {
    /// Chosen by the hub; agents send zeros.
    #[serde(default)]
    pub id: Uuid,
    /// When it was logged.
    pub timestamp: Time,
    /// `debug`, `info`, `warn` or `error`.
    #[serde(default)]
    pub severity: String,
    /// The line.
    #[serde(default)]
    pub body: String,
}

/// What `POST /agent/login` answers.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoginResponse {
    /// The agent's token, a JWT with `exp`. It is also the agent's password at the registry.
    pub token: String,
    /// Always false for an agent.
    #[serde(default)]
    pub requires_mfa: bool,
}

impl fmt::Debug for LoginResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginResponse").field("requires_mfa", &self.requires_mfa).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESOURCE: &str = concat!(
        r#"{"version":{"id":"00000000-0000-0000-0000-000000000001","createdAt":"2026-11-24T12:00:00Z","name":"3.1.0"},"#,
        r#""metricsEnabled":true,"deploymentLogsEnabled":false,"deployments":[{"#,
        r#""id":"00000000-0000-0000-0000-000000000002","revisionId":"00000000-0000-0000-0000-000000000003","#,
        r#""registryAuth":{"registry.example.com":{"username":"u","password":"hidden-p"}},"logsEnabled":false,"#,
        r#""forceRestart":false,"composeFile":"bmFtZTogYQo=","envFile":"QT1oaWRkZW4=","dockerType":"compose","#,
        r#""imageCleanupEnabled":false,"keepVolumes":true,"releaseName":"","chartUrl":"","chartName":"","chartVersion":"","#,
        r#""values":{"big":12345678901234567890123},"ignoreRevisionSkew":false,"helmOptions":{"timeout":"5m0s","#,
        r#""waitStrategy":"watcher","rollbackOnFailure":true,"cleanupOnFailure":true,"forceConflicts":false}}]}"#,
    );

    #[test]
    fn a_resource_survives_the_way_through() {
        let read: AgentResource = serde_json::from_str(RESOURCE).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), RESOURCE);
        let deployment = &read.deployments.as_ref().unwrap()[0];
        assert_eq!(deployment.compose_file.as_ref().unwrap().0, b"name: a\n");
        assert_eq!(deployment.helm_options.as_ref().unwrap().timeout.nanoseconds(), 300_000_000_000);
    }

    #[test]
    fn nothing_secret_is_printed_for_debugging() {
        let read: AgentResource = serde_json::from_str(RESOURCE).unwrap();
        let deployment = &read.deployments.unwrap()[0];
        let printed = format!("{:?} {:?}", deployment.registry_auth, deployment.env_file);
        assert!(printed.contains("\"u\"") && !printed.contains("hidden"), "{printed}");
        assert!(!printed.contains("104, 105"), "{printed}");
        let login: LoginResponse = serde_json::from_str(r#"{"token":"hidden"}"#).unwrap();
        assert!(!format!("{login:?}").contains("hidden"));
    }

    #[test]
    fn what_older_sides_leave_out_has_a_safe_meaning() {
        let bare = concat!(
            r#"{"id":"00000000-0000-0000-0000-000000000002","revisionId":"00000000-0000-0000-0000-000000000003","#,
            r#""registryAuth":null,"envFile":null,"values":null}"#,
        );
        let deployment: AgentDeployment = serde_json::from_str(bare).unwrap();
        assert!(deployment.keep_volumes);
        assert!(deployment.docker_type.is_none() && deployment.registry_auth.is_none());
        assert!(deployment.values.is_none() && deployment.env_file.is_none());
    }

    #[test]
    fn ok_of_old_agents_means_running() {
        let text = r#"{"revisionId":"00000000-0000-0000-0000-000000000003","type":"ok","message":"up"}"#;
        let status: AgentStatus = serde_json::from_str(text).unwrap();
        assert_eq!(status.r#type, DeploymentStatusType::Running);
        assert!(serde_json::to_string(&status).unwrap().contains(r#""type":"running""#));
    }
}
