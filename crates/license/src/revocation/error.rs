//! Why a revocation list is refused.

use thiserror::Error;

use crate::jws::Unproven;
use crate::member::Malformed;

/// Why a revocation list is refused, in the order of the checks; the names are those of a token's errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ListError {
    /// Not a revocation list at all, or not in its one canonical form.
    #[error("this is not a revocation list")]
    Malformed,
    /// Signed with another algorithm than EdDSA, not signed, or with an extension that is not known.
    #[error("the revocation list uses an algorithm or extension that is not supported")]
    UnsupportedAlgorithm,
    /// The list names a key that is not in the set.
    #[error("the revocation list was signed with a key that is not known")]
    UnknownKey,
    /// No known key made the signature.
    #[error("the signature of the revocation list is wrong")]
    BadSignature,
    /// The document is for something else.
    #[error("the document is not meant as a revocation list")]
    WrongAudience,
    /// Another hub made the list.
    #[error("the revocation list comes from another issuer")]
    WrongIssuer,
    /// The list is another vendor's.
    #[error("the revocation list belongs to another organization")]
    WrongOrganization,
    /// The list is too old; a newer one is due.
    #[error("the revocation list has expired")]
    Expired,
    /// A later list was accepted before.
    #[error("the revocation list was replaced by a later one")]
    Superseded,
}

impl ListError {
    /// The name of this error in every language and in the test vectors.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnsupportedAlgorithm => "unsupported_algorithm",
            Self::UnknownKey => "unknown_key",
            Self::BadSignature => "bad_signature",
            Self::WrongAudience => "wrong_audience",
            Self::WrongIssuer => "wrong_issuer",
            Self::WrongOrganization => "wrong_organization",
            Self::Expired => "expired",
            Self::Superseded => "superseded",
        }
    }
}

impl From<Malformed> for ListError {
    fn from(Malformed: Malformed) -> Self {
        Self::Malformed
    }
}

impl From<Unproven> for ListError {
    fn from(unproven: Unproven) -> Self {
        match unproven {
            Unproven::UnsupportedAlgorithm => Self::UnsupportedAlgorithm,
            Unproven::UnknownKey => Self::UnknownKey,
            Unproven::BadSignature => Self::BadSignature,
        }
    }
}
