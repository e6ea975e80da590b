//! An upload session while one request works on it.

use std::error::Error as StdError;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use chrono::TimeDelta;
use futures_util::{Stream, StreamExt};
use grantry_blobs::key::UploadId as StorageId;
use grantry_blobs::writer::Writer;
use grantry_model::id::ArtifactId;
use grantry_model::policy::Permit;
use grantry_oci::digest::Algorithm;
use grantry_oci::error::ErrorCode;
use grantry_oci::range::ChunkError;
use grantry_oci::resource::UploadId;
use grantry_store::upload::Upload;
use tokio::time::{Instant, sleep, timeout};

use super::error::{Error, Result};
use super::upload::{Chunk, Work, check_length, discard, progress};
use crate::Ops;

/// How long a claim holds without being renewed: a process that dies holds an upload up no longer.
const CLAIM: TimeDelta = TimeDelta::seconds(15);
/// A claim is renewed so often, also while the client is silent.
const RENEW_EVERY: Duration = Duration::from_secs(4);
/// How long a request waits for the claim of one that does not get further: as long as the claim of a dead process holds.
const PATIENCE: Duration = Duration::from_secs(16);
/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// A session while one request works on it.
pub(super) struct Session<'a> {
    ops: &'a Ops,
    permit: &'a Permit,
    pub(super) artifact: ArtifactId,
    pub(super) upload: Upload,
    pub(super) storage: StorageId,
    writer: Option<Writer>,
    /// Whether the bytes go to a place of this request's own, since the session has none yet.
    is_fresh: bool,
    is_claimed: bool,
}

impl<'a> Session<'a> {
    pub(super) async fn open(ops: &'a Ops, work: &'a Work, id: UploadId, chunk: Chunk) -> Result<Self> {
        let mut tx = ops.store().read().await?;
        let (artifact, mut upload) = work.session(ops, &mut tx, id).await?;
        tx.commit().await?;
        check_range(chunk, upload.received)?;
        let Some(progress) = progress(&upload)? else {
            let storage = StorageId(ops.random_id()?);
            let writer = Some(ops.blobs().begin(storage, Algorithm::Sha256));
            let permit = &work.permit;
            return Ok(Self {
                ops,
                permit,
                artifact,
                upload,
                storage,
                writer,
                is_fresh: true,
                is_claimed: false,
            });
        };
        // Who brings no bytes changes nothing: of two that finish, both have the same blob.
        let is_claimed = chunk.length != Some(0);
        if is_claimed {
            claim(ops, work, (artifact, id), &mut upload).await?;
        }
        let (storage, permit) = (progress.id, &work.permit);
        let mut session =
            Self { ops, permit, artifact, upload, storage, writer: None, is_fresh: false, is_claimed };
        match ops.blobs().resume(progress).await {
            Ok(writer) => session.writer = Some(writer),
            Err(error) => return Err(session.failed(error).await),
        }
        Ok(session)
    }

    /// Takes the body of the request. If it breaks off, the session stays where it was.
    pub(super) async fn receive<E: Into<Box<dyn StdError + Send + Sync>>>(
        &mut self,
        body: impl Stream<Item = std::result::Result<Bytes, E>> + Send,
        chunk: Chunk,
    ) -> Result<Writer> {
        let Some(mut writer) = self.writer.take() else {
            return Err(Error::of(ErrorCode::BlobUploadUnknown));
        };
        let before = writer.offset();
        let mut renewed_at = Instant::now();
        let mut body = pin!(body);
        let failure = loop {
            // Whoever holds a claim renews it before it writes on: nobody else can have begun meanwhile.
            if let Err(error) = self.renew(&mut renewed_at).await {
                break Some(error);
            }
            match timeout(RENEW_EVERY, body.next()).await {
                Err(_) => {}
                Ok(None) => break check_length(chunk, writer.offset() - before).err(),
                Ok(Some(Err(error))) => break Some(Error::Body(error.into())),
                Ok(Some(Ok(bytes))) => {
                    if let Err(error) = writer.write(bytes).await {
                        break Some(error.into());
                    }
                }
            }
        };
        match failure {
            None => Ok(writer),
            Some(error) => {
                drop(writer);
                self.release().await;
                Err(error)
            }
        }
    }

    async fn renew(&self, renewed_at: &mut Instant) -> Result<()> {
        if !self.is_claimed || renewed_at.elapsed() < RENEW_EVERY {
            return Ok(());
        }
        *renewed_at = Instant::now();
        let now = self.ops.clock().now();
        let mut tx = self.ops.store().write().await?;
        let key = (self.upload.id, self.upload.version);
        if !tx.extend_claim(self.permit, key, now + CLAIM).await? {
            return Err(Error::of(ErrorCode::BlobUploadUnknown));
        }
        Ok(tx.commit().await?)
    }

    /// Lets others write again, and drops what no progress leads to. If this fails, the claim ends by itself, and a sweep
    /// finds the bytes.
    async fn release(&self) {
        if self.is_fresh {
            discard(self.ops, self.storage).await;
        }
        if !self.is_claimed {
            return;
        }
        let released = async {
            let mut tx = self.ops.store().write().await?;
            tx.release_upload(self.permit, (self.upload.id, self.upload.version)).await?;
            tx.commit().await
        };
        if let Err(error) = released.await {
            tracing::warn!(%error, "the claim on an upload could not be given up; it ends by itself");
        }
    }

    pub(super) async fn failed(&self, error: grantry_blobs::error::Error) -> Error {
        self.release().await;
        match error {
            grantry_blobs::error::Error::Busy => Error::Busy { received: self.upload.received },
            other => other.into(),
        }
    }

    /// Another request has saved its bytes first.
    pub(super) async fn overtaken(&self, storage: StorageId) -> Error {
        if self.is_fresh {
            discard(self.ops, storage).await;
        }
        Error::Busy { received: self.upload.received }
    }
}

/// Claims a session, so that this request alone appends to it. If another one holds it and does not get further, its process
/// may have died: then this one waits until the claim has ended.
async fn claim(
    ops: &Ops,
    work: &Work,
    (artifact, id): (ArtifactId, UploadId),
    upload: &mut Upload,
) -> Result<()> {
    let begun = Instant::now();
    loop {
        let now = ops.clock().now();
        let mut tx = ops.store().write().await?;
        if tx.claim_upload(&work.permit, upload, (now, now + CLAIM)).await? {
            tx.commit().await?;
            upload.version += 1;
            return Ok(());
        }
        let current = tx.find_upload(&work.permit, artifact, id.0, now).await?;
        drop(tx);
        let current = current.ok_or_else(|| Error::of(ErrorCode::BlobUploadUnknown))?;
        let gets_further = current.version != upload.version || current.claimed_until > upload.claimed_until;
        if gets_further || begun.elapsed() >= PATIENCE {
            return Err(Error::Busy { received: current.received });
        }
        sleep(LOOK_EVERY).await;
    }
}

fn check_range(chunk: Chunk, received: u64) -> Result<()> {
    let Some(range) = chunk.range else { return Ok(()) };
    range.check(received, chunk.length).map_err(|error| match error {
        ChunkError::OutOfOrder { .. } => Error::OutOfOrder { received },
        other => Error::saying(ErrorCode::SizeInvalid, other.to_string()),
    })
}
