//! The unfinished file of an upload, until it is renamed into its place.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use grantry_oci::digest::{Digest, Hasher};
use tokio::task::JoinHandle;

use crate::error::Error;
use crate::folder::error::{is_gone, storage_error};
use crate::folder::pread::{read_at, write_all_at};
use crate::folder::{Folder, on_disk};
use crate::hashing::verify;
use crate::key::{Key, UploadId};
use crate::writer::PIECE;

/// The writing end of an upload to a folder: one piece is on its way to the disk while the next one fills.
pub(crate) struct Stage {
    folder: Folder,
    id: UploadId,
    state: State,
    /// Bytes given to the file so far.
    written: u64,
    /// Whether some of them may not be durable.
    dirty: bool,
    pending: Option<(JoinHandle<Result<(), Error>>, usize)>,
}

enum State {
    /// Nothing was written, so there is no file yet.
    New,
    Open(Arc<Staged>),
    /// An earlier attempt has finished the upload; only its answer got lost.
    Committed,
}

/// The file. Locked, so that no second writer mixes its bytes in; removed in the end unless it is to be kept.
struct Staged {
    file: Arc<File>,
    path: PathBuf,
    keep: AtomicBool,
}

impl Stage {
    pub(crate) fn begin(folder: Folder, id: UploadId) -> Self {
        Self { folder, id, state: State::New, written: 0, dirty: false, pending: None }
    }

    pub(crate) async fn resume(folder: Folder, id: UploadId, offset: u64) -> Result<Self, Error> {
        let place = folder.clone();
        let state = on_disk(move || match Staged::resume(place.0.staged(id, offset), offset)? {
            Some(staged) => Ok(State::Open(Arc::new(staged))),
            None => place.0.find_elsewhere(id, offset),
        });
        Ok(Self { state: state.await?, folder, id, written: offset, dirty: false, pending: None })
    }

    /// Bytes that the disk has not taken yet.
    pub(crate) fn buffered(&self) -> usize {
        self.pending.as_ref().filter(|(job, _)| !job.is_finished()).map_or(0, |(_, size)| *size)
    }

    /// The file, and how many bytes it has; none before the first.
    pub(crate) fn on_file(&self) -> Option<(Arc<File>, u64)> {
        let State::Open(staged) = &self.state else { return None };
        Some((Arc::clone(&staged.file), self.written - self.buffered() as u64))
    }

    pub(crate) async fn push(&mut self, piece: Bytes) -> Result<(), Error> {
        self.settle().await?;
        let (folder, id, state) = (self.folder.clone(), self.id, self.state.take());
        let staged = match state {
            State::Open(staged) => staged,
            state => on_disk(move || state.open(&folder, id)).await?,
        };
        self.state = State::Open(Arc::clone(&staged));
        let (offset, size) = (self.written, piece.len());
        self.written += size as u64;
        self.dirty = true;
        let job = tokio::task::spawn_blocking(move || {
            write_all_at(&staged.file, &piece, offset).map_err(storage_error)
        });
        self.pending = Some((job, size));
        Ok(())
    }

    async fn settle(&mut self) -> Result<(), Error> {
        match self.pending.take() {
            Some((job, _)) => job.await.map_err(|stopped| storage_error(io::Error::other(stopped)))?,
            None => Ok(()),
        }
    }

    /// Makes the bytes durable before the new name promises them.
    pub(crate) async fn pause(mut self, last: Bytes, total: u64) -> Result<(), Error> {
        self.settle().await?;
        if matches!(self.state, State::Committed) && last.is_empty() {
            return Ok(());
        }
        on_disk(move || {
            let staged = self.state.open(&self.folder, self.id)?;
            staged.append(&last, self.written, self.dirty)?;
            staged.rename(&self.folder.0.staged(self.id, total))
        })
        .await
    }

    /// Bytes first, then the name, then the folder: a file under `blobs` is whole, and once this returns it stays.
    pub(crate) async fn commit(
        mut self,
        last: Bytes,
        total: u64,
        reread: Option<Digest>,
    ) -> Result<(), Error> {
        self.settle().await?;
        let (folder, key) = (self.folder.clone(), Key::of(self.id));
        if !matches!(self.state, State::Committed) || !last.is_empty() {
            on_disk(move || {
                let staged = self.state.open(&self.folder, self.id)?;
                if let Some(expected) = reread {
                    write_all_at(&staged.file, &last, self.written).map_err(storage_error)?;
                    staged.verify(total, expected)?;
                }
                staged.append(&last, self.written, self.dirty)?;
                staged.rename(&self.folder.0.blob(key))
            })
            .await?;
        } else if let Some(expected) = reread {
            let path = folder.0.blob(key);
            on_disk(move || verify_file(&File::open(path).map_err(storage_error)?, total, expected)).await?;
        }
        match folder.0.shard(key) {
            Some(shard) => shard.sync().await,
            None => Ok(()),
        }
    }

