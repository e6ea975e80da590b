//! Signing in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Address and password.
#[derive(Deserialize, ToSchema)]
pub struct LoginRequest {
    /// The account's address, in any case.
    pub email: String,
    /// Its password.
    #[schema(format = Password)]
    pub password: String,
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoginResponse {
    /// For `Authorization: Bearer …`.
    pub token: String,
    /// Whether a second factor is asked for; never yet.
    pub requires_mfa: bool,
}

/// Where to go on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SwitchContextRequest {
    /// The organization to act in from now on.
    pub organization_id: Uuid,
}

/// Name and password of somebody who follows a link.
#[derive(Deserialize, ToSchema)]
pub struct AcceptInvitationRequest {
    /// What they want to be called.
    #[serde(default)]
    pub name: Option<String>,
    /// Their password from now on.
    #[schema(format = Password)]
    pub password: String,
}
