//! Who acts.

use chrono::{DateTime, Utc};

use crate::customer::Feature;
use crate::id::{AccessTokenId, CustomerId, OrganizationId, SessionId, UserId};
use crate::plan::Subscription;
use crate::role::Role;

/// A member of an organization, acting in it with one of their credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub user: UserId,
    /// What they are called.
    pub name: String,
    /// Their address.
    pub email: String,
    /// The organization they act in.
    pub organization: OrganizationId,
    /// The organization's plan.
    pub subscription: Subscription,
    /// The customer whose member they are; `None` for the vendor's staff.
    pub customer: Option<CustomerId>,
    /// The sections that are open to them: what the vendor switched on for their customer, all for the vendor's staff.
    pub features: Vec<Feature>,
    /// What they may do: the lower of their role and their credential's ceiling.
    pub role: Role,
    /// How they showed who they are.
    pub credential: Credential,
}

/// How an actor showed who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// A session, in a browser's cookie or a client's header.
    Session(SessionId),
    /// An access token.
    AccessToken {
        /// Which one.
        id: AccessTokenId,
        /// Whether it has a ceiling of its own.
        limited: bool,
        /// From when on it is refused.
        expires_at: Option<DateTime<Utc>>,
    },
}

impl Credential {
    /// Whether the credential may do less than its owner.
    pub fn is_limited(self) -> bool {
        matches!(self, Self::AccessToken { limited: true, .. })
    }

    /// When the credential ends for good; a session goes on for as long as it is used.
    pub fn expires_at(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Session(_) => None,
            Self::AccessToken { expires_at, .. } => expires_at,
        }
    }
}

impl Actor {
    /// The side of the trade that the actor is on.
    pub fn side(&self) -> Side {
        if self.customer.is_some() { Side::Customer } else { Side::Vendor }
    }
}

/// A side of the trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The vendor's staff.
    Vendor,
    /// A customer's member.
    Customer,
}
