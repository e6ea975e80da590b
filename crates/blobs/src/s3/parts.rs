//! An upload to S3: parts of the final object, and the rest that does not fill a part yet.

use std::collections::VecDeque;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::future::join_all;
use futures_util::stream::StreamExt;
use grantry_oci::digest::{Digest, Hasher};
use object_store::multipart::{MultipartStore, PartId};
use object_store::{ObjectStoreExt, PutPayload};
use tokio::task::JoinSet;

use crate::error::Error;
use crate::hashing::verify;
use crate::key::{Key, UploadId};
use crate::s3::error::{missing_is_not_found, storage_error};
use crate::s3::part_size::{MOST_PARTS, part_size};
use crate::s3::sweep::marker;
use crate::s3::{S3, stopped};

/// Parts on their way at once.
const IN_FLIGHT: usize = 2;

/// A rest up to this size is saved with the progress, a larger one in an object of its own.
const INLINE: usize = 32 << 10;

/// The writing end of an upload to S3.
pub(crate) struct Parts {
    s3: S3,
    id: UploadId,
    saved: SavedParts,
    /// Where the writer began; the progress that says so is valid until the next one is saved.
    resumed_at: u64,
    /// An earlier attempt has finished the upload and cleaned up; only its answer got lost.
    committed: bool,
    rest: VecDeque<Bytes>,
    rest_size: usize,
    /// Parts that were sent or are on their way.
    sent: usize,
    in_flight: JoinSet<Result<Sent, Error>>,
    in_flight_size: usize,
}

struct Sent {
    index: usize,
    etag: String,
    size: usize,
}

/// What of an upload is in the bucket, between two requests.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct SavedParts {
    /// S3's name for the multipart upload, once there is a full part.
    multipart: Option<String>,
    /// What S3 called the parts.
    parts: Vec<String>,
    rest: SavedRest,
    /// Offsets at which a rest was stored that may still be there.
    rests: Vec<u64>,
}

/// The bytes after the last full part.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum SavedRest {
    /// Here, in base64.
    Inline(String),
    /// In an object of its own.
    Stored,
}

impl Default for SavedRest {
    fn default() -> Self {
        Self::Inline(String::new())
    }
}

/// The name of the object that holds the rest at this offset.
fn rest_name(offset: u64) -> String {
    format!("rest-{offset}")
}

impl Parts {
    pub(crate) fn begin(s3: S3, id: UploadId) -> Self {
        Self {
            s3,
            id,
            saved: SavedParts::default(),
            resumed_at: 0,
            committed: false,
            rest: VecDeque::new(),
            rest_size: 0,
            sent: 0,
            in_flight: JoinSet::new(),
            in_flight_size: 0,
        }
    }

    pub(crate) async fn resume(
        s3: S3,
        id: UploadId,
        offset: u64,
        mut saved: SavedParts,
    ) -> Result<Self, Error> {
        let rest = match std::mem::take(&mut saved.rest) {
            SavedRest::Inline(text) => STANDARD.decode(text).map_err(|_| Error::Progress)?.into(),
            SavedRest::Stored => match s3.0.fetch_rest(id, offset).await {
                Err(Error::UploadLost) if s3.has(id, offset).await => {
                    return Ok(Self { saved, resumed_at: offset, committed: true, ..Self::begin(s3, id) });
                }
                rest => rest?,
            },
        };
        let sent = saved.parts.len();
        let full: u64 = (0..sent).map(|index| part_size(index) as u64).sum();
        if full + rest.len() as u64 != offset {
            return Err(Error::Progress);
        }
        let mut parts = Self { saved, resumed_at: offset, sent, ..Self::begin(s3, id) };
        parts.keep(rest);
        Ok(parts)
    }

    pub(crate) fn buffered(&self) -> usize {
        self.rest_size + self.in_flight_size
    }

    fn keep(&mut self, piece: Bytes) {
        self.rest_size += piece.len();
        if !piece.is_empty() {
            self.rest.push_back(piece);
        }
    }

