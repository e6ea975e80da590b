//! Pulls: what was pulled from the registry, by whom and when.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::id::{ArtifactId, CustomerId, ManifestId, PullId, UserId};

/// A pull, with the names of its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    /// Its id.
    pub id: PullId,
    /// When.
    pub at: DateTime<Utc>,
    /// Of which artifact.
    pub artifact: ArtifactId,
    /// What it was called.
    pub artifact_name: String,
    /// Whether it is still there.
    pub artifact_exists: bool,
    /// When it was created, if it is still there.
    pub artifact_created_at: Option<DateTime<Utc>>,
    /// The manifest.
    pub manifest: ManifestId,
    /// When it was pushed, if it is still there.
    pub pushed_at: Option<DateTime<Utc>>,
    /// By what it was asked for: a tag or a digest.
    pub reference: String,
    /// The manifest's digest.
    pub digest: String,
    /// The manifest's media type.
    pub media_type: String,
    /// The customer whose member pulled; `None` for the vendor's staff.
    pub customer: Option<CustomerId>,
    /// What it was called.
    pub customer_name: Option<String>,
    /// Whether it is still there.
    pub customer_exists: bool,
    /// Who pulled.
    pub user: Option<UserId>,
    /// What they were called.
    pub user_name: String,
    /// Their address.
    pub user_email: String,
    /// The network address.
    pub address: String,
    /// The client, as it named itself.
    pub user_agent: String,
}

/// Which pulls are wanted; all without any condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PullFilter {
    /// Only before this moment.
    pub before: Option<DateTime<Utc>>,
    /// Only from this moment on.
    pub after: Option<DateTime<Utc>>,
    /// Only of this customer's members.
    pub customer: Option<CustomerId>,
    /// Only of this user.
    pub user: Option<UserId>,
    /// Only from network addresses that begin so.
    pub address: Option<String>,
    /// Only from this network address.
    pub whole_address: Option<String>,
    /// Only of this artifact.
    pub artifact: Option<ArtifactId>,
    /// Only of this manifest, or by this tag.
    pub version: Option<Uuid>,
}

/// How often something was pulled by somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullCount {
    /// The artifact.
    pub artifact: ArtifactId,
    /// The customer; `None` for the vendor's staff.
    pub customer: Option<CustomerId>,
    /// What it is called, or was when it was still there.
    pub customer_name: Option<String>,
    /// How often.
    pub count: u64,
}

/// How often something of an artifact was pulled by whom and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullTally {
    /// The artifact.
    pub artifact: ArtifactId,
    /// The manifest.
    pub manifest: ManifestId,
    /// By what it was asked for.
    pub reference: String,
    /// The customer; `None` for the vendor's staff.
    pub customer: Option<CustomerId>,
    /// The user.
    pub user: Option<UserId>,
    /// How often.
    pub count: u64,
}

/// A thing by which pulls can be filtered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullOption {
    /// Its id.
    pub id: Uuid,
    /// What it is called, or was when it was pulled last.
    pub name: String,
}
