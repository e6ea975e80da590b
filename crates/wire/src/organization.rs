//! Organizations, and where the caller is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Time;
use crate::customer::CustomerOrganization;
use crate::user::User;

/// A vendor.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// Its id.
    pub id: Uuid,
    /// When it was created.
    pub created_at: Time,
    /// Its name.
    pub name: String,
    /// The first part of its registry paths.
    pub slug: String,
    /// What its plan includes, `licensing`, and what it allows itself, `artifact_version_mutable`.
    pub features: Vec<String>,
    /// Its plan: `community`, `trial`, `pro` or `enterprise`.
    pub subscription_type: String,
    /// When the plan ends; absent: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription_ends_at: Option<Time>,
    /// Whether tags of artifacts may move.
    pub artifact_version_mutable: bool,
    /// Whether customers see only the artifacts that they are entitled to; absent for a customer's member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifacts_restricted: Option<bool>,
    /// Whether customers see only the applications that they are entitled to; absent for a customer's member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applications_restricted: Option<bool>,
}

/// What an organization is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateOrganizationRequest {
    /// The name.
    pub name: String,
    /// The slug; absent or null keeps it.
    #[serde(default)]
    pub slug: Option<String>,
    /// Whether tags of artifacts may move; absent or null keeps it.
    #[serde(default)]
    pub artifact_version_mutable: Option<bool>,
    /// Whether customers see only the artifacts that they are entitled to; absent or null keeps it. Creating the first artifact
    /// entitlement switches it on.
    #[serde(default)]
    pub artifacts_restricted: Option<bool>,
    /// Whether customers see only the applications that they are entitled to; absent or null keeps it. Creating the first
    /// application entitlement switches it on.
    #[serde(default)]
    pub applications_restricted: Option<bool>,
}

/// A place that the caller can switch to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationWithUserRole {
    /// The organization.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What the caller may do there.
    pub user_role: String,
    /// The customer whose member they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_organization_id: Option<Uuid>,
    /// That customer's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_organization_name: Option<String>,
    /// When they joined.
    pub joined_org_at: Time,
}

/// Who the caller is and where.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Context {
    /// The caller.
    pub user: User,
    /// The organization they act in.
    pub organization: Organization,
    /// The customer whose member they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_organization: Option<CustomerOrganization>,
    /// Where they can switch to.
    pub available_contexts: Vec<OrganizationWithUserRole>,
    /// Whether they may add an organization to the hub; the operator's command does that.
    pub can_create_organization: bool,
}
