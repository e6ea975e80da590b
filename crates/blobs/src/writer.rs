//! Uploads: bytes go in, piece by piece and request by request, and become a blob at the end.

use std::fs::File;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use grantry_oci::digest::{Algorithm, Digest};

use crate::error::Error;
use crate::folder::stage::Stage;
use crate::hashing::{HashJob, Hashing, SavedHashing, verify};
use crate::key::{Key, UploadId};
use crate::s3::parts::{Parts, SavedParts};

/// Bytes are hashed and stored in pieces of this size.
pub(crate) const PIECE: usize = 1 << 20;

/// An upload in progress. Dropping it breaks it off: what was paused before stays as it was.
///
/// Memory is bounded whatever the blob's size, see [`Writer::LIMIT`].
#[must_use = "an upload ends with `pause` or `finish`"]
pub struct Writer {
    id: UploadId,
    offset: u64,
    hashing: HashJob,
    piece: BytesMut,
    sink: Sink,
}

/// Where the bytes go.
pub(crate) enum Sink {
    Folder(Stage),
    S3(Box<Parts>),
}

/// How far an upload has come, to be saved between two requests and continued by any process on the same storage.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Progress {
    /// Whose progress.
    pub id: UploadId,
    /// Bytes received and stored.
    pub offset: u64,
    pub(crate) hashing: SavedHashing,
    pub(crate) place: Place,
}

/// Where the bytes are until then.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Place {
    Folder,
    S3(SavedParts),
}

/// A finished upload: the blob is durable and whole. Nobody knows it before the caller tells the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Where it is.
    pub key: Key,
    /// Its bytes.
    pub size: u64,
    /// Its digests.
    pub digests: Digests,
}

/// The digests of a whole blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digests {
    /// By `sha256`; known of every blob.
    pub sha256: Digest,
    /// By `sha512`, if the client named it.
    pub sha512: Option<Digest>,
}

impl Digests {
    /// The one by this algorithm, if it was computed.
    pub(crate) fn by(&self, algorithm: Algorithm) -> Option<Digest> {
        match algorithm {
            Algorithm::Sha256 => Some(self.sha256),
            Algorithm::Sha512 => self.sha512,
        }
    }
}

impl Writer {
    /// The most that an upload holds in memory, in bytes: on S3 one part that fills and two on their way, in a folder less.
    pub const LIMIT: usize = 3 * crate::s3::part_size::LARGEST_PART + 3 * PIECE;

    pub(crate) fn new(id: UploadId, hashing: Hashing, offset: u64, sink: Sink) -> Self {
        Self { id, offset, hashing: HashJob::new(hashing), piece: BytesMut::new(), sink }
    }

    /// Bytes received so far.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Bytes held in memory now.
    pub fn buffered(&self) -> usize {
        let behind = match &self.sink {
            Sink::Folder(stage) => stage.buffered(),
            Sink::S3(parts) => parts.buffered(),
        };
        self.piece.len() + self.hashing.buffered() + behind
    }

    /// The file that the bytes go to, and how many of them it has; none if there is no file, or none yet.
    pub(crate) fn on_file(&self) -> Option<(Arc<File>, u64)> {
        match &self.sink {
            Sink::Folder(stage) => stage.on_file(),
            Sink::S3(_) => None,
        }
    }

    /// Takes the next bytes. Waits while the storage is slower than the sender.
    ///
    /// # Errors
    /// [`Error::Full`], [`Error::Unavailable`], [`Error::TooLarge`], [`Error::UploadLost`], [`Error::Busy`]. The writer is of
    /// no use then: drop it, and resume from the last progress or begin anew.
    pub async fn write(&mut self, mut bytes: Bytes) -> Result<(), Error> {
        while !bytes.is_empty() {
            if self.piece.capacity() == 0 {
                self.piece.reserve(bytes.len().min(PIECE));
            }
            let taken = bytes.split_to(bytes.len().min(PIECE - self.piece.len()));
            self.piece.extend_from_slice(&taken);
            self.offset += taken.len() as u64;
            if self.piece.len() == PIECE {
                let piece = std::mem::take(&mut self.piece).freeze();
                self.hashing.feed(piece.clone()).await?;
                match &mut self.sink {
                    Sink::Folder(stage) => stage.push(piece).await?,
                    Sink::S3(parts) => parts.push(piece).await?,
                }
            }
        }
        Ok(())
    }

    /// Makes what came durable and gives up the writer. Save the progress; until then the old one is of no use any more
    /// in a folder and still valid on S3.
    ///
    /// # Errors
    /// As of [`Writer::write`]; the old progress is still valid then.
    pub async fn pause(mut self) -> Result<Progress, Error> {
        let last = std::mem::take(&mut self.piece).freeze();
        self.hashing.feed(last.clone()).await?;
        let place = match self.sink {
            Sink::Folder(stage) => {
                stage.pause(last, self.offset).await?;
                Place::Folder
            }
            Sink::S3(parts) => Place::S3(parts.pause(last, self.offset).await?),
        };
        let hashing = self.hashing.settle().await?.save();
        Ok(Progress { id: self.id, offset: self.offset, hashing, place })
    }

    /// Verifies the digest and makes the upload a blob. Finishing the same progress once more, because the answer got lost,
    /// gives the same blob.
    ///
    /// # Errors
    /// [`Error::DigestMismatch`], which ends the upload; others as of [`Writer::write`], after which the last progress is
    /// still valid.
    pub async fn finish(mut self, expected: &Digest) -> Result<Stored, Error> {
        let last = std::mem::take(&mut self.piece).freeze();
        self.hashing.feed(last.clone()).await?;
        let mut digests = self.hashing.settle().await?.finish();
        if let Some(actual) = digests.by(expected.algorithm())
            && let Err(mismatch) = verify(*expected, actual)
        {
            self.sink.give_up().await;
            return Err(mismatch);
        }
        let reread = digests.by(expected.algorithm()).is_none().then_some(*expected);
        match self.sink {
            Sink::Folder(stage) => stage.commit(last, self.offset, reread).await?,
            Sink::S3(parts) => parts.commit(last, self.offset, reread).await?,
        }
        digests.sha512 = digests.sha512.or(reread);
        Ok(Stored { key: Key::of(self.id), size: self.offset, digests })
    }
}

impl Sink {
    /// Ends the upload and throws away what came; what can't be thrown away now is found by a later sweep.
    async fn give_up(self) {
        match self {
            Self::Folder(stage) => stage.give_up(),
            Self::S3(parts) => parts.give_up().await,
        }
    }
}
