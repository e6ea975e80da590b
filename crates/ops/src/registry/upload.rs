//! Uploads of blobs: sessions of one member, continued by any process.
//!
//! The first bytes of a session go to a place of their own in the storage, and whoever saves first wins. To what is there
//! already one request at a time appends, by a claim that it renews.

use std::error::Error as StdError;
use std::pin::pin;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{Stream, StreamExt};
use grantry_blobs::key::UploadId as StorageId;
use grantry_blobs::writer::{Progress, Stored, Writer};
use grantry_model::artifact::{Artifact, ArtifactName};
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::ArtifactId;
use grantry_model::policy::Permit;
use grantry_oci::digest::{Algorithm, Digest};
use grantry_oci::error::ErrorCode;
use grantry_oci::name::Name;
use grantry_oci::range::{ChunkError, ContentRange};
use grantry_oci::resource::UploadId;
use grantry_oci::scope::Action;
use grantry_store::blob::NewBlob;
use grantry_store::store::Tx;
use grantry_store::upload::Upload;

use super::client::Client;
use super::error::{Error, Result};
use super::visit::Visit;
use crate::Ops;
use crate::caller::Caller;

/// How long a session lives after its last bytes.
const LIFETIME: TimeDelta = TimeDelta::hours(24);
/// How long a claim holds without being renewed: a process that dies holds an upload up no longer.
const CLAIM: TimeDelta = TimeDelta::minutes(2);
/// A claim is renewed when so much of it is over.
const RENEW_AFTER: TimeDelta = TimeDelta::seconds(30);

/// What a request says of the bytes that it brings.
#[derive(Debug, Clone, Copy, Default)]
pub struct Chunk {
    /// Where they belong, if it says so.
    pub range: Option<ContentRange>,
    /// How many there are, if it says so.
    pub length: Option<u64>,
}

/// A member at work in a repository.
struct Work {
    permit: Permit,
    caller: Caller,
    artifact: Option<ArtifactId>,
}

impl Work {
    async fn begin(ops: &Ops, client: &Client, name: &Name) -> Result<Self> {
        let visit = Visit::enter(ops, client, name, Action::Push).await?;
        if visit.place.artifact.is_some_and(|artifact| artifact.has_upstream) {
            let message = "This repository is pulled through from another registry. Push there.";
            return Err(Error::saying(ErrorCode::Unsupported, message));
        }
        let caller = client.caller(&visit.identity);
        visit.tx.commit().await?;
        Ok(Self { permit: visit.permit, caller, artifact: visit.place.artifact.map(|artifact| artifact.id) })
    }

    async fn session(&self, ops: &Ops, tx: &mut Tx, id: UploadId) -> Result<(ArtifactId, Upload)> {
        let unknown = || Error::of(ErrorCode::BlobUploadUnknown);
        let artifact = self.artifact.ok_or_else(unknown)?;
        let upload = tx.find_upload(&self.permit, artifact, id.0, ops.clock().now()).await?;
        Ok((artifact, upload.ok_or_else(unknown)?))
    }
}

/// Makes the artifact if this is the first that is pushed to it.
pub(super) async fn ensure_artifact(
    ops: &Ops,
    tx: &mut Tx,
    (permit, caller): (&Permit, &Caller),
    name: &Name,
) -> Result<ArtifactId> {
    let artifact_name = ArtifactName::from(name);
    if let Some(artifact) = tx.find_artifact_by_name(permit, &artifact_name).await? {
        return Ok(artifact.id);
    }
    // Of two first pushes at once, one makes it.
    tx.lock_artifacts(permit).await?;
    if let Some(artifact) = tx.find_artifact_by_name(permit, &artifact_name).await? {
        return Ok(artifact.id);
    }
    let created_at = ops.clock().now();
    let artifact =
        Artifact { id: ops.new_id()?, name: artifact_name, created_at, pushed_at: None, upstream: None };
    tx.insert_artifact(permit, &artifact).await?;
    let event = Event::new(EventKind::ArtifactCreated, Subject::new("artifact", artifact.id, &artifact.name));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    Ok(artifact.id)
}

/// Begins a session.
///
/// # Errors
/// The client may not push here.
pub async fn start(ops: &Ops, client: &Client, name: &Name) -> Result<UploadId> {
    let work = Work::begin(ops, client, name).await?;
    let mut tx = ops.store().write().await?;
    let artifact = ensure_artifact(ops, &mut tx, (&work.permit, &work.caller), name).await?;
    let (id, now) = (ops.random_id()?, ops.clock().now());
    tx.insert_upload(&work.permit, (id, artifact), (now, now + LIFETIME)).await?;
    tx.commit().await?;
    Ok(UploadId(id))
}

