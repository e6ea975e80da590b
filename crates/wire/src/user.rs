//! Users and members.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Time;

/// A member.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The user's id.
    pub id: Uuid,
    /// When the account was made.
    pub created_at: Time,
    /// Their address.
    pub email: String,
    /// Whether they have set a password by the link that was sent to the address.
    pub email_verified: bool,
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether a second factor is set up; never yet.
    pub mfa_enabled: bool,
    /// `admin`, `read_write` or `read_only`.
    pub user_role: String,
    /// When they joined the organization.
    pub joined_org_at: Time,
    /// The customer whose member they are; absent for the vendor's staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_organization_id: Option<Uuid>,
}

/// Somebody to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InviteRequest {
    /// Their address.
    pub email: String,
    /// Their name.
    #[serde(default)]
    pub name: Option<String>,
    /// `admin`, `read_write` or `read_only`.
    pub user_role: String,
    /// The customer they join; the staff without. Members of a customer invite to their own.
    #[serde(default)]
    pub customer_organization_id: Option<Uuid>,
}

/// A new member.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// The member.
    pub user: User,
    /// The link by which they set a password, shown this once; empty if they can sign in already.
    pub invite_url: String,
}

/// A member's new role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateUserRequest {
    /// `admin`, `read_write` or `read_only`.
    pub user_role: String,
}

/// Changes to the own account; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateAccountRequest {
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// A new password; needs the current one.
    #[serde(default)]
    #[schema(format = Password)]
    pub password: Option<String>,
    /// The current password.
    #[serde(default)]
    #[schema(format = Password)]
    pub current_password: Option<String>,
}
