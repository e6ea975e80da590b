//! The file system's errors in our words.

use std::io::{self, ErrorKind};
use std::path::Path;

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

/// What a failed call means where the file is a blob. Of a disk that is not mounted nobody can say what is on it.
pub(super) fn missing_is_not_found(path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |error| if is_gone(path, &error) { Error::NotFound } else { storage_error(error) }
}

/// Whether a call failed because the file is missing, but not its folder.
pub(super) fn is_gone(path: &Path, error: &io::Error) -> bool {
    error.kind() == ErrorKind::NotFound && path.parent().is_some_and(Path::exists)
}
