//! Sessions: signed-in browsers and API clients.

use chrono::{DateTime, TimeDelta, Utc};

use crate::id::SessionId;

/// How long a session lasts without being used.
pub const IDLE: TimeDelta = TimeDelta::days(14);

/// A signed-in browser or API client, as its owner sees it in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// When they signed in.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_used_at: DateTime<Utc>,
    /// When it ends if it is not used again.
    pub expires_at: DateTime<Utc>,
    /// The network address it was opened from.
    pub address: String,
    /// The browser, as it names itself.
    pub user_agent: String,
}
