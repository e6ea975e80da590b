//! Ids. Every id is a type of its own, so that a customer's id can't be passed where a user's is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An id that is not a UUID in its canonical, hyphenated form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID")]
pub struct InvalidId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                // The parser also takes braces, a URN or no hyphens; an id has one spelling here.
                if text.len() != uuid::fmt::Hyphenated::LENGTH {
                    return Err(InvalidId);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidId)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )*};
}

ids! {
    /// A vendor's tenant of the hub.
    OrganizationId;
    /// A buyer in an organization.
    CustomerId;
    /// A person with an account.
    UserId;
    /// A signed-in browser or API client.
    SessionId;
    /// A credential for scripts, made by a member.
    AccessTokenId;
    /// A named license record.
    LicenseKeyId;
    /// One immutable content of a license key.
    RevisionId;
    /// A key pair that signs license tokens.
    SigningKeyId;
    /// An entry of the audit log.
    AuditEventId;
    /// A repository of the registry.
    ArtifactId;
    /// A manifest in an artifact; `versions[].id` of an artifact on the wire.
    ManifestId;
    /// A tag of an artifact.
    TagId;
    /// The stored bytes of a blob.
    BlobId;
    /// A customer's grant on artifacts.
    ArtifactEntitlementId;
    /// A counted pull.
    PullId;
    /// What agents deploy.
    ApplicationId;
    /// An immutable version of an application.
    ApplicationVersionId;
    /// A Markdown document of a version.
    ResourceId;
    /// A customer's grant on versions of an application.
    ApplicationEntitlementId;
    /// A small image that a member uploaded.
    FileId;
    /// A value that templates read.
    SecretId;
    /// An environment that an agent works in.
    DeploymentTargetId;
    /// One application at a deployment target.
    DeploymentId;
    /// One desired state of a deployment.
    DeploymentRevisionId;
    /// What an agent said of a deployment.
    StatusId;
    /// A line of a log.
    LogLineId;
}
