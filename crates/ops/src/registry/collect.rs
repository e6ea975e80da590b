//! Collecting what nothing needs any more, while the registry is in use.
//!
//! A blob goes in steps: an artifact lets go of it when its lease has ended and no manifest needs it; when no artifact has it,
//! it is condemned; when it has been for a while, its row goes, and then what is stored. Whoever pushes it again meanwhile
//! saves it, or stores it anew under another key. Every step looks again under a lock, so pushes need not wait.

use chrono::TimeDelta;
use futures_util::StreamExt;
use grantry_blobs::writer::Progress;
use grantry_model::audit::{Author, Event, EventKind, Subject};
use grantry_model::policy::Permit;
use grantry_store::collect::{Loose, Orphan, StoredBlob};
use serde_json::json;

use crate::Ops;
use crate::error::Result;

/// Things that are looked at in one go.
const BATCH: usize = 200;

/// How long the registry keeps what nothing needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// A blob without a manifest, after its upload: all layers of an image are pushed before its manifest.
    pub lease: TimeDelta,
    /// A blob that no artifact has, and what is stored without the database knowing of it.
    pub grace: TimeDelta,
    /// A manifest that has lost its last tag and is in no index.
    pub orphans: TimeDelta,
}

impl Default for Retention {
    fn default() -> Self {
        Self { lease: TimeDelta::hours(24), grace: TimeDelta::hours(24), orphans: TimeDelta::days(7) }
    }
}

/// What was collected, or would be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Collected {
    /// Upload sessions that had ended.
    pub uploads: u64,
    /// Manifests without a tag.
    pub manifests: u64,
    /// Blobs that an artifact had and did not need.
    pub loose: u64,
    /// Artifacts to which nothing was pushed in the end.
    pub artifacts: u64,
    /// Blobs that were deleted.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What would be collected, in the order of the steps.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// What goes now.
    pub now: Collected,
    /// Untagged manifests that go.
    pub manifests: Vec<Orphan>,
    /// Blobs that artifacts let go of; those that no other artifact has are deleted after the grace time.
    pub loose: Vec<Loose>,
    /// Blobs that are deleted.
    pub blobs: Vec<StoredBlob>,
}

/// What lies in the storage without the database knowing of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Strays {
    /// Blobs.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Rests of uploads.
    pub uploads: u64,
}

/// Collects everything that is due.
///
/// # Errors
/// The database or the storage fails. What was collected until then is; the rest is found the next time.
pub async fn collect(ops: &Ops) -> Result<Collected> {
    let mut collected = Collected::default();
    collected.uploads += end_uploads(ops).await?;
    collected.manifests += drop_orphans(ops).await?;
    collected.loose += drop_loose(ops).await?;
    collected.artifacts += drop_empty(ops).await?;
    let (blobs, bytes) = drop_condemned(ops).await?;
    Ok(Collected { blobs, bytes, ..collected })
}

/// What [`collect`] would do now, of each kind at most `most`.
///
/// # Errors
/// The database can't be read.
pub async fn preview(ops: &Ops, most: usize) -> Result<Preview> {
    let (now, retention) = (ops.clock().now(), ops.settings().retention);
    let mut tx = ops.store().read().await?;
    let uploads = tx.list_ended_uploads(now, most).await?.len();
    let artifacts = tx.list_empty_artifacts(now - retention.grace, most).await?.len();
    let manifests = tx.list_orphans((now - retention.orphans, now), most).await?;
    let loose = tx.list_loose_blobs(now, most).await?;
    let blobs = tx.list_condemned_blobs(now - retention.grace, most).await?;
    let now = Collected {
        uploads: uploads as u64,
        manifests: manifests.len() as u64,
        loose: loose.len() as u64,
        artifacts: artifacts as u64,
        blobs: blobs.len() as u64,
        bytes: blobs.iter().map(|blob| blob.size).sum(),
    };
    Ok(Preview { now, manifests, loose, blobs })
}

async fn end_uploads(ops: &Ops) -> Result<u64> {
    let mut ended = 0;
    loop {
        let now = ops.clock().now();
        let uploads = ops.store().read().await?.list_ended_uploads(now, BATCH).await?;
        for (id, progress) in &uploads {
            let mut tx = ops.store().write().await?;
            let is_gone = tx.delete_ended_upload(*id, now).await?;
            tx.commit().await?;
            let progress = progress.as_deref().and_then(|text| serde_json::from_str::<Progress>(text).ok());
            if let Some(progress) = progress.filter(|_| is_gone) {
                ops.blobs().discard(progress.id).await?;
            }
            ended += u64::from(is_gone);
        }
        if uploads.len() < BATCH {
            return Ok(ended);
        }
    }
}

async fn drop_orphans(ops: &Ops) -> Result<u64> {
    let mut dropped = 0;
    loop {
        let now = ops.clock().now();
        let before = now - ops.settings().retention.orphans;
        let orphans = ops.store().read().await?.list_orphans((before, now), BATCH).await?;
        let mut progressed = false;
        for orphan in &orphans {
            let is_gone = drop_orphan(ops, orphan).await?;
            progressed |= is_gone;
            dropped += u64::from(is_gone);
        }
        if orphans.len() < BATCH || !progressed {
            return Ok(dropped);
        }
    }
}

