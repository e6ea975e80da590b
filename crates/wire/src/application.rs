//! Applications and their versions.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Time;

/// What agents deploy.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// Its id.
    pub id: Uuid,
    /// When it was created.
    pub created_at: Time,
    /// Its name, unique in the organization without regard to case.
    pub name: String,
    /// `docker` or `kubernetes`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The image shown with its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_id: Option<Uuid>,
    /// Where that image is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// Its versions that the caller sees, the first one first. Empty where the application is only named.
    pub versions: Vec<ApplicationVersion>,
}

/// An immutable version of an application. Its files are read by themselves.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationVersion {
    /// Its id.
    pub id: Uuid,
    /// When it was created.
    pub created_at: Time,
    /// Since when it can't be deployed anew; absent: it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<Time>,
    /// Its name, unique in the application without regard to case.
    pub name: String,
    /// A template of the address at which a deployment is reached; may be empty.
    pub link_template: String,
    /// The application.
    pub application_id: Uuid,
    /// Where its Helm chart is: `repository` or `oci`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chart_type: Option<String>,
    /// The chart's name, in a chart repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chart_name: Option<String>,
    /// The address of the chart repository, or of the chart in a registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chart_url: Option<String>,
    /// The chart's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chart_version: Option<String>,
}

/// A Markdown document of a version.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplicationVersionResource {
    /// Its id.
    pub id: Uuid,
    /// The version.
    pub application_version_id: Uuid,
    /// What it is called.
    pub name: String,
    /// The Markdown.
    pub content: String,
    /// Whether customers read it.
    pub visible_to_customers: bool,
}

/// An application to be created.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CreateApplicationRequest {
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// `docker` or `kubernetes`; never changes.
    #[serde(default, rename = "type")]
    pub kind: String,
}

/// What an application is to be: only the name changes.
#[derive(Debug, Deserialize, ToSchema)]
pub struct UpdateApplicationRequest {
    /// The id, as in the address, if it is given.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// The name.
    pub name: String,
    /// The type, as it is, if it is given.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
}

/// Changes to an application; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PatchApplicationRequest {
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// Versions to archive or to bring back.
    #[serde(default)]
    pub versions: Option<Vec<PatchVersionRequest>>,
}

/// A version to archive, or to bring back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PatchVersionRequest {
    /// The version.
    pub id: Uuid,
    /// Since when it is archived; absent or null brings it back.
    #[serde(default)]
    pub archived_at: Option<Time>,
}

/// What a version is to be: only its name changes, and whether it is archived.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateVersionRequest {
    /// The id, as in the address, if it is given.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// The name.
    pub name: String,
    /// Since when it is archived; absent or null brings it back.
    #[serde(default)]
    pub archived_at: Option<Time>,
}

/// The form that adds a version, `multipart/form-data`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only describes the form; its parts are read one by one")]
pub struct CreateVersionForm {
    /// The version, as JSON.
    applicationversion: CreateVersionRequest,
    /// The Compose file of a Docker application; at most 100 KiB.
    #[schema(content_media_type = "application/yaml")]
    composefile: Option<String>,
    /// Helm values that each deployment's values are merged into, of a Kubernetes application; at most 100 KiB.
    #[schema(content_media_type = "application/yaml")]
    valuesfile: Option<String>,
    /// What a deployment's env file or values start from; at most 100 KiB.
    #[schema(content_media_type = "application/yaml")]
    templatefile: Option<String>,
}

/// A version to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateVersionRequest {
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// A template of the address at which a deployment is reached, from `.Env` and `.Values`.
    #[serde(default)]
    pub link_template: Option<String>,
    /// Where its Helm chart is: `repository` or `oci`.
    #[serde(default)]
    pub chart_type: Option<String>,
    /// The chart's name, in a chart repository.
    #[serde(default)]
    pub chart_name: Option<String>,
    /// The address of the chart repository, or of the chart in a registry.
    #[serde(default)]
    pub chart_url: Option<String>,
    /// The chart's version.
    #[serde(default)]
    pub chart_version: Option<String>,
    /// Markdown documents.
    #[serde(default)]
    pub resources: Option<Vec<CreateResourceRequest>>,
}

/// A document of a version to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateResourceRequest {
    /// What it is called.
    #[serde(default)]
    pub name: String,
    /// The Markdown.
    #[serde(default)]
    pub content: String,
    /// Whether customers read it.
    #[serde(default)]
    pub visible_to_customers: bool,
}