/// Bytes that a session has received.
///
/// # Errors
/// There is no such session of the client's.
pub async fn status(ops: &Ops, client: &Client, name: &Name, id: UploadId) -> Result<u64> {
    let work = Work::begin(ops, client, name).await?;
    let mut tx = ops.store().read().await?;
    Ok(work.session(ops, &mut tx, id).await?.1.received)
}

/// Ends a session and drops what it received.
///
/// # Errors
/// There is no such session of the client's.
pub async fn cancel(ops: &Ops, client: &Client, name: &Name, id: UploadId) -> Result<()> {
    let work = Work::begin(ops, client, name).await?;
    let mut tx = ops.store().write().await?;
    let (_, upload) = work.session(ops, &mut tx, id).await?;
    tx.delete_upload(&work.permit, upload.id, None).await?;
    tx.commit().await?;
    if let Some(progress) = progress(&upload)? {
        discard(ops, progress.id).await;
    }
    Ok(())
}

/// Appends bytes to a session, and tells how many it has received now.
///
/// # Errors
/// There is no such session of the client's; the bytes do not follow on those before, or another request writes.
pub async fn append<E: Into<Box<dyn StdError + Send + Sync>>>(
    ops: &Ops,
    client: &Client,
    (name, id): (&Name, UploadId),
    chunk: Chunk,
    body: impl Stream<Item = std::result::Result<Bytes, E>> + Send,
) -> Result<u64> {
    let work = Work::begin(ops, client, name).await?;
    let mut session = Session::open(ops, &work, id, chunk).await?;
    let writer = session.receive(body, chunk).await?;
    let progress = writer.pause().await?;
    let text = serde_json::to_string(&progress).map_err(crate::error::Error::internal)?;
    let mut tx = ops.store().write().await?;
    let key = (session.upload.id, session.upload.version);
    let expires_at = ops.clock().now() + LIFETIME;
    if !tx.save_upload(&work.permit, key, (progress.offset, &text), expires_at).await? {
        drop(tx);
        return Err(session.overtaken(progress.id).await);
    }
    tx.commit().await?;
    Ok(progress.offset)
}

/// Appends the last bytes, verifies the digest and makes the whole a blob of the repository.
///
/// # Errors
/// As of [`append`]; `DIGEST_INVALID` for other content, which also ends the session.
pub async fn finish<E: Into<Box<dyn StdError + Send + Sync>>>(
    ops: &Ops,
    client: &Client,
    (name, id, digest): (&Name, UploadId, &Digest),
    chunk: Chunk,
    body: impl Stream<Item = std::result::Result<Bytes, E>> + Send,
) -> Result<()> {
    let work = Work::begin(ops, client, name).await?;
    let mut session = Session::open(ops, &work, id, chunk).await?;
    let writer = session.receive(body, chunk).await?;
    let storage = session.storage;
    let stored = match writer.finish(digest).await {
        Ok(stored) => stored,
        Err(error @ grantry_blobs::error::Error::DigestMismatch { .. }) => {
            let mut tx = ops.store().write().await?;
            tx.delete_upload(&work.permit, id.0, Some(session.upload.version)).await?;
            tx.commit().await?;
            return Err(error.into());
        }
        Err(error) => return Err(session.failed(error).await),
    };
    let mut tx = ops.store().write().await?;
    if !tx.delete_upload(&work.permit, id.0, Some(session.upload.version)).await? {
        drop(tx);
        return Err(session.overtaken(storage).await);
    }
    keep(ops, tx, (&work.permit, session.artifact), &stored).await
}

/// Takes a whole blob at once.
///
/// # Errors
/// `DIGEST_INVALID` for other content, of which nothing is kept.
pub async fn push<E: Into<Box<dyn StdError + Send + Sync>>>(
    ops: &Ops,
    client: &Client,
    (name, digest): (&Name, &Digest),
    chunk: Chunk,
    body: impl Stream<Item = std::result::Result<Bytes, E>> + Send,
) -> Result<()> {
    let work = Work::begin(ops, client, name).await?;
    let storage = StorageId(ops.random_id()?);
    let mut writer = ops.blobs().begin(storage, digest.algorithm());
    let received = async {
        let mut body = pin!(body);
        while let Some(bytes) = body.next().await {
            writer.write(bytes.map_err(|error| Error::Body(error.into()))?).await?;
        }
        check_length(chunk, writer.offset())?;
        Ok::<_, Error>(writer.finish(digest).await?)
    };
    let stored = match received.await {
        Ok(stored) => stored,
        Err(error) => {
            discard(ops, storage).await;
            return Err(error);
        }
    };
    let mut tx = ops.store().write().await?;
    let artifact = ensure_artifact(ops, &mut tx, (&work.permit, &work.caller), name).await?;
    keep(ops, tx, (&work.permit, artifact), &stored).await
}