    pub(crate) async fn push(&mut self, piece: Bytes) -> Result<(), Error> {
        if self.committed && !piece.is_empty() {
            return Err(Error::UploadLost);
        }
        self.keep(piece);
        while self.rest_size >= part_size(self.sent) {
            let part = self.cut(part_size(self.sent));
            self.send(part).await?;
        }
        Ok(())
    }

    /// Takes bytes off the front of the rest.
    fn cut(&mut self, size: usize) -> PutPayload {
        let mut missing = size.min(self.rest_size);
        self.rest_size -= missing;
        let mut pieces = Vec::new();
        while missing > 0
            && let Some(mut piece) = self.rest.pop_front()
        {
            if piece.len() > missing {
                self.rest.push_front(piece.split_off(missing));
            }
            missing -= piece.len();
            pieces.push(piece);
        }
        PutPayload::from_iter(pieces)
    }

    /// Sends a part in the background, when no more than the allowed number is on its way.
    async fn send(&mut self, part: PutPayload) -> Result<(), Error> {
        if self.sent >= MOST_PARTS {
            return Err(Error::TooLarge);
        }
        while self.in_flight.len() >= IN_FLIGHT {
            self.settle_one().await?;
        }
        let multipart = self.multipart().await?;
        let (inner, path) = (self.s3.0.clone(), self.s3.0.blob(Key::of(self.id)));
        let (index, size) = (self.sent, part.content_length());
        self.in_flight.spawn(async move {
            let stored = inner.store.put_part(&path, &multipart, index, part).await;
            let etag = stored.map_err(lost_if_missing)?.content_id;
            Ok(Sent { index, etag, size })
        });
        self.sent += 1;
        self.in_flight_size += size;
        Ok(())
    }

    /// The multipart upload, begun if it is not yet. A marker beside it lets a sweep end it if nobody else does.
    async fn multipart(&mut self) -> Result<String, Error> {
        if let Some(multipart) = &self.saved.multipart {
            return Ok(multipart.clone());
        }
        let inner = &self.s3.0;
        let path = inner.blob(Key::of(self.id));
        let multipart = inner.store.create_multipart(&path).await.map_err(storage_error)?;
        let marker = inner.upload(self.id, &marker(&multipart));
        if let Err(error) = inner.store.put(&marker, PutPayload::new()).await {
            drop(inner.store.abort_multipart(&path, &multipart).await);
            return Err(storage_error(error));
        }
        self.saved.multipart = Some(multipart.clone());
        Ok(multipart)
    }

    /// Waits for one part. They may arrive in another order than they were sent.
    async fn settle_one(&mut self) -> Result<bool, Error> {
        let Some(sent) = self.in_flight.join_next().await else { return Ok(false) };
        let sent = sent.map_err(stopped)??;
        self.in_flight_size -= sent.size;
        if self.saved.parts.len() <= sent.index {
            self.saved.parts.resize(sent.index + 1, String::new());
        }
        if let Some(place) = self.saved.parts.get_mut(sent.index) {
            *place = sent.etag;
        }
        Ok(true)
    }

    /// Keeps the rest for the next request. The rest of the progress before stays, as the new one may not be saved.
    pub(crate) async fn pause(mut self, last: Bytes, total: u64) -> Result<SavedParts, Error> {
        self.push(last).await?;
        while self.settle_one().await? {}
        let rest = self.cut(self.rest_size);
        let inner = &self.s3.0;
        if rest.content_length() <= INLINE {
            self.saved.rest = SavedRest::Inline(STANDARD.encode(Bytes::from(rest)));
        } else {
            let path = inner.upload(self.id, &rest_name(total));
            inner.store.put(&path, rest).await.map_err(storage_error)?;
            self.saved.rest = SavedRest::Stored;
            self.saved.rests.push(total);
        }
        let needed = [self.resumed_at, total];
        let (kept, old): (Vec<_>, Vec<_>) = self.saved.rests.iter().partition(|at| needed.contains(at));
        self.saved.rests = kept;
        self.saved.rests.dedup();
        self.s3.clean(self.id, old.into_iter().map(rest_name)).await;
        Ok(self.saved)
    }

