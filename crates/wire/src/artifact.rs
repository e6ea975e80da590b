//! Artifacts: the repositories of the registry.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{Time, present};

/// An artifact as the caller sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Artifact {
    /// Its id.
    pub id: Uuid,
    /// When it was created.
    pub created_at: Time,
    /// Its name, after the organization's slug.
    pub name: String,
    /// Where it is pulled through from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream_url: Option<String>,
    /// The user name with which it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream_username: Option<String>,
    /// How the hub shows there who it is: `basic`, or not at all if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream_auth_type: Option<String>,
    /// How many bytes of blobs it keeps of its upstream at most; those not pulled for longest go first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream_cache_limit: Option<u64>,
    /// After how many days without a pull a blob goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream_cache_days: Option<u32>,
    /// Every how many hours all its tags are compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upstream_sync_hours: Option<u32>,
    /// When its tags were compared last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_synced_at: Option<Time>,
    /// Why the last comparison failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_sync_error: Option<String>,
    /// When the last push was that the caller sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_pushed_at: Option<Time>,
    /// How many tags the caller sees.
    pub tag_count: u64,
    /// The tag that moved last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newest_tag: Option<String>,
    /// What it stands for; see `inferredType` of a version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inferred_type: Option<String>,
    /// The bytes of all its blobs, each once; only for who sees all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Until when the caller, a customer's member, sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// The image shown with its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_id: Option<Uuid>,
    /// Where that image is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// How often it was pulled.
    #[serde(flatten)]
    pub downloads: DownloadMetrics,
}

/// How often something was pulled, and by whom. A customer's member sees the pulls of their customer only.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DownloadMetrics {
    /// How often.
    pub downloads_total: u64,
    /// By how many users.
    pub downloaded_by_users_count: u64,
    /// By which.
    pub downloaded_by_users: Vec<Uuid>,
    /// By members of how many customers.
    pub downloaded_by_customer_organizations_count: u64,
    /// Of which.
    pub downloaded_by_customer_organizations: Vec<Uuid>,
}

/// An artifact with its versions.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArtifactWithVersions {
    /// The artifact.
    #[serde(flatten)]
    pub artifact: Artifact,
    /// Its manifests with a tag, those pushed last first.
    pub versions: Vec<TaggedArtifactVersion>,
}

/// A manifest with its tags.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaggedArtifactVersion {
    /// Its id.
    pub id: Uuid,
    /// When it was pushed.
    pub created_at: Time,
    /// Who pushed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pushed_by: Option<String>,
    /// Its digest.
    pub digest: String,
    /// Its media type.
    pub manifest_content_type: String,
    /// Its tags, by name.
    pub tags: Vec<ArtifactTag>,
    /// The bytes of all that a pull of it moves.
    pub size: u64,
    /// The platforms of an image.
    pub platforms: Vec<String>,
    /// Kinds of what is attached to it.
    pub attached_types: Vec<String>,
    /// What it is: `container-image`, `helm-chart`, `signature`, `attestation`, `sbom` or `generic`.
    pub inferred_type: String,
    /// How often it was pulled.
    #[serde(flatten)]
    pub downloads: DownloadMetrics,
}

/// A tag.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactTag {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// When it moved last.
    pub updated_at: Time,
    /// How often it was pulled by this name.
    pub downloads: DownloadMetrics,
}

/// An artifact to be made. One that is pushed to is also made by its first push.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateArtifactRequest {
    /// Its name.
    pub name: String,
    /// Where it is pulled through from, `host[:port]/repository`.
    #[serde(default)]
    pub upstream_url: Option<String>,
    /// With which credentials.
    #[serde(default)]
    pub upstream_auth: Option<UpstreamAuth>,
    /// How many bytes of blobs it keeps of its upstream at most; any number if it is absent.
    #[serde(default)]
    pub upstream_cache_limit: Option<u64>,
    /// After how many days without a pull a blob goes; never if it is absent.
    #[serde(default)]
    pub upstream_cache_days: Option<u32>,
    /// Every how many hours all its tags are compared; only on demand if it is absent.
    #[serde(default)]
    pub upstream_sync_hours: Option<u32>,
}

/// Changes to an artifact's upstream; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateArtifactRequest {
    /// Where it is pulled through from.
    #[serde(default)]
    pub upstream_url: Option<String>,
    /// With which credentials; null for none.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<UpstreamAuth>)]
    pub auth: Option<Option<UpstreamAuth>>,
    /// How many bytes of blobs it keeps of its upstream at most; null for any number.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u64>)]
    pub upstream_cache_limit: Option<Option<u64>>,
    /// After how many days without a pull a blob goes; null for never.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u32>)]
    pub upstream_cache_days: Option<Option<u32>>,
    /// Every how many hours all its tags are compared; null for only on demand.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u32>)]
    pub upstream_sync_hours: Option<Option<u32>>,
}

/// Credentials for another registry.
#[derive(Deserialize, ToSchema)]
pub struct UpstreamAuth {
    /// `basic`, also if it is absent.
    #[serde(rename = "type", default)]
    pub kind: Option<String>,
    /// The user name.
    #[serde(default)]
    pub username: Option<String>,
    /// The password; never shown again.
    #[serde(default)]
    pub password: Option<String>,
}

impl std::fmt::Debug for UpstreamAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UpstreamAuth").field("username", &self.username).finish_non_exhaustive()
    }
}