async fn drop_orphan(ops: &Ops, orphan: &Orphan) -> Result<bool> {
    let now = ops.clock().now();
    let permit = Permit::operator(orphan.organization);
    let mut tx = ops.store().write().await?;
    tx.lock_artifact(orphan.artifact).await?;
    if !tx.is_orphan(&permit, orphan.manifest, (now - ops.settings().retention.orphans, now)).await? {
        return Ok(false);
    }
    let below = tx.list_manifests_below(&permit, orphan.artifact, &orphan.digest).await?;
    tx.delete_manifest(&permit, orphan.manifest, now).await?;
    tx.mark_orphans(&permit, orphan.artifact, &below, now).await?;
    tx.move_artifact(&permit, orphan.artifact).await?;
    let name = format!("{}@{}", orphan.artifact_name, orphan.digest);
    let event = Event::new(EventKind::ManifestDeleted, Subject::new("artifact", orphan.artifact, name));
    let event = event.with(json!({ "reason": "untagged" }));
    tx.record(orphan.organization, ops.stamp()?, &Author::operator(), &event).await?;
    tx.commit().await?;
    Ok(true)
}

async fn drop_loose(ops: &Ops) -> Result<u64> {
    let mut dropped = 0;
    loop {
        let now = ops.clock().now();
        let loose = ops.store().read().await?.list_loose_blobs(now, BATCH).await?;
        let mut progressed = false;
        for one in &loose {
            let mut tx = ops.store().write().await?;
            let is_gone = tx.unlink_loose_blob(one, now).await?;
            tx.commit().await?;
            progressed |= is_gone;
            dropped += u64::from(is_gone);
        }
        if loose.len() < BATCH || !progressed {
            break;
        }
    }
    let now = ops.clock().now();
    let mut tx = ops.store().write().await?;
    tx.hold_needed_blobs(now).await?;
    tx.commit().await?;
    Ok(dropped)
}

async fn drop_empty(ops: &Ops) -> Result<u64> {
    let before = ops.clock().now() - ops.settings().retention.grace;
    let empty = ops.store().read().await?.list_empty_artifacts(before, BATCH).await?;
    let mut dropped = 0;
    for (organization, artifact) in empty {
        let permit = Permit::operator(organization);
        let mut tx = ops.store().write().await?;
        tx.lock_artifacts(&permit).await?;
        tx.lock_artifact(artifact).await?;
        let Some(found) = tx.find_artifact(&permit, artifact).await? else { continue };
        if !tx.is_artifact_empty(&permit, artifact).await? {
            continue;
        }
        tx.delete_artifact(&permit, artifact).await?;
        let event = Event::new(EventKind::ArtifactDeleted, Subject::new("artifact", artifact, &found.name));
        let event = event.with(json!({ "reason": "nothing was pushed" }));
        tx.record(organization, ops.stamp()?, &Author::operator(), &event).await?;
        tx.commit().await?;
        dropped += 1;
    }
    Ok(dropped)
}

async fn drop_condemned(ops: &Ops) -> Result<(u64, u64)> {
    // An artifact that is deleted leaves its blobs without a link.
    let unlinked = ops.store().read().await?.list_unlinked_blobs(BATCH * 10).await?;
    for blob in &unlinked {
        let mut tx = ops.store().write().await?;
        tx.condemn_blob(blob.id, ops.clock().now()).await?;
        tx.commit().await?;
    }
    let (mut blobs, mut bytes) = (0, 0);
    loop {
        let before = ops.clock().now() - ops.settings().retention.grace;
        let condemned = ops.store().read().await?.list_condemned_blobs(before, BATCH).await?;
        let mut progressed = false;
        for blob in &condemned {
            let mut tx = ops.store().write().await?;
            let is_gone = tx.delete_condemned_blob(blob.id, before).await?;
            tx.commit().await?;
            progressed |= is_gone;
            if is_gone && let Ok(key) = blob.storage_key.parse() {
                // If this fails, the stored bytes are a stray.
                ops.blobs().delete(key).await?;
                blobs += 1;
                bytes += blob.size;
            }
        }
        if condemned.len() < BATCH || !progressed {
            return Ok((blobs, bytes));
        }
    }
}

/// Finds what lies in the storage for longer than the grace time without the database knowing of it, and removes it if
/// `remove` is set. A process that dies between storing and committing leaves such strays.
///
/// # Errors
/// The database or the storage fails.
pub async fn sweep(ops: &Ops, remove: bool) -> Result<Strays> {
    let before = ops.clock().now() - ops.settings().retention.grace;
    let mut strays = Strays::default();
    let mut entries = ops.blobs().list();
    while let Some(entry) = entries.next().await {
        let entry = entry?;
        if entry.stored_at >= before {
            continue;
        }
        if ops.store().read().await?.is_key_known(&entry.key.to_string()).await? {
            continue;
        }
        strays.blobs += 1;
        strays.bytes += entry.size;
        if remove {
            ops.blobs().delete(entry.key).await?;
        }
    }
    // A session ends a day after its last bytes; what is older than that and the grace time belongs to none.
    let abandoned = ops.blobs().list_abandoned(before - TimeDelta::hours(25)).await?;
    strays.uploads = abandoned.len() as u64;
    if remove {
        for id in abandoned {
            ops.blobs().discard(id).await?;
        }
    }
    Ok(strays)
}
