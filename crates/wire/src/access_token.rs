//! Access tokens.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Time;

/// An access token to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateAccessTokenRequest {
    /// What to call it.
    #[serde(default)]
    pub label: Option<String>,
    /// From when on it is refused; never without.
    #[serde(default)]
    pub expires_at: Option<Time>,
    /// The most that it may do, at most what its maker may; follows the owner's role without.
    #[serde(default)]
    pub user_role: Option<String>,
}

/// An access token.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccessToken {
    /// Its id.
    pub id: Uuid,
    /// When it was made.
    pub created_at: Time,
    /// From when on it is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// When it was last used, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Time>,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The most that it may do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_role: Option<String>,
}

/// An access token that was just made.
#[derive(Serialize, ToSchema)]
pub struct CreatedAccessToken {
    /// The token.
    #[serde(flatten)]
    pub token: AccessToken,
    /// The secret. It is shown this once: absent when the answer to an `Idempotency-Key` is repeated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}
