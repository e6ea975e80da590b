//! What can go wrong with another registry, in words for the vendor who named it.

use std::error::Error as StdError;
use std::time::Duration;

use grantry_oci::digest::Digest;
use grantry_oci::manifest::ManifestError;

/// The error of the HTTP client, kept for the log. It holds no URL, since those may be signed.
pub type Source = Box<dyn StdError + Send + Sync + 'static>;

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// A failed request to a registry. What the registry does not have is no error.
///
/// The text never repeats its source, and never a secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not let us in: somebody has to change the settings.
    #[error("{host} refuses access: {reason}")]
    Refused {
        /// Who refuses.
        host: String,
        /// Why, as far as it can be told.
        reason: Refusal,
    },
    /// It was asked too often.
    #[error("{host} takes no more requests for now")]
    RateLimited {
        /// Who was asked.
        host: String,
        /// How long it wants to be left alone, if it says so.
        retry_after: Option<Duration>,
    },
    /// It can't serve now. Trying again may help.
    #[error("{host} is not available: {reason}")]
    Unavailable {
        /// Who is not available.
        host: String,
        /// What happened.
        reason: Outage,
        /// The words of the HTTP client.
        #[source]
        source: Option<Source>,
    },
    /// It answered what no registry should.
    #[error("{host} gave an answer that can't be used: {reason}")]
    Malformed {
        /// Who answered.
        host: String,
        /// What is wrong with the answer.
        reason: Defect,
    },
    /// Its address is private or reserved, and not allowed. Nothing was sent there.
    #[error("the address of {host} is private or reserved, and the operator of the hub has not allowed it")]
    Forbidden {
        /// Whose address it is.
        host: String,
    },
}

/// Why a registry does not let us in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It shows the artifact to nobody unknown, or has no such artifact and does not say so.
    #[error("it wants credentials, and none are configured")]
    Anonymous,
    /// The credentials are wrong, or may not read the artifact.
    #[error("it does not accept the credentials for this artifact")]
    Credentials,
    /// A 403: the artifact may not be read.
    #[error("reading this artifact is not permitted")]
    Denied,
    /// Its token server belongs to somebody else. No credentials were sent there.
    #[error("it wants the credentials sent to {realm}, which is not known to belong to it")]
    ForeignRealm {
        /// The host of the token server.
        realm: String,
    },
    /// It wants to be told who asks in a way that is not known here.
    #[error("it asks for neither a token nor a user name and a password")]
    UnknownScheme,
}

/// Why a registry can't serve now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Outage {
    /// Its name has no address.
    #[error("its name can't be resolved")]
    Unresolved,
    /// Nothing listens there.
    #[error("no connection can be made")]
    Unreachable,
    /// Its certificate is not trusted, or it speaks no TLS.
    #[error("no secure connection can be made; check its certificate")]
    Insecure,
    /// It fell silent.
    #[error("it took too long to answer")]
    TimedOut,
    /// It hung up in the middle.
    #[error("the connection broke off")]
    Interrupted,
    /// It says so itself.
    #[error("it answered with status {0}")]
    Status(u16),
    /// The storage that the registry redirects to does not accept what the registry signed.
    #[error("the registry redirects there, and it refused with status {0}")]
    Storage(u16),
}

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Defect {
    /// A status that has no meaning here.
    #[error("status {0} was not expected")]
    Status(u16),
    /// Nothing answers as a registry does.
    #[error("there is no registry")]
    NoRegistry,
    /// More bytes than such an answer may have.
    #[error("it is larger than {limit} bytes")]
    TooLarge {
        /// The most it may have.
        limit: usize,
    },
    /// The content is not what was asked for, or not what the registry says it is.
    #[error("{0}")]
    Digest(Box<DigestMismatch>),
    /// It is compressed although that was not asked for, so that no digest fits.
    #[error("it is encoded as {0}")]
    Encoded(String),
    /// The manifest is none.
    #[error("{0}")]
    Manifest(#[from] ManifestError),
    /// Not the JSON that it should be.
    #[error("it is not the JSON of {0}")]
    Json(&'static str),
    /// A redirection that leads nowhere, or out of TLS.
    #[error("{0}")]
    Redirect(&'static str),
    /// The token server's address can't be used.
    #[error("the address of its token server is not an https URL")]
    Realm,
    /// The token can't be sent in a header.
    #[error("the token has characters that no token has")]
    Token,
    /// A next page that is not of the same registry.
    #[error("the next page of the list is not on the same server")]
    Link,
}

/// Content, or what a registry says about it, that is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("its digest is {actual}, not {expected}")]
pub struct DigestMismatch {
    /// As asked for or announced.
    pub expected: Digest,
    /// As computed, or as announced instead.
    pub actual: Digest,
}

impl Defect {
    pub(crate) fn digest(expected: Digest, actual: Digest) -> Self {
        Self::Digest(Box::new(DigestMismatch { expected, actual }))
    }
}