    /// Makes the object, by one request if it is small. If nothing came since the progress, an earlier attempt whose answer
    /// got lost may have made it already; what servers say then differs, so the size of the object tells.
    pub(crate) async fn commit(
        mut self,
        last: Bytes,
        total: u64,
        reread: Option<Digest>,
    ) -> Result<(), Error> {
        self.push(last).await?;
        if !self.committed
            && let Err(error) = self.make_object().await
            && !(self.resumed_at == total && self.s3.has(self.id, total).await)
        {
            return Err(error);
        }
        let rests = self.saved.rests.iter().copied().map(rest_name);
        self.s3.clean(self.id, rests.chain(self.saved.multipart.as_deref().map(marker))).await;
        let Some(expected) = reread else { return Ok(()) };
        let key = Key::of(self.id);
        let verified = self.s3.verify(key, total, expected).await;
        if matches!(verified, Err(Error::DigestMismatch { .. })) {
            self.s3.delete(key).await?;
        }
        verified
    }

    async fn make_object(&mut self) -> Result<(), Error> {
        let rest = self.cut(self.rest_size);
        let path = self.s3.0.blob(Key::of(self.id));
        if self.saved.multipart.is_some() && rest.content_length() > 0 {
            self.send(rest.clone()).await?;
        }
        while self.settle_one().await? {}
        let store = &self.s3.0.store;
        let Some(multipart) = &self.saved.multipart else {
            return store.put(&path, rest).await.map(drop).map_err(storage_error);
        };
        let parts = self.saved.parts.iter().map(|etag| PartId { content_id: etag.clone() }).collect();
        store.complete_multipart(&path, multipart, parts).await.map(drop).map_err(lost_if_missing)
    }

    pub(crate) async fn give_up(mut self) {
        self.in_flight.shutdown().await;
        if let Err(error) = self.s3.discard(self.id).await {
            tracing::warn!(upload = %self.id, error = &error as &dyn std::error::Error, "a given up upload is left to a sweep");
        }
    }
}

/// A multipart upload that S3 does not know was ended by somebody else.
fn lost_if_missing(error: object_store::Error) -> Error {
    match missing_is_not_found(error) {
        Error::NotFound => Error::UploadLost,
        error => error,
    }
}

impl super::Inner {
    async fn fetch_rest(&self, id: UploadId, offset: u64) -> Result<Bytes, Error> {
        let found = self.store.get(&self.upload(id, &rest_name(offset))).await.map_err(lost_if_missing)?;
        found.bytes().await.map_err(storage_error)
    }
}

impl S3 {
    /// Whether the upload has become a blob of this size.
    async fn has(&self, id: UploadId, size: u64) -> bool {
        self.size(Key::of(id)).await.is_ok_and(|found| found == size)
    }

    /// Removes what an upload does not need any more. What can't be removed now is found by a sweep.
    async fn clean(&self, id: UploadId, names: impl Iterator<Item = String>) {
        let paths: Vec<_> = names.map(|name| self.0.upload(id, &name)).collect();
        for error in
            join_all(paths.iter().map(|path| self.0.delete(path))).await.into_iter().filter_map(Result::err)
        {
            tracing::debug!(upload = %id, error = &error as &dyn std::error::Error, "an object of a finished upload is left to a sweep");
        }
    }

    /// Reads all of it again for a digest that nobody announced.
    async fn verify(&self, key: Key, size: u64, expected: Digest) -> Result<(), Error> {
        let mut content = self.read(key, 0..size).await?;
        let mut hasher = Hasher::new(expected.algorithm());
        while let Some(piece) = content.next().await {
            hasher.update(&piece?);
        }
        verify(expected, hasher.finish())
    }
}
