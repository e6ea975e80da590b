//! Why a token is refused.

use thiserror::Error;

use crate::claims::Claims;
use crate::jws::Unproven;
use crate::member::Malformed;

/// Why a token is refused, in the order of the checks. Every language has the same errors under the same names.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// Not a license token at all, or not in its one canonical form.
    #[error("this is not a license token")]
    Malformed,
    /// Signed with another algorithm than EdDSA, not signed, or with an extension that is not known.
    #[error("the token uses an algorithm or extension that is not supported")]
    UnsupportedAlgorithm,
    /// The token names a key that is not in the set.
    #[error("the token was signed with a key that is not known")]
    UnknownKey,
    /// No known key made the signature: the token was changed or forged.
    #[error("the signature of the token is wrong")]
    BadSignature,
    /// The token is not for license checks.
    #[error("the token is for something else than a license check")]
    WrongAudience,
    /// Another hub made the token.
    #[error("the token comes from another issuer")]
    WrongIssuer,
    /// The token is another vendor's.
    #[error("the token belongs to another organization")]
    WrongOrganization,
    /// The license does not hold yet.
    #[error("the license is not valid yet")]
    NotYetValid,
    /// The license and its grace period are over. The claims are genuine and can be shown.
    #[error("the license has expired")]
    Expired(Box<Claims>),
    /// A later revision of the license is known.
    #[error("the license was replaced by a later revision")]
    Superseded,
    /// The revocation list names the token.
    #[error("the license was revoked")]
    Revoked,
}

impl VerifyError {
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
            Self::NotYetValid => "not_yet_valid",
            Self::Expired(_) => "expired",
            Self::Superseded => "superseded",
            Self::Revoked => "revoked",
        }
    }
}

impl From<Malformed> for VerifyError {
    fn from(Malformed: Malformed) -> Self {
        Self::Malformed
    }
}

impl From<Unproven> for VerifyError {
    fn from(unproven: Unproven) -> Self {
        match unproven {
            Unproven::UnsupportedAlgorithm => Self::UnsupportedAlgorithm,
            Unproven::UnknownKey => Self::UnknownKey,
            Unproven::BadSignature => Self::BadSignature,
        }
    }
}
