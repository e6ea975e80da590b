//! The S3 client's errors in our words.

use object_store::Error as ClientError;

use crate::error::{Error, Unavailable};

/// Codes with which servers say that they have no room, or no room for us.
const FULL: &[&str] = &["StorageFull", "QuotaExceeded", "InsufficientStorage", "507 Insufficient Storage"];

/// Codes for parts and multipart uploads that somebody else has replaced or ended.
const LOST: &[&str] = &["NoSuchUpload", "InvalidPart<"];

/// The code for a bucket that does not exist. A blob that does not is another one.
const NO_BUCKET: &[&str] = &["NoSuchBucket"];

/// Statuses of a refusal, which the client does not tell apart in every request.
const REFUSED: &[&str] = &["401 Unauthorized", "403 Forbidden"];

/// What a failed request means where a missing object is not expected.
pub(super) fn storage_error(error: ClientError) -> Error {
    let said = error.to_string();
    let says = |codes: &[&str]| codes.iter().any(|code| said.contains(code));
    let reason = match &error {
        _ if says(LOST) => return Error::UploadLost,
        _ if says(FULL) => return Error::Full(error.into()),
        _ if says(REFUSED) => Unavailable::Refused,
        ClientError::PermissionDenied { .. } | ClientError::Unauthenticated { .. } => Unavailable::Refused,
        ClientError::NotFound { .. } => Unavailable::NoBucket,
        _ if says(NO_BUCKET) => Unavailable::NoBucket,
        _ => Unavailable::Unreachable,
    };
    Error::unavailable(reason, error)
}

/// What a failed request means where the object is a blob. A missing bucket is no missing blob.
pub(super) fn missing_is_not_found(error: ClientError) -> Error {
    match &error {
        ClientError::NotFound { .. } if !NO_BUCKET.iter().any(|code| error.to_string().contains(code)) => {
            Error::NotFound
        }
        _ => storage_error(error),
    }
}