/// Makes what was stored a blob of the artifact, durably. Content that the organization had already is kept once.
async fn keep(
    ops: &Ops,
    mut tx: Tx,
    (permit, artifact): (&Permit, ArtifactId),
    stored: &Stored,
) -> Result<()> {
    let now = ops.clock().now();
    let key = stored.key.to_string();
    let new = NewBlob {
        id: ops.new_id()?,
        storage_key: &key,
        size: stored.size,
        sha256: stored.digests.sha256,
        sha512: stored.digests.sha512,
    };
    let blob = tx.keep_blob(permit, &new, now).await?;
    tx.link_blob(permit, (artifact, blob.id), now + ops.settings().retention.lease).await?;
    tx.commit().await?;
    if blob.storage_key != key
        && let Err(error) = ops.blobs().delete(stored.key).await
    {
        tracing::warn!(%error, "a blob that was there already is now stored twice; the next collection removes it");
    }
    Ok(())
}

/// A session while one request works on it.
struct Session<'a> {
    ops: &'a Ops,
    permit: &'a Permit,
    artifact: ArtifactId,
    upload: Upload,
    storage: StorageId,
    writer: Option<Writer>,
    /// Whether the bytes go to a place of this request's own, since the session has none yet.
    is_fresh: bool,
    is_claimed: bool,
}

impl<'a> Session<'a> {
    async fn open(ops: &'a Ops, work: &'a Work, id: UploadId, chunk: Chunk) -> Result<Self> {
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
            let now = ops.clock().now();
            let mut tx = ops.store().write().await?;
            if !tx.claim_upload(&work.permit, &upload, (now, now + CLAIM)).await? {
                return Err(Error::Busy { received: upload.received });
            }
            tx.commit().await?;
            upload.version += 1;
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
    async fn receive<E: Into<Box<dyn StdError + Send + Sync>>>(
        &mut self,
        body: impl Stream<Item = std::result::Result<Bytes, E>> + Send,
        chunk: Chunk,
    ) -> Result<Writer> {
        let Some(mut writer) = self.writer.take() else {
            return Err(Error::of(ErrorCode::BlobUploadUnknown));
        };
        let before = writer.offset();
        let mut renewed_at = self.ops.clock().now();
        let mut body = pin!(body);
        let failure = loop {
            match body.next().await {
                None => break check_length(chunk, writer.offset() - before).err(),
                Some(Err(error)) => break Some(Error::Body(error.into())),
                Some(Ok(bytes)) => {
                    if let Err(error) = writer.write(bytes).await {
                        break Some(error.into());
                    }
                }
            }
            if let Err(error) = self.renew(&mut renewed_at).await {
                break Some(error);
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

    async fn renew(&self, renewed_at: &mut DateTime<Utc>) -> Result<()> {
        let now = self.ops.clock().now();
        if !self.is_claimed || now - *renewed_at < RENEW_AFTER {
            return Ok(());
        }
        *renewed_at = now;
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

    async fn failed(&self, error: grantry_blobs::error::Error) -> Error {
        self.release().await;
        match error {
            grantry_blobs::error::Error::Busy => Error::Busy { received: self.upload.received },
            other => other.into(),
        }
    }

    /// Another request has saved its bytes first.
    async fn overtaken(&self, storage: StorageId) -> Error {
        if self.is_fresh {
            discard(self.ops, storage).await;
        }
        Error::Busy { received: self.upload.received }
    }
}

fn progress(upload: &Upload) -> Result<Option<Progress>> {
    let parsed = upload.progress.as_deref().map(serde_json::from_str).transpose();
    Ok(parsed.map_err(crate::error::Error::internal)?)
}

fn check_range(chunk: Chunk, received: u64) -> Result<()> {
    let Some(range) = chunk.range else { return Ok(()) };
    range.check(received, chunk.length).map_err(|error| match error {
        ChunkError::OutOfOrder { .. } => Error::OutOfOrder { received },
        other => Error::saying(ErrorCode::SizeInvalid, other.to_string()),
    })
}

/// A body that is shorter or longer than its request says.
fn check_length(chunk: Chunk, taken: u64) -> Result<()> {
    let expected = chunk.range.map(ContentRange::len).or(chunk.length);
    if expected.is_some_and(|expected| expected != taken) {
        let message = format!("The body has {taken} bytes, not as many as the request says.");
        return Err(Error::saying(ErrorCode::SizeInvalid, message));
    }
    Ok(())
}

pub(super) async fn discard(ops: &Ops, storage: StorageId) {
    if let Err(error) = ops.blobs().discard(storage).await {
        tracing::warn!(%error, "the rest of an upload could not be removed; the next collection does");
    }
}
