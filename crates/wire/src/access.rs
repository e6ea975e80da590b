//! What customers may reach, and why.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Time;
use crate::artifact_entitlement::Scope;

/// Why a customer may or may not pull something now.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessExplanation {
    /// Whether it may.
    pub allowed: bool,
    /// Why: `unrestricted`, `granted`, `feature_off`, `no_entitlement`, `outside_scope`, `entitlement_expired` or `unknown`.
    pub code: String,
    /// The same as a sentence.
    pub sentence: String,
    /// By what it is granted: `manifest`, `tag`, `range`, `pattern` or `all`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The entitlement that grants it, granted it, or grants other things of the artifact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entitlement: Option<NamedEntitlement>,
    /// What the entitlement grants of the artifact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Until when it is granted, or was; absent: without end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// The tag through which a digest is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
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
pub struct ArtifactSight {
    /// `feature_off`: nothing; `everything`; or `granted`: the artifacts of the list.
    pub sees: String,
    /// Artifacts of which something is granted, by name.
    pub artifacts: Vec<SeenArtifact>,
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
