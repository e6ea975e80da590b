//! What an operation can answer instead of its result; the same for all operations and all surfaces.

use std::fmt;
use std::time::Duration;

use grantry_blobs::error::Error as StorageError;
use grantry_model::field::{FieldError, Invalid};
use grantry_model::policy::Denied;
use grantry_store::error::Error as StoreError;

use crate::deployment::affected::Affected;

/// The result of an operation.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an operation did nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or the credential is not valid (any more).
    #[error("Sign in to do this.")]
    Unauthenticated,
    /// The policy refuses.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such thing for this caller.
    #[error("There is no {0} with this id.")]
    NotFound(Kind),
    /// Fields are not valid.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The state of things refuses.
    #[error("{}", .0.message)]
    Conflict(Conflict),
    /// Deployments stand in the way, or nobody confirmed yet what would become of them.
    #[error("{}", .0.message)]
    Affects(Affects),
    /// Too many tries.
    #[error("Too many tries. Wait {} seconds.", .retry_after.as_secs().max(1))]
    Throttled {
        /// When to try again.
        retry_after: Duration,
    },
    /// The database can't be reached or written for now.
    #[error("{reason}")]
    Unavailable {
        /// A sentence for the operator.
        reason: String,
    },
    /// A bug, or a database that somebody else has changed.
    #[error("Something went wrong inside the hub.")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An access token.
    AccessToken,
    /// An artifact.
    Artifact,
    /// An artifact entitlement.
    ArtifactEntitlement,
    /// A manifest, a version of an artifact.
    Manifest,
    /// A tag.
    Tag,
    /// A customer.
    Customer,
    /// A license key.
    LicenseKey,
    /// A revision of a license key.
    Revision,
    /// A member.
    Member,
    /// An organization.
    Organization,
    /// A session.
    Session,
    /// A one-time link.
    Link,
    /// A user, whatever their memberships.
    User,
    /// An application.
    Application,
    /// A version of an application.
    ApplicationVersion,
    /// An application entitlement.
    ApplicationEntitlement,
    /// A secret.
    Secret,
    /// A deployment target.
    DeploymentTarget,
    /// A deployment.
    Deployment,
    /// A revision of a deployment.
    DeploymentRevision,
    /// A file.
    File,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessToken => "access token",
            Self::Artifact => "artifact",
            Self::ArtifactEntitlement => "artifact entitlement",
            Self::Manifest => "version",
            Self::Tag => "tag",
            Self::Customer => "customer",
            Self::LicenseKey => "license key",
            Self::Revision => "revision",
            Self::Member => "member",
            Self::Organization => "organization",
            Self::Session => "session",
            Self::Link => "link",
            Self::User => "user",
            Self::Application => "application",
            Self::ApplicationVersion => "version",
            Self::ApplicationEntitlement => "application entitlement",
            Self::Secret => "secret",
            Self::DeploymentTarget => "deployment target",
            Self::Deployment => "deployment",
            Self::DeploymentRevision => "revision",
            Self::File => "file",
        })
    }
}

/// Why the state of things refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// A stable code that a program can act on.
    pub code: &'static str,
    /// A sentence that says what to do.
    pub message: String,
}

/// What deployments have to do with a change that was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affects {
    /// A sentence that says what to do.
    pub message: String,
    /// They; at least one.
    pub deployments: Vec<Affected>,
}

impl Error {
    /// A conflict.
    pub(crate) fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::Conflict(Conflict { code, message: message.into() })
    }

    pub(crate) fn internal(source: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Internal(Box::new(source))
    }
}

impl From<FieldError> for Error {
    fn from(error: FieldError) -> Self {
        Self::Invalid(error.into())
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { reason, .. } => Self::Unavailable { reason: sentence(reason) },
            StoreError::Text => {
                let message = "The text holds a NUL character, which can't be stored. Remove it.";
                FieldError::new("", "nul_character", message).into()
            }
            other => Self::internal(other),
        }
    }
}

impl From<StorageError> for Error {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Unavailable { reason, .. } => Self::Unavailable { reason: sentence(reason) },
            full @ StorageError::Full(_) => Self::Unavailable { reason: sentence(full) },
            other => Self::internal(other),
        }
    }
}

fn sentence(reason: impl fmt::Display) -> String {
    let mut text = reason.to_string();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text.push_str(". Nothing was changed; try again later.");
    text
}

/// Turns the conflict with a unique index into an answer about a field.
pub(crate) trait OnConflict<T> {
    /// The error is `answer` if it is a conflict with `constraint`.
    fn on_conflict(self, constraint: &str, answer: impl FnOnce() -> Error) -> Result<T>;
}

impl<T> OnConflict<T> for std::result::Result<T, StoreError> {
    fn on_conflict(self, constraint: &str, answer: impl FnOnce() -> Error) -> Result<T> {
        self.map_err(|error| match &error {
            StoreError::Conflict { constraint: name, .. } if name == constraint => answer(),
            _ => error.into(),
        })
    }
}
