//! The storage of blobs, whichever it is.

use std::fs::File;
use std::ops::Range;

use chrono::{DateTime, Utc};
use futures_util::stream::{BoxStream, StreamExt};
use grantry_oci::digest::Algorithm;

use crate::content::Content;
use crate::error::Error;
use crate::folder::Folder;
use crate::folder::stage::Stage;
use crate::growing::{Follower, Growing};
use crate::hashing::Hashing;
use crate::key::{Key, UploadId};
use crate::s3::S3;
use crate::s3::parts::Parts;
use crate::setting::Setting;
use crate::writer::{Place, Progress, Sink, Writer};

/// A storage of blobs. Cloning gives another handle of the same.
#[derive(Clone)]
pub enum Blobs {
    /// In a folder of this machine, or of a file system that all replicas mount.
    Folder(Folder),
    /// In a bucket.
    S3(S3),
}

/// A stored blob, as the storage knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it is.
    pub key: Key,
    /// Its bytes.
    pub size: u64,
    /// When it was stored, by the storage's clock.
    pub stored_at: DateTime<Utc>,
}

impl Blobs {
    /// Opens the storage. A folder is made if it does not exist; a bucket is not asked yet, [`Blobs::check`] does that.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Full`] for a folder, [`Error::Setting`] for a bucket.
    pub async fn open(setting: &Setting) -> Result<Self, Error> {
        match setting {
            Setting::Folder(path) => Folder::open(path.clone()).await.map(Self::Folder),
            Setting::S3(bucket) => S3::open(bucket).map(Self::S3),
        }
    }

    /// Whether the storage answers, for a readiness probe.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn check(&self) -> Result<(), Error> {
        match self {
            Self::Folder(folder) => folder.check().await,
            Self::S3(s3) => s3.check().await,
        }
    }

    /// Begins an upload; nothing is stored yet. `hint` is the algorithm of the digest that the client will name, if it said
    /// so: another one costs reading the blob once more at the end.
    pub fn begin(&self, id: UploadId, hint: Algorithm) -> Writer {
        let sink = match self {
            Self::Folder(folder) => Sink::Folder(Stage::begin(folder.clone(), id)),
            Self::S3(s3) => Sink::S3(Box::new(Parts::begin(s3.clone(), id))),
        };
        Writer::new(id, Hashing::new(hint), 0, sink)
    }

    /// As [`Blobs::begin`], for an upload of `size` bytes that is read while it goes on.
    pub fn begin_followed(&self, id: UploadId, hint: Algorithm, size: u64) -> (Growing, Follower) {
        Growing::new(self.clone(), self.begin(id, hint), size)
    }

    /// Goes on where `progress` ended. Bytes of a request that broke off after it are dropped.
    ///
    /// The caller lets one request at a time write to an upload, and has to claim it in the database first: two that finish
    /// one upload at once with different bytes would write the same blob. A folder refuses the second one; S3 can't know.
    ///
    /// # Errors
    /// [`Error::UploadLost`], [`Error::Stale`], [`Error::Busy`], [`Error::Progress`], [`Error::Unavailable`].
    pub async fn resume(&self, progress: Progress) -> Result<Writer, Error> {
        let hashing = Hashing::restore(&progress.hashing)?;
        let (id, offset) = (progress.id, progress.offset);
        let sink = match (self, progress.place) {
            (Self::Folder(folder), Place::Folder) => {
                Sink::Folder(Stage::resume(folder.clone(), id, offset).await?)
            }
            (Self::S3(s3), Place::S3(saved)) => {
                Sink::S3(Box::new(Parts::resume(s3.clone(), id, offset, saved).await?))
            }
            _ => return Err(Error::UploadLost),
        };
        Ok(Writer::new(id, hashing, offset, sink))
    }

    /// Throws away what is stored of an unfinished upload. Fine if there is nothing; never touches a finished blob.
    ///
    /// # Errors
    /// [`Error::Unavailable`]; [`Blobs::list_abandoned`] finds the rest later.
    pub async fn discard(&self, id: UploadId) -> Result<(), Error> {
        match self {
            Self::Folder(folder) => folder.discard(id).await,
            Self::S3(s3) => s3.discard(id).await,
        }
    }

    /// Unfinished uploads of which something is stored and that nobody touched since `before`. Those that the database does
    /// not know any more are to be [discarded](Blobs::discard).
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn list_abandoned(&self, before: DateTime<Utc>) -> Result<Vec<UploadId>, Error> {
        match self {
            Self::Folder(folder) => folder.list_abandoned(before).await,
            Self::S3(s3) => s3.list_abandoned(before).await,
        }
    }

    /// Opens a range of a blob for reading; `0..size` is all of it. Whether the blob exists is known when this returns.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Truncated`] if the blob ends before the range does, [`Error::Unavailable`].
    pub async fn read(&self, key: Key, range: Range<u64>) -> Result<Content, Error> {
        match self {
            Self::Folder(folder) => folder.read(key, range).await,
            Self::S3(s3) => s3.read(key, range).await,
        }
    }

    /// The blob as a file to be sent by the kernel; none if blobs are not files here.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn open_file(&self, key: Key) -> Result<Option<File>, Error> {
        match self {
            Self::Folder(folder) => folder.open_file(key).await.map(Some),
            Self::S3(_) => Ok(None),
        }
    }

    /// The size of a stored blob in bytes.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn size(&self, key: Key) -> Result<u64, Error> {
        match self {
            Self::Folder(folder) => folder.size(key).await,
            Self::S3(s3) => s3.size(key).await,
        }
    }

    /// Deletes a blob. Fine if it is gone already. Readers that have begun may finish in a folder; on S3 they may fail.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn delete(&self, key: Key) -> Result<(), Error> {
        match self {
            Self::Folder(folder) => folder.delete(key).await,
            Self::S3(s3) => s3.delete(key).await,
        }
    }

    /// All stored blobs, in no order, for comparing with the database. What else lies there is passed over.
    pub fn list(&self) -> BoxStream<'static, Result<Entry, Error>> {
        match self {
            Self::Folder(folder) => folder.list().boxed(),
            Self::S3(s3) => s3.list().boxed(),
        }
    }
}
