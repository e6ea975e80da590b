//! Artifact entitlements.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Time;

/// What a customer may pull from the organization's registry.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactEntitlement {
    /// Its id.
    pub id: Uuid,
    /// When it was created.
    pub created_at: Time,
    /// Its name, unique for the customer without regard to case.
    pub name: String,
    /// It grants nothing from then on; absent: it does not end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// The customer that it entitles.
    pub customer_organization_id: Uuid,
    /// What it grants, in order.
    pub artifacts: Vec<ArtifactGrant>,
}

/// One artifact of an entitlement.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactGrant {
    /// The artifact.
    pub artifact_id: Uuid,
    /// What it is called.
    pub artifact_name: String,
    /// The ids of granted versions, and of granted tags that exist; empty if it grants all, or by a pattern or range.
    pub version_ids: Vec<Uuid>,
    /// Which of its tags are granted.
    pub scope: Scope,
}

/// Which tags of an artifact are granted.
#[derive(Debug, Serialize, ToSchema)]
pub struct Scope {
    /// `chosen`: these tags, and the versions in `versionIds`; `current`: the tags that there were when it was saved; `all`: all
    /// tags, present and future; `pattern`, `range`: the tags that match the expression.
    pub kind: String,
    /// The names of the granted tags.
    pub tags: Vec<String>,
    /// The pattern (`2.*`, `release-?`) or the range of versions (`>=2, <3`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
}

/// An artifact entitlement to be created, or what one is to be from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactEntitlementRequest {
    /// Its name.
    pub name: String,
    /// When it ends; never, if it is absent. A time in the past ends it now.
    #[serde(default)]
    pub expires_at: Option<Time>,
    /// The customer that it entitles; required.
    #[serde(default)]
    pub customer_organization_id: Option<Uuid>,
    /// What it grants, each artifact once; at least one.
    #[serde(default)]
    pub artifacts: Option<Vec<ArtifactGrantRequest>>,
}

/// One artifact of an entitlement to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactGrantRequest {
    /// The artifact.
    pub artifact_id: Uuid,
    /// Ids of versions, which are granted whatever their tags, or of tags, which are granted by their name.
    #[serde(default)]
    pub version_ids: Option<Vec<Uuid>>,
    /// Which of its tags are granted. Without: the `versionIds`, or all tags, present and future, if there are none. A change
    /// without it leaves a scope as it is that `versionIds` did not say.
    #[serde(default)]
    pub scope: Option<ScopeRequest>,
}

/// Which tags of an artifact are to be granted.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ScopeRequest {
    /// `chosen`, `current`, `all`, `pattern` or `range`.
    pub kind: String,
    /// Names of tags, for `chosen`. They must exist, or have been chosen before.
    #[serde(default)]
    pub tags: Option<Vec<String>>,
    /// The pattern or range.
    #[serde(default)]
    pub expression: Option<String>,
}