    pub(crate) fn give_up(self) {
        if let State::Open(staged) = &self.state {
            staged.keep.store(false, Ordering::SeqCst);
        }
    }
}

impl State {
    fn take(&mut self) -> Self {
        std::mem::replace(self, Self::New)
    }

    /// The file, made if there is none yet.
    fn open(self, folder: &Folder, id: UploadId) -> Result<Arc<Staged>, Error> {
        match self {
            Self::Open(staged) => Ok(staged),
            Self::New => Staged::create(folder.0.staged(id, 0)).map(Arc::new),
            // There are more bytes, so the finished blob is not the one that this upload becomes.
            Self::Committed => Err(Error::UploadLost),
        }
    }
}

impl super::Inner {
    /// Where an upload is whose file is not where its progress says.
    fn find_elsewhere(&self, id: UploadId, offset: u64) -> Result<State, Error> {
        match fs::metadata(self.blob(Key::of(id))) {
            Ok(found) if found.len() == offset => return Ok(State::Committed),
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(storage_error(error)),
            _ => {}
        }
        let others = self.staged_files(Some(id)).map_err(storage_error)?;
        Err(if others.is_empty() { Error::UploadLost } else { Error::Stale })
    }
}

impl Staged {
    fn create(path: PathBuf) -> Result<Self, Error> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let file = file.map_err(storage_error)?;
        lock(&file)?;
        file.set_len(0).map_err(storage_error)?;
        Ok(Self { file: Arc::new(file), path, keep: AtomicBool::new(false) })
    }

    /// The file of a paused upload, cut to what was acknowledged; none if it is not there.
    fn resume(path: PathBuf, offset: u64) -> Result<Option<Self>, Error> {
        let file = match OpenOptions::new().read(true).write(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(storage_error)?,
        };
        lock(&file)?;
        let length = file.metadata().map_err(storage_error)?.len();
        if length < offset {
            return Err(Error::UploadLost);
        }
        if length > offset {
            file.set_len(offset).map_err(storage_error)?;
        }
        // Whoever held the lock before may have renamed the file meanwhile.
        match path.try_exists() {
            Ok(true) => Ok(Some(Self { file: Arc::new(file), path, keep: AtomicBool::new(true) })),
            Ok(false) => Err(Error::Stale),
            Err(error) => Err(storage_error(error)),
        }
    }

    /// Writes the last bytes and waits until all are durable.
    fn append(&self, last: &[u8], offset: u64, dirty: bool) -> Result<(), Error> {
        write_all_at(&self.file, last, offset).map_err(storage_error)?;
        if dirty || !last.is_empty() {
            self.file.sync_data().map_err(storage_error)?;
        }
        Ok(())
    }

    fn rename(&self, to: &Path) -> Result<(), Error> {
        if to != self.path {
            fs::rename(&self.path, to).map_err(|error| {
                let is_lost = is_gone(&self.path, &error) && is_gone(to, &error);
                if is_lost { Error::UploadLost } else { storage_error(error) }
            })?;
        }
        self.keep.store(true, Ordering::SeqCst);
        Ok(())
    }

    /// Reads all of it again for a digest that nobody announced.
    fn verify(&self, size: u64, expected: Digest) -> Result<(), Error> {
        let verified = verify_file(&self.file, size, expected);
        if matches!(verified, Err(Error::DigestMismatch { .. })) {
            self.keep.store(false, Ordering::SeqCst);
        }
        verified
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !*self.keep.get_mut() {
            // If this fails, the file is found by a sweep.
            drop(fs::remove_file(&self.path));
        }
    }
}

/// The kernel drops the lock with the process, so none stays behind.
fn lock(file: &File) -> Result<(), Error> {
    file.try_lock().map_err(|refused| match refused {
        TryLockError::WouldBlock => Error::Busy,
        TryLockError::Error(error) => storage_error(error),
    })
}

fn verify_file(file: &File, size: u64, expected: Digest) -> Result<(), Error> {
    let mut hasher = Hasher::new(expected.algorithm());
    let mut offset = 0;
    while offset < size {
        let piece = read_at(file, offset, PIECE).map_err(storage_error)?;
        if piece.is_empty() {
            return Err(Error::Truncated);
        }
        hasher.update(&piece);
        offset += piece.len() as u64;
    }
    verify(expected, hasher.finish())
}
