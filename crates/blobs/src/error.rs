//! What can go wrong with stored bytes, in words that an operation or an operator can act on.

use std::error::Error as StdError;

use grantry_oci::digest::Digest;

/// The error of the file system or of the S3 client, kept for the log.
pub type Source = Box<dyn StdError + Send + Sync + 'static>;

/// A failed storage operation.
///
/// The text never repeats its source; the whole chain belongs in the log only.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no blob under this key.
    #[error("the blob is not in the storage")]
    NotFound,
    /// The blob is shorter than the range that was asked for: the storage lost bytes.
    #[error("the stored blob is shorter than it should be")]
    Truncated,
    /// The upload that is read while it goes on has come to nothing.
    #[error("the blob did not come whole")]
    Unfinished,
    /// What was uploaded has another digest than the client named. The upload is over, nothing of it is kept.
    #[error("the uploaded bytes have the digest {actual}")]
    DigestMismatch {
        /// Their digest, by the algorithm of the one that the client named.
        actual: Digest,
    },
    /// The bytes uploaded so far are gone; the client has to begin anew.
    #[error("the bytes of the unfinished upload are gone")]
    UploadLost,
    /// The progress is not the latest one: another request has taken the upload further.
    #[error("the upload has been continued elsewhere")]
    Stale,
    /// Another request is writing to this upload right now.
    #[error("the upload is being written by another request")]
    Busy,
    /// The saved progress is not one that this program wrote.
    #[error("the saved progress of the upload can't be read")]
    Progress,
    /// The blob is larger than the storage can take.
    #[error("the blob is larger than the storage takes")]
    TooLarge,
    /// No space left. What was acknowledged is kept; the same request works once there is space.
    #[error("the blob storage has no space left; free some, or make it larger")]
    Full(#[source] Source),
    /// The storage can't serve now. Trying again may help.
    #[error("{reason}")]
    Unavailable {
        /// What an operator should look at.
        reason: Unavailable,
        /// The words of the file system or of the server.
        #[source]
        source: Source,
    },
    /// The setting does not name a storage.
    #[error("the blob storage setting can't be used: {0}")]
    Setting(String),
}

impl Error {
    pub(crate) fn unavailable(reason: Unavailable, source: impl Into<Source>) -> Self {
        Self::Unavailable { reason, source: source.into() }
    }
}

/// Why the storage can't serve now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unavailable {
    /// The S3 server can't be reached, or answers with errors of its own.
    #[error("the S3 server can't be reached or is failing; check its endpoint and its health")]
    Unreachable,
    /// The S3 server refused the credentials.
    #[error(
        "the S3 server refused the request; check the access key, the secret, the region and the policy of the bucket"
    )]
    Refused,
    /// The bucket does not exist.
    #[error("the S3 bucket does not exist")]
    NoBucket,
    /// The folder may not be written or read.
    #[error(
        "the blob folder may not be accessed; check its owner, its permissions and whether it is mounted read-only"
    )]
    Permission,
    /// The file system failed, or the folder is gone.
    #[error(
        "the blob folder could not be read or written; check that it exists and that its disk is healthy"
    )]
    Io,
}
