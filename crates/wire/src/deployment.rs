//! Deployments.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::agent::{DeploymentStatusType, DockerType, HelmOptions};
use crate::{Base64, Time};

/// A deployment with its newest revision.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentWithLatestRevision {
    /// Its id.
    pub id: Uuid,
    /// When it was created.
    pub created_at: Time,
    /// Where it runs.
    pub deployment_target_id: Uuid,
    /// The name of the Helm release; of Kubernetes only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release_name: Option<String>,
    /// The entitlement that it was deployed by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_entitlement_id: Option<Uuid>,
    /// How Docker runs it; of Docker only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docker_type: Option<DockerType>,
    /// Whether its volumes stay when it is undeployed.
    pub keep_volumes: bool,
    /// The newest revision's id.
    pub deployment_revision_id: Uuid,
    /// When that was made.
    pub deployment_revision_created_at: Time,
    /// Its number, from 1.
    pub revision: u32,
    /// What it runs.
    pub application_id: Uuid,
    /// What that is called.
    pub application_name: String,
    /// What it runs.
    pub application: DeployedApplication,
    /// The version.
    pub application_version_id: Uuid,
    /// What that is called.
    pub application_version_name: String,
    /// Where it is reached; empty if the version does not say.
    pub application_link: String,
    /// Helm values, as they were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values_yaml: Option<Base64>,
    /// The env file, as it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env_file_data: Option<Base64>,
    /// What the agent said last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest_status: Option<DeploymentRevisionStatus>,
    /// Whether containers are restarted even if nothing else changed.
    pub force_restart: bool,
    /// Whether a release that was changed behind the agent's back is upgraded all the same.
    pub ignore_revision_skew: bool,
    /// How Helm goes about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub helm_options: Option<HelmOptions>,
    /// Whether its customer's entitlement has expired: it runs on, but can't be changed.
    pub license_expired: bool,
    /// Why the hub can't tell the agent the newest revision; the agent keeps what it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub render_error: Option<String>,
}

/// The application of a deployment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeployedApplication {
    /// Its id.
    pub id: Uuid,
    /// When it was created.
    pub created_at: Time,
    /// Its name.
    pub name: String,
    /// `docker` or `kubernetes`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The image shown with its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_id: Option<Uuid>,
    /// Always null here.
    #[schema(value_type = Option<Vec<String>>)]
    pub versions: (),
}

/// What an agent said of a deployment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentRevisionStatus {
    /// Its id.
    pub id: Uuid,
    /// When it was first said.
    pub created_at: Time,
    /// The revision that it is about.
    pub deployment_revision_id: Uuid,
    /// How it goes.
    #[serde(rename = "type")]
    pub kind: DeploymentStatusType,
    /// In the agent's words.
    pub message: String,
    /// When it was last said, to the minute or so.
    pub until: Time,
}

/// A deployment to be made or changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentRequest {
    /// Where it runs.
    #[serde(default)]
    pub deployment_target_id: Option<Uuid>,
    /// The version to run.
    #[serde(default)]
    pub application_version_id: Option<Uuid>,
    /// The deployment that gets a new revision; without, one is made.
    #[serde(default)]
    pub deployment_id: Option<Uuid>,
    /// The entitlement to deploy by; without, the hub takes the one that grants the version.
    #[serde(default)]
    pub application_entitlement_id: Option<Uuid>,
    /// The name of the Helm release; required for Kubernetes, at the creation.
    #[serde(default)]
    pub release_name: Option<String>,
    /// How Docker runs it, at the creation; `compose` without.
    #[serde(default)]
    pub docker_type: Option<DockerType>,
    /// Helm values, a template; none without.
    #[serde(default)]
    pub values_yaml: Option<Base64>,
    /// The env file, a template; none without.
    #[serde(default)]
    pub env_file_data: Option<Base64>,
    /// Whether containers are restarted even if nothing else changed.
    #[serde(default)]
    pub force_restart: Option<bool>,
    /// Whether a release that was changed behind the agent's back is upgraded all the same; of Kubernetes only.
    #[serde(default)]
    pub ignore_revision_skew: Option<bool>,
    /// How Helm goes about it; as the agent does by default without.
    #[serde(default)]
    pub helm_options: Option<HelmOptions>,
    /// Whether its volumes stay when it is undeployed. Without: they stay, or it is as it was.
    #[serde(default)]
    pub keep_volumes: Option<bool>,
}

/// One revision of a deployment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentRevision {
    /// Its id.
    pub id: Uuid,
    /// When it was made.
    pub created_at: Time,
    /// Its number, from 1.
    pub revision: u32,
    /// The version.
    pub application_version_id: Uuid,
    /// What that is called.
    pub application_version_name: String,
    /// The name of the Helm release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release_name: Option<String>,
    /// How Docker runs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docker_type: Option<DockerType>,
    /// Helm values, as they were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values_yaml: Option<Base64>,
    /// The env file, as it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env_file_data: Option<Base64>,
    /// Whether containers were restarted even if nothing else changed.
    pub force_restart: bool,
    /// Whether a release that was changed behind the agent's back was upgraded all the same.
    pub ignore_revision_skew: bool,
    /// How Helm went about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub helm_options: Option<HelmOptions>,
    /// Who made it; absent if the vendor's staff did and a customer's member asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by: Option<RevisionAuthor>,
    /// Why the hub made it by itself; absent if somebody deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Who made a revision.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevisionAuthor {
    /// The user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// What they were called at the time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The customer whose member they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_organization_id: Option<Uuid>,
}

/// A revision to go back to.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RollbackRequest {
    /// Its number.
    pub revision: u32,
}

/// What who deploys should know before.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentPreview {
    /// What the version asks of its host beyond running containers.
    pub notices: Vec<Notice>,
    /// The secrets that its templates read, by key.
    pub secrets: Vec<String>,
    /// Whether they may read any secret.
    pub reads_any_secret: bool,
    /// The license keys that its templates read, by name or alias.
    pub license_keys: Vec<String>,
    /// Whether they may read any license key.
    pub reads_any_license_key: bool,
}

/// Something that who deploys should know.
#[derive(Debug, Serialize, ToSchema)]
pub struct Notice {
    /// A stable code.
    pub code: String,
    /// The line of the Compose file.
    pub line: usize,
    /// What it means.
    pub message: String,
}

/// A deployment that reads a license key or secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AffectedDeployment {
    /// Where it runs.
    pub deployment_target_id: Uuid,
    /// What that is called.
    pub deployment_target_name: String,
    /// Its id.
    pub deployment_id: Uuid,
    /// What it runs.
    pub application_name: String,
    /// Why it is not redeployed: `license_expired`, `not_entitled` or `not_renderable`; absent if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
}

/// The deployments that stand in the way of a change, or that it would redeploy.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AffectedDeployments {
    /// They.
    pub affected_deployments: Vec<AffectedDeployment>,
}
