//! Pulling, mounting and removing blobs.

use std::ops::Range;

use bytes::Bytes;
use grantry_blobs::blobs::Blobs;
use grantry_blobs::content::Content;
use grantry_blobs::growing::Follower;
use grantry_blobs::key::Key;
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::policy;
use grantry_oci::digest::Digest;
use grantry_oci::error::ErrorCode;
use grantry_oci::name::Name;
use grantry_oci::scope::Action;
use grantry_store::blob::Blob as StoredBlob;

use super::client::Client;
use super::error::{Error, Result};
use super::fetch::Brought;
use super::visit::{Bounds, Visit};
use crate::Ops;

/// Blobs up to this size are read whole and remembered: configurations, charts, signatures.
const SMALL: u64 = 64 << 10;

/// A blob that a client may pull.
pub struct Blob {
    /// The digest that it was asked for by.
    pub digest: Digest,
    /// Its bytes' number.
    pub size: u64,
    source: Source,
}

enum Source {
    Memory(Bytes),
    Storage(Blobs, Key),
    /// On its way from the upstream.
    Coming(Follower),
}

/// A part of a blob on its way out.
pub enum Part {
    /// All of it at once.
    Whole(Bytes),
    /// As a stream.
    Stream(Content),
}

impl Blob {
    /// Reads a part of the blob.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn read(&self, range: Range<u64>) -> Result<Part> {
        match &self.source {
            Source::Memory(bytes) => {
                let end = usize::try_from(range.end).unwrap_or(usize::MAX).min(bytes.len());
                let start = usize::try_from(range.start).unwrap_or(usize::MAX).min(end);
                Ok(Part::Whole(bytes.slice(start..end)))
            }
            Source::Storage(blobs, key) => Ok(Part::Stream(blobs.read(*key, range).await?)),
            Source::Coming(follower) => Ok(Part::Stream(follower.read(range))),
        }
    }
}

/// A blob that the client may pull from a repository. One that is fetched from an upstream is read while it comes.
///
/// # Errors
/// `NAME_UNKNOWN` or `BLOB_UNKNOWN` if there is none, or none that the client may know of; the upstream fails.
pub async fn pull(ops: &Ops, client: &Client, name: &Name, digest: &Digest) -> Result<Blob> {
    let mut found = find(ops, client, name, digest).await?;
    if found.stored.is_none()
        && let Some(artifact) = found.visit.place.artifact
    {
        let (permit, size) = (found.visit.permit.clone(), found.size);
        found.visit.tx.commit().await?;
        let brought = super::fetch::blob(ops, &permit, artifact.id, (digest, size)).await?;
        if let Brought::Flowing(follower) = brought {
            return Ok(Blob { digest: *digest, size, source: Source::Coming(follower) });
        }
        found = find(ops, client, name, digest).await?;
    }
    let stored = found.stored.ok_or_else(|| Error::of(ErrorCode::BlobUnknown))?;
    read_stored(ops, (found.visit, stored), digest).await
}

async fn read_stored(ops: &Ops, (visit, stored): (Visit, StoredBlob), digest: &Digest) -> Result<Blob> {
    if let Some(artifact) = visit.place.artifact.filter(|artifact| artifact.has_upstream) {
        ops.0.registry.uses.note(artifact.id, stored.id, ops.clock().now());
    }
    let key = key(&stored)?;
    let blobs = ops.blobs();
    if stored.size > SMALL {
        let source = Source::Storage(blobs.clone(), key);
        return Ok(Blob { digest: *digest, size: stored.size, source });
    }
    // The database is done with; others need not wait for the storage.
    visit.tx.commit().await?;
    let memory = &ops.0.registry.small_blobs;
    let bytes = match memory.get(&stored.id) {
        Some(bytes) => bytes,
        None => {
            let bytes = blobs.read(key, 0..stored.size).await?.read_to_end().await?;
            memory.insert(stored.id, bytes.clone());
            bytes
        }
    };
    Ok(Blob { digest: *digest, size: stored.size, source: Source::Memory(bytes) })
}

/// The size of a blob that the client may pull; of one that an upstream has, as its manifest says. A client that may push
/// learns so that it need not send it, so the blob is kept for a while.
///
/// # Errors
/// As of [`pull`].
pub async fn head(ops: &Ops, client: &Client, name: &Name, digest: &Digest) -> Result<u64> {
    let Found { mut visit, stored, size } = find(ops, client, name, digest).await?;
    let Some(stored) = stored else { return Ok(size) };
    let now = ops.clock().now();
    if visit.identity.puller.authorize(policy::Action::PushArtifacts, now).is_err() {
        return Ok(stored.size);
    }
    let Some(artifact) = visit.place.artifact else { return Ok(stored.size) };
    // Who hears that a blob is there won't send it. So it must stay until the manifest comes.
    let lease = visit.tx.find_lease(&visit.permit, artifact.id, stored.id).await?;
    if lease.is_none_or(|until| until - now >= ops.settings().retention.lease / 2) {
        return Ok(stored.size);
    }
    visit.tx.commit().await?;
    let mut tx = ops.store().write().await?;
    tx.lock_artifact(artifact.id).await?;
    if tx.find_blob(&visit.permit, artifact.id, digest).await?.is_none() {
        return Err(Error::of(ErrorCode::BlobUnknown));
    }
    tx.link_blob(&visit.permit, (artifact.id, stored.id), now + ops.settings().retention.lease).await?;
    tx.commit().await?;
    Ok(stored.size)
}

