//! Deployment targets.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Time;
use crate::agent::AgentVersion;
use crate::deployment::DeploymentWithLatestRevision;

/// An environment that an agent works in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentTarget {
    /// Its id.
    pub id: Uuid,
    /// When it was created.
    pub created_at: Time,
    /// Its name, unique for its customer, or among the vendor's own, without regard to case.
    pub name: String,
    /// `docker` or `kubernetes`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The namespace; of Kubernetes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// How much of the cluster the agent may change, `cluster` or `namespace`; of Kubernetes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Whose it is; absent: the vendor's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_organization_id: Option<Uuid>,
    /// The version that the agent said it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reported_agent_version_id: Option<Uuid>,
    /// The name of that version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reported_agent_version: Option<String>,
    /// When the agent last asked what to run; absent before its first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Time>,
    /// Whether a connect command was made.
    pub connect_command_made: bool,
    /// Whether the agent measures the machine or cluster.
    pub metrics_enabled: bool,
    /// Whether images that nothing uses any more are deleted.
    pub image_cleanup_enabled: bool,
    /// Whether unhealthy containers are restarted.
    pub autoheal_enabled: bool,
    /// Whether the agent replaces itself by the version of the hub.
    pub automatic_updates_enabled: bool,
    /// Whether the agent collects the logs of what it deploys.
    pub deployment_logs_enabled: bool,
    /// Only lines from this moment on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_logs_after: Option<Time>,
    /// What the agent itself gets; of Kubernetes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<TargetResources>,
    /// The Docker engine's socket; of Docker only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docker_endpoint: Option<String>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_organization: Option<TargetCustomer>,
    /// What runs there, the oldest first.
    pub deployments: Vec<DeploymentWithLatestRevision>,
    /// The version that the agent should have.
    pub agent_version: AgentVersion,
}

/// The customer of a target.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TargetCustomer {
    /// Its id.
    pub id: Uuid,
    /// When it was created.
    pub created_at: Time,
    /// Whose customer it is.
    pub organization_id: Uuid,
    /// The image shown with its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_id: Option<Uuid>,
    /// Its name.
    pub name: String,
    /// What the Customer Portal offers it.
    pub features: Vec<String>,
}

/// What an agent in a cluster asks for and may use, in the words of Kubernetes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TargetResources {
    /// Processors that it asks for.
    #[schema(example = "100m")]
    pub cpu_request: String,
    /// Memory that it asks for.
    #[schema(example = "64Mi")]
    pub memory_request: String,
    /// Most processors.
    pub cpu_limit: String,
    /// Most memory.
    pub memory_limit: String,
}

/// A target to be created or changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentTargetRequest {
    /// Its name.
    pub name: String,
    /// `docker` or `kubernetes`; never changes.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// The namespace; required for Kubernetes; never changes.
    #[serde(default)]
    pub namespace: Option<String>,
    /// `cluster` or `namespace`; required for Kubernetes; never changes.
    #[serde(default)]
    pub scope: Option<String>,
    /// Whose it is to be; the vendor's own without. Never changes.
    #[serde(default)]
    pub customer_organization: Option<CustomerReference>,
    /// Whether the agent measures the machine or cluster.
    #[serde(default)]
    pub metrics_enabled: Option<bool>,
    /// Whether images that nothing uses any more are deleted; of Docker only.
    #[serde(default)]
    pub image_cleanup_enabled: Option<bool>,
    /// Whether unhealthy containers are restarted; of Docker only; never changes.
    #[serde(default)]
    pub autoheal_enabled: Option<bool>,
    /// Whether the agent replaces itself by the version of the hub; it does without.
    #[serde(default)]
    pub automatic_updates_enabled: Option<bool>,
    /// Whether the agent collects the logs of what it deploys.
    #[serde(default)]
    pub deployment_logs_enabled: Option<bool>,
    /// Only lines from this moment on.
    #[serde(default)]
    pub deployment_logs_after: Option<Time>,
    /// What the agent itself gets; of Kubernetes only.
    #[serde(default)]
    pub resources: Option<TargetResources>,
    /// The Docker engine's socket, `unix://` and an absolute path; of Docker only.
    #[serde(default)]
    pub docker_endpoint: Option<String>,
}

/// A customer by its id.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CustomerReference {
    /// The id.
    pub id: Uuid,
}

/// How an agent is connected to a target. The secret is shown once.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentTargetAccess {
    /// Where the agent's manifest is, for whoever knows the secret in it.
    pub connect_url: String,
    /// The target.
    pub target_id: Uuid,
    /// The secret: 32 digits of hexadecimal. The one before it is not good any more.
    pub target_secret: String,
    /// What to run at the target.
    pub connect_command: String,
}

/// What one side of the trade keeps in mind of a target.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentTargetNotes {
    /// Who changed it last.
    #[serde(rename = "updatedByUserAccountID", skip_serializing_if = "Option::is_none")]
    pub updated_by_user_account_id: Option<Uuid>,
    /// When; null if it was never written.
    pub updated_at: Option<Time>,
    /// Plain text.
    pub notes: String,
}

/// Notes to be kept.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DeploymentTargetNotesRequest {
    /// Plain text; empty for none.
    pub notes: String,
}
