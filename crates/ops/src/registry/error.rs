//! What the registry answers instead of a result.

use std::error::Error as StdError;

use grantry_blobs::error::Error as StorageError;
use grantry_oci::error::ErrorCode;
use grantry_oci::manifest::ManifestError;
use grantry_store::error::Error as StoreError;

use crate::error::Error as OpsError;

/// The result of an operation of the registry.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an operation of the registry did nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is known by the credential, or not any more.
    #[error("Sign in with an access token as the password; any user name will do.")]
    Unauthenticated,
    /// The token does not allow this, but its owner may get one that does.
    #[error("The token does not allow this. Ask for one that does.")]
    InsufficientScope,
    /// The request is refused, with a code that clients know and a sentence that they print.
    #[error("{message}")]
    Refused {
        /// The code; it decides the status.
        code: ErrorCode,
        /// The sentence.
        message: String,
    },
    /// Bytes do not follow on those received; the upload goes on where it is.
    #[error("The bytes do not follow on the {received} received so far.")]
    OutOfOrder {
        /// Bytes received so far.
        received: u64,
    },
    /// Another request is writing to the upload right now.
    #[error("Another request is writing to this upload.")]
    Busy {
        /// Bytes received so far.
        received: u64,
    },
    /// The client broke off, or was silent for too long.
    #[error("The body of the request broke off.")]
    Body(#[source] Box<dyn StdError + Send + Sync>),
    /// The storage of blobs fails for now.
    #[error(transparent)]
    Storage(StorageError),
    /// As of every other operation.
    #[error(transparent)]
    Hub(#[from] OpsError),
}

impl Error {
    /// A refusal in the words of the specification.
    pub(super) fn of(code: ErrorCode) -> Self {
        Self::Refused { code, message: code.descriptor().meaning.to_owned() }
    }

    /// A refusal in words of its own.
    pub(super) fn saying(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::Refused { code, message: message.into() }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Hub(error.into())
    }
}

impl From<StorageError> for Error {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::DigestMismatch { actual } => {
                let message = format!("The content has the digest {actual}. Nothing was stored.");
                Self::saying(ErrorCode::DigestInvalid, message)
            }
            StorageError::UploadLost | StorageError::Stale => Self::of(ErrorCode::BlobUploadUnknown),
            StorageError::TooLarge => {
                Self::saying(ErrorCode::SizeInvalid, "The blob is larger than the storage takes.")
            }
            other => Self::Storage(other),
        }
    }
}

impl From<ManifestError> for Error {
    fn from(error: ManifestError) -> Self {
        Self::saying(error.code(), error.to_string())
    }
}
