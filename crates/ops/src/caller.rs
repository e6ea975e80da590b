//! Who calls an operation, and from where.

use grantry_model::actor::Actor;

/// A member who calls, by the network address the request came from.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The member.
    pub actor: Actor,
    /// The address, for the audit log.
    pub address: String,
}

/// A browser or client that nobody has signed in with yet.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    /// The network address the request came from.
    pub address: String,
    /// The browser, as it names itself.
    pub user_agent: String,
}
