//! The version of the agent that targets should have: the hub's own, since both are released together.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// A version of the agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentVersion {
    /// Its id, the same at every hub of this version.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// When it was made known.
    pub created_at: DateTime<Utc>,
}

/// The version that agents should have.
pub fn current() -> AgentVersion {
    of(env!("CARGO_PKG_VERSION"))
}

/// The version of this name.
pub fn of(name: &str) -> AgentVersion {
    let digest = Sha256::new().chain_update("agent version ").chain_update(name).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    // The hub keeps no table of versions, and clients expect a time.
    AgentVersion {
        id: Builder::from_custom_bytes(bytes).into_uuid(),
        name: name.to_owned(),
        created_at: DateTime::UNIX_EPOCH,
    }
}
