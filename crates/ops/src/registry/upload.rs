//! Uploads of blobs: sessions of one member, continued by any process.
//!
//! The first bytes of a session go to a place of their own in the storage, and whoever saves first wins. To what is there
//! already one request at a time appends, by a claim that it renews.

use std::error::Error as StdError;
use std::pin::pin;

use bytes::Bytes;
use chrono::TimeDelta;
use futures_util::{Stream, StreamExt};
use grantry_blobs::key::UploadId as StorageId;
use grantry_blobs::writer::{Progress, Stored};
use grantry_model::artifact::{Artifact, ArtifactName};
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::id::{ArtifactId, BlobId};
use grantry_model::policy::Permit;
use grantry_oci::digest::Digest;
use grantry_oci::error::ErrorCode;
use grantry_oci::name::Name;
use grantry_oci::range::ContentRange;
use grantry_oci::resource::UploadId;
use grantry_oci::scope::Action;
use grantry_store::blob::NewBlob;
use grantry_store::store::Tx;
use grantry_store::upload::Upload;

use super::client::Client;
use super::error::{Error, Result};
use super::session::Session;
use super::visit::Visit;
use crate::Ops;
use crate::caller::Caller;

/// How long a session lives after its last bytes.
const LIFETIME: TimeDelta = TimeDelta::hours(24);

/// What a request says of the bytes that it brings.
#[derive(Debug, Clone, Copy, Default)]
pub struct Chunk {
    /// Where they belong, if it says so.
    pub range: Option<ContentRange>,
    /// How many there are, if it says so.
    pub length: Option<u64>,
}

/// A member at work in a repository.
pub(super) struct Work {
    pub(super) permit: Permit,
    caller: Caller,
    artifact: Option<ArtifactId>,
}

impl Work {
    async fn begin(ops: &Ops, client: &Client, name: &Name) -> Result<Self> {
        let visit = Visit::enter(ops, client, name, Action::Push).await?;
        let caller = client.caller(&visit.identity)?;
        visit.tx.commit().await?;
        Ok(Self { permit: visit.permit, caller, artifact: visit.place.artifact.map(|artifact| artifact.id) })
    }

    pub(super) async fn session(&self, ops: &Ops, tx: &mut Tx, id: UploadId) -> Result<(ArtifactId, Upload)> {
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
    let artifact = Artifact {
        id: ops.new_id()?,
        name: artifact_name,
        created_at,
        pushed_at: None,
        upstream: None,
        image: None,
    };
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
    keep(ops, tx, (&work.permit, session.artifact), &stored).await.map(|_| ())
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
    keep(ops, tx, (&work.permit, artifact), &stored).await.map(|_| ())
}

/// Makes what was stored a blob of the artifact, durably. Content that the organization had already is kept once.
pub(super) async fn keep(
    ops: &Ops,
    mut tx: Tx,
    (permit, artifact): (&Permit, ArtifactId),
    stored: &Stored,
) -> Result<BlobId> {
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
    Ok(blob.id)
}

pub(super) fn progress(upload: &Upload) -> Result<Option<Progress>> {
    let parsed = upload.progress.as_deref().map(serde_json::from_str).transpose();
    Ok(parsed.map_err(crate::error::Error::internal)?)
}

/// A body that is shorter or longer than its request says.
pub(super) fn check_length(chunk: Chunk, taken: u64) -> Result<()> {
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
