//! The file system's errors in our words.

use std::io::{self, ErrorKind};

use crate::error::{Error, Unavailable};

/// What a failed call means where a missing file is not expected.
pub(super) fn storage_error(error: io::Error) -> Error {
    match error.kind() {
        // A file that may not grow further has as little room as a full disk.
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            Error::Full(error.into())
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            Error::unavailable(Unavailable::Permission, error)
        }
        _ => Error::unavailable(Unavailable::Io, error),
    }
}

/// What a failed call means where the file is a blob.
pub(super) fn missing_is_not_found(error: io::Error) -> Error {
    if error.kind() == ErrorKind::NotFound { Error::NotFound } else { storage_error(error) }
}
