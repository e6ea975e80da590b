//! Finding and removing what unfinished uploads left behind.

use std::fs::{self, DirEntry};
use std::io;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::error::Error;
use crate::folder::error::storage_error;
use crate::folder::{Folder, Inner, on_disk};
use crate::key::UploadId;

impl Folder {
    pub(crate) async fn list_abandoned(&self, before: DateTime<Utc>) -> Result<Vec<UploadId>, Error> {
        let inner = Arc::clone(&self.0);
        on_disk(move || {
            let mut abandoned = Vec::new();
            for (id, file) in inner.staged_files(None).map_err(storage_error)? {
                let touched = match file.metadata().and_then(|found| found.modified()) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    touched => DateTime::<Utc>::from(touched.map_err(storage_error)?),
                };
                if touched < before {
                    abandoned.push(id);
                }
            }
            abandoned.sort_unstable();
            abandoned.dedup();
            Ok(abandoned)
        })
        .await
    }

    pub(crate) async fn discard(&self, id: UploadId) -> Result<(), Error> {
        let inner = Arc::clone(&self.0);
        on_disk(move || {
            for (_, file) in inner.staged_files(Some(id)).map_err(storage_error)? {
                match fs::remove_file(file.path()) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(storage_error(error));
                    }
                    _ => {}
                }
            }
            Ok(())
        })
        .await
    }
}

impl Inner {
    /// The files of unfinished uploads, of one or of all.
    pub(super) fn staged_files(&self, of: Option<UploadId>) -> io::Result<Vec<(UploadId, DirEntry)>> {
        let mut files = Vec::new();
        for file in fs::read_dir(&self.uploads)? {
            let file = file?;
            let name = file.file_name();
            let id = name.to_str().and_then(|name| name.split_once('.')).map(|(id, _)| id.parse());
            if let Some(Ok(id)) = id
                && of.is_none_or(|wanted| wanted == UploadId(id))
            {
                files.push((UploadId(id), file));
            }
        }
        Ok(files)
    }
}
