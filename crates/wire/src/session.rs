//! Sessions.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Time;

/// A signed-in browser or client of the caller.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Its id.
    pub id: Uuid,
    /// When they signed in.
    pub created_at: Time,
    /// When it was last used, to the minute.
    pub last_used_at: Time,
    /// When it ends unless it is used.
    pub expires_at: Time,
    /// The network address they signed in from.
    pub address: String,
    /// The browser, as it names itself.
    pub user_agent: String,
    /// Whether it is the one that asks.
    pub current: bool,
}
