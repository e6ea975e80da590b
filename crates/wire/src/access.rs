//! What customers may reach, and why.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Time;
use crate::application_entitlement::ApplicationScope;
use crate::artifact_entitlement::Scope;

/// Why a customer may or may not pull an artifact, or deploy an application, now.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessExplanation {
    /// Whether it may.
    pub allowed: bool,
    /// Why: `unrestricted`, `granted`, `feature_off`, `no_entitlement`, `outside_scope`, `entitlement_expired` or `unknown`.
    pub code: String,
    /// The same as a sentence.
    pub sentence: String,
    /// By what it is granted: of an artifact `manifest`, `tag`, `range`, `pattern` or `all`; of an application `chosen`, `current`,
    /// `range`, `published_until` or `all`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The entitlement that grants it, granted it, or grants other things of the artifact or application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entitlement: Option<NamedEntitlement>,
    /// What the entitlement grants of the artifact or application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<ExplainedScope>,
    /// Until when it is granted, or was; absent: without end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// The tag through which a digest is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
}

/// What an entitlement grants.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum ExplainedScope {
    /// Tags of an artifact.
    Artifact(Scope),
    /// Versions of an application.
    Application(ApplicationScope),
}

/// An entitlement that is named.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedEntitlement {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// What a customer sees now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sight {
    /// `feature_off`: nothing; `everything`; or `granted`: what is listed.
    pub sees: String,
    /// Artifacts of which something is granted, by name; empty if applications were asked for.
    pub artifacts: Vec<SeenArtifact>,
    /// Applications of which something is granted, by name; empty if artifacts were asked for.
    pub applications: Vec<SeenApplication>,
}

/// An application of which a customer sees something.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeenApplication {
    /// The application.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// How many of its versions the customer sees.
    pub seen_version_count: u64,
    /// How many it has.
    pub version_count: u64,
    /// The newest that it sees, at most twenty.
    pub versions: Vec<SeenVersion>,
}

/// A version that a customer sees.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeenVersion {
    /// The version.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Since when it is archived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<Time>,
    /// The entitlement that grants it; of several, the one that ends last.
    pub entitlement: NamedEntitlement,
}

/// An artifact of which a customer sees something.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeenArtifact {
    /// The artifact.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// How many of its tags the customer sees.
    pub seen_tag_count: u64,
    /// How many it has.
    pub tag_count: u64,
    /// The newest that it sees, at most twenty.
    pub tags: Vec<SeenTag>,
}

/// A tag that a customer sees.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeenTag {
    /// Its name.
    pub name: String,
    /// The entitlement that grants it; of several, the one that ends last.
    pub entitlement: NamedEntitlement,
}
