//! Pulls of artifacts.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Time;
use crate::customer::CustomerOrganization;

/// A pull, with the names of its time.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactPull {
    /// Its id.
    pub id: Uuid,
    /// When it was.
    pub created_at: Time,
    /// From which network address.
    pub remote_address: String,
    /// By which program, as it called itself.
    pub user_agent: String,
    /// The user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_account_id: Option<Uuid>,
    /// What they were called.
    pub user_account_name: String,
    /// Their address.
    pub user_account_email: String,
    /// The customer whose member they were; absent for the vendor's staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_organization_id: Option<Uuid>,
    /// What it was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_organization_name: Option<String>,
    /// The artifact.
    pub artifact: PulledArtifact,
    /// What was pulled of it.
    pub artifact_version: PulledVersion,
}

/// A pulled artifact.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PulledArtifact {
    /// Its id.
    pub id: Uuid,
    /// When it was created; absent if it was deleted since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Time>,
    /// What it was called.
    pub name: String,
}

/// A pulled manifest.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PulledVersion {
    /// The manifest's id.
    pub id: Uuid,
    /// When it was pushed; absent if it was deleted since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Time>,
    /// Always null; a manifest does not change.
    pub updated_at: Option<Time>,
    /// By what it was asked for: a tag or a digest.
    pub name: String,
    /// Its digest.
    pub manifest_blob_digest: String,
    /// Its media type.
    pub manifest_content_type: String,
    /// Its artifact.
    pub artifact_id: Uuid,
}

/// What pulls can be filtered by.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PullFilterOptions {
    /// Customers, by name.
    pub customer_organizations: Vec<PullFilterOption>,
    /// Users, by name.
    pub user_accounts: Vec<PullFilterOption>,
    /// Artifacts, by name.
    pub artifacts: Vec<PullFilterOption>,
    /// Network addresses; the first thousand.
    pub remote_addresses: Vec<String>,
}

/// Something that pulls can be filtered by.
#[derive(Debug, Serialize, ToSchema)]
pub struct PullFilterOption {
    /// Its id.
    pub id: Uuid,
    /// What it is called, or was.
    pub name: String,
}

/// Pulls day by day.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PullSeries {
    /// Who pulled, most first.
    pub customer_organizations: Vec<SeriesPart>,
    /// Days in UTC, the oldest first.
    #[schema(example = "[\"2026-11-24\"]")]
    pub days: Vec<String>,
}

/// One customer's pulls day by day.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeriesPart {
    /// The customer; absent for the vendor's staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// What it is called, or was; empty for the vendor's staff.
    pub name: String,
    /// Pulls of each day.
    pub counts: Vec<u64>,
}

/// What a customer pulled last.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArtifactsByCustomer {
    /// The customer.
    pub customer: CustomerOrganization,
    /// Its artifacts, each with the last pull.
    pub artifacts: Vec<LatestPull>,
}

/// The last pull of an artifact.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LatestPull {
    /// The artifact.
    pub artifact: PulledArtifact,
    /// The tag or digest that was pulled last.
    pub latest_pulled_version: String,
    /// When.
    pub latest_pulled_at: Time,
}