/// A blob that a client may have.
struct Found {
    visit: Visit,
    /// `None`: a manifest of an artifact that is pulled through lists it, so the upstream should have it.
    stored: Option<StoredBlob>,
    size: u64,
}

async fn find(ops: &Ops, client: &Client, name: &Name, digest: &Digest) -> Result<Found> {
    let mut visit = Visit::enter(ops, client, name, Action::Pull).await?;
    let (artifact, bounds) = visit.artifact(ops).await?;
    let unknown = || Error::of(ErrorCode::BlobUnknown);
    let stored = visit.tx.find_blob(&visit.permit, artifact.id, digest).await?;
    let (size, is_allowed) = match &stored {
        Some(stored) => (stored.size, allow(ops, &mut visit, &bounds, stored).await?),
        None if artifact.has_upstream => {
            let text = digest.to_string();
            // Only what a manifest lists is fetched, and only for who may have it.
            let size = visit.tx.find_listed_size(&visit.permit, artifact.id, &text).await?;
            (size.ok_or_else(unknown)?, bounds.allow_digest(ops, &mut visit, &artifact, &text).await?)
        }
        None => return Err(unknown()),
    };
    if is_allowed { Ok(Found { visit, stored, size }) } else { Err(unknown()) }
}

/// A manifest may name a blob by either of its digests.
async fn allow(ops: &Ops, visit: &mut Visit, bounds: &Bounds, blob: &StoredBlob) -> Result<bool> {
    let Some(artifact) = visit.place.artifact else { return Ok(false) };
    for digest in [Some(blob.sha256), blob.sha512].into_iter().flatten() {
        if bounds.allow_digest(ops, visit, &artifact, &digest.to_string()).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn key(blob: &StoredBlob) -> Result<Key> {
    blob.storage_key.parse().map_err(|error| crate::error::Error::internal(error).into())
}

/// Takes a blob from another repository, or from any, into one that the client may push to. Whether it was there: if not,
/// or if the client may not pull it there, the blob has to be sent.
///
/// # Errors
/// The client may not push here; its token does not allow to pull from there.
pub async fn mount(
    ops: &Ops,
    client: &Client,
    (name, digest): (&Name, &Digest),
    from: Option<&Name>,
) -> Result<bool> {
    let mut visit = Visit::enter(ops, client, name, Action::Push).await?;
    let (permit, now) = (visit.permit.clone(), ops.clock().now());
    let source = match from {
        Some(from) => {
            if !client.has_scope(from, Action::Pull) {
                return Err(Error::InsufficientScope);
            }
            visit
                .tx
                .find_place(&permit, from.organization(), from.artifact())
                .await?
                .and_then(|place| place.artifact)
                .map(|artifact| artifact.id)
        }
        None => visit.tx.list_artifacts_with_blob(&permit, digest).await?.first().copied(),
    };
    let Some(source) = source else { return Ok(false) };
    let is_there = visit.tx.find_blob(&permit, source, digest).await?.is_some();
    visit.tx.commit().await?;
    if !is_there {
        return Ok(false);
    }
    let caller = client.caller(&visit.identity)?;
    let mut tx = ops.store().write().await?;
    let artifact = super::upload::ensure_artifact(ops, &mut tx, (&permit, &caller), name).await?;
    tx.lock_artifact(source).await?;
    let Some(blob) = tx.find_blob(&permit, source, digest).await? else { return Ok(false) };
    tx.link_blob(&permit, (artifact, blob.id), now + ops.settings().retention.lease).await?;
    tx.commit().await?;
    Ok(true)
}

/// Takes a blob out of a repository. Others that have it keep it.
///
/// # Errors
/// There is no such blob; a manifest of the repository needs it.
pub async fn delete(ops: &Ops, client: &Client, name: &Name, digest: &Digest) -> Result<()> {
    let visit = Visit::enter(ops, client, name, Action::Delete).await?;
    let artifact = visit.place.artifact.ok_or_else(|| Error::of(ErrorCode::NameUnknown))?;
    let (permit, caller) = (visit.permit.clone(), client.caller(&visit.identity)?);
    visit.tx.commit().await?;
    let mut tx = ops.store().write().await?;
    tx.lock_artifact(artifact.id).await?;
    let blob = tx.find_blob(&permit, artifact.id, digest).await?;
    let blob = blob.ok_or_else(|| Error::of(ErrorCode::BlobUnknown))?;
    for digest in [Some(blob.sha256), blob.sha512].into_iter().flatten() {
        if tx.is_blob_needed(&permit, artifact.id, &digest.to_string()).await? {
            let message = "A manifest of this repository needs the blob. Delete the manifest first.";
            return Err(Error::saying(ErrorCode::Unsupported, message));
        }
    }
    tx.unlink_blob(&permit, artifact.id, blob.id).await?;
    tx.move_artifact(&permit, artifact.id).await?;
    let subject = Subject::new("blob", digest, format!("{name}@{digest}"));
    let event = Event::new(EventKind::BlobDeleted, subject);
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    Ok(())
}
