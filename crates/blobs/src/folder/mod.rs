//! Blobs as files of a folder: `blobs/7f/…` whole ones, `uploads/…` unfinished ones.

mod directory;
mod error;
mod pread;
pub(crate) mod read;
pub(crate) mod stage;
mod sweep;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures_util::stream::{self, Stream, StreamExt};

use crate::blobs::Entry;
use crate::error::Error;
use crate::folder::directory::Directory;
use crate::folder::error::{missing_is_not_found, storage_error};
use crate::key::{Key, UploadId};

/// Blobs in a folder.
#[derive(Clone)]
pub struct Folder(Arc<Inner>);

struct Inner {
    blobs: PathBuf,
    uploads: PathBuf,
    /// The folders of `blobs`, by the last byte of the key.
    shards: Vec<Directory>,
}

/// Runs file system calls on a thread that may wait for the disk.
async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(stopped) => Err(storage_error(io::Error::other(stopped))),
    }
}

impl Folder {
    /// Opens the folder and makes what is missing, durably, so that no upload has to make a folder.
    pub(crate) async fn open(root: PathBuf) -> Result<Self, Error> {
        on_disk(move || Inner::open(&root).map(|inner| Self(Arc::new(inner))).map_err(storage_error)).await
    }

    pub(crate) async fn check(&self) -> Result<(), Error> {
        let inner = Arc::clone(&self.0);
        on_disk(move || {
            let looked = fs::metadata(&inner.blobs).and_then(|_| fs::metadata(&inner.uploads));
            looked.map(drop).map_err(storage_error)
        })
        .await
    }

    pub(crate) async fn open_file(&self, key: Key) -> Result<File, Error> {
        let path = self.0.blob(key);
        on_disk(move || File::open(&path).map_err(missing_is_not_found(&path))).await
    }

    pub(crate) async fn size(&self, key: Key) -> Result<u64, Error> {
        let path = self.0.blob(key);
        on_disk(move || Ok(fs::metadata(&path).map_err(missing_is_not_found(&path))?.len())).await
    }

    /// Not made durable: a blob that comes back after a power cut has no row and is found by the next comparison.
    pub(crate) async fn delete(&self, key: Key) -> Result<(), Error> {
        let path = self.0.blob(key);
        on_disk(move || match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(storage_error(error)),
            _ => Ok(()),
        })
        .await
    }

    /// One folder after the other, so that no more than a 256th of the names is in memory.
    pub(crate) fn list(&self) -> impl Stream<Item = Result<Entry, Error>> + Send + 'static {
        let inner = Arc::clone(&self.0);
        stream::iter(0..=u8::MAX)
            .then(move |shard| {
                let inner = Arc::clone(&inner);
                on_disk(move || inner.list_shard(shard).map_err(storage_error))
            })
            .flat_map(|listed| match listed {
                Ok(entries) => stream::iter(entries.into_iter().map(Ok).collect::<Vec<_>>()),
                Err(error) => stream::iter(vec![Err(error)]),
            })
    }
}

impl Inner {
    fn open(root: &Path) -> io::Result<Self> {
        let (blobs, uploads) = (root.join("blobs"), root.join("uploads"));
        fs::create_dir_all(&blobs)?;
        fs::create_dir_all(&uploads)?;
        let mut shards = Vec::new();
        for shard in 0..=u8::MAX {
            let path = blobs.join(format!("{shard:02x}"));
            fs::create_dir_all(&path)?;
            shards.push(Directory::new(path));
        }
        // The folder's own entry is the parent's business, and that may be as new as the folder itself.
        for made in [&*blobs, root].into_iter().chain(root.parent().filter(|up| !up.as_os_str().is_empty())) {
            File::open(made)?.sync_all()?;
        }
        Ok(Self { blobs, uploads, shards })
    }

    fn blob(&self, key: Key) -> PathBuf {
        self.blobs.join(key.to_string())
    }

    /// The file of an upload that was paused at `offset`. The offset is in the name so that nobody can go on from an older
    /// progress and cut off what came later.
    fn staged(&self, id: UploadId, offset: u64) -> PathBuf {
        self.uploads.join(format!("{id}.{offset}"))
    }

    fn shard(&self, key: Key) -> Option<&Directory> {
        self.shards.get(usize::from(key.shard()))
    }

    fn list_shard(&self, shard: u8) -> io::Result<Vec<Entry>> {
        let folder = format!("{shard:02x}");
        let mut entries = Vec::new();
        for file in fs::read_dir(self.blobs.join(&folder))? {
            let file = file?;
            let key = file.file_name().to_str().and_then(|name| format!("{folder}/{name}").parse().ok());
            let Some(key) = key else { continue };
            match file.metadata() {
                Ok(found) => {
                    entries.push(Entry { key, size: found.len(), stored_at: found.modified()?.into() });
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {} // Deleted meanwhile.
                Err(error) => return Err(error),
            }
        }
        Ok(entries)
    }
}
