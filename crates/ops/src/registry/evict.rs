//! Letting go of what artifacts that are pulled through keep of their upstreams, where they keep it within limits.
//!
//! Only blobs go; manifests, tags and what is reached through what stay. They are small, and they are what entitlements are
//! decided by: without them a customer could not pull by digest what a tag of theirs stands for, lists of tags would shrink,
//! and a grant of a single version would lose it. So whoever could pull something before still can, and it is fetched again.
//! But the upstream may not have it any more. Therefore what an active entitlement names one by one, a version or a tag, is
//! held with all that a pull of it moves, as it is held against being deleted. An artifact may be over its limit for that.
//!
//! A blob that is let go of is like one that a manifest lists and that was never fetched. The ordinary collection deletes it
//! after its grace time, if no other artifact has it; who reads it meanwhile is not disturbed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use grantry_model::id::{ArtifactId, BlobId};
use grantry_model::policy::Permit;
use grantry_store::cache::Cache;
use quick_cache::sync::Cache as Remembered;

use crate::Ops;
use crate::error::Result;

/// Blobs that are looked at in one go.
const BATCH: i64 = 200;
/// That a blob was pulled is noted at most this often.
const NOTE_EVERY: TimeDelta = TimeDelta::minutes(10);
/// Blobs of which it is remembered when that was.
const REMEMBERED: usize = 50_000;

/// When which blob of which artifact was pulled last.
type Used = HashMap<(ArtifactId, BlobId), DateTime<Utc>>;

/// Pulls of blobs, kept in memory for a moment so that a pull writes nothing itself.
pub(crate) struct Uses {
    noted: Remembered<(ArtifactId, BlobId), DateTime<Utc>>,
    waiting: Mutex<Used>,
}

impl Uses {
    pub(super) fn new() -> Self {
        Self { noted: Remembered::new(REMEMBERED), waiting: Mutex::default() }
    }

    /// Notes that a blob is pulled.
    pub(super) fn note(&self, artifact: ArtifactId, blob: BlobId, now: DateTime<Utc>) {
        let key = (artifact, blob);
        if self.noted.get(&key).is_some_and(|at| now - at < NOTE_EVERY) {
            return;
        }
        self.noted.insert(key, now);
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(key, now);
    }

    /// What waits to be written; the caller gives it back if that fails.
    pub(super) fn take(&self) -> Used {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn give_back(&self, used: &Used) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).extend(used);
    }
}

/// What was let go of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evicted {
    /// Blobs.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Lets go of blobs that were not pulled for too long, and then of those not pulled for longest until each artifact is within
/// its limit.
///
/// # Errors
/// The database fails. What was let go of until then is; the rest is found the next time.
pub async fn evict(ops: &Ops) -> Result<Evicted> {
    super::pull::write_waiting(ops).await?;
    let mut evicted = Evicted::default();
    let caches = ops.store().read().await?.list_caches().await?;
    for cache in &caches {
        let mut evicting = Evicting { ops, permit: Permit::operator(cache.organization), cache, evicted };
        if let Some(days) = cache.upkeep.cache_days {
            evicting.unused(days).await?;
        }
        if let Some(limit) = cache.upkeep.cache_limit {
            evicting.beyond(limit).await?;
        }
        evicted = evicting.evicted;
    }
    Ok(evicted)
}

/// An artifact that is relieved.
struct Evicting<'a> {
    ops: &'a Ops,
    permit: Permit,
    cache: &'a Cache,
    evicted: Evicted,
}

impl Evicting<'_> {
    async fn unused(&mut self, days: u32) -> Result<()> {
        let before = self.ops.clock().now() - TimeDelta::days(days.into());
        while self.go(Some(before), u64::MAX).await? > 0 {}
        Ok(())
    }

    async fn beyond(&mut self, limit: u64) -> Result<()> {
        loop {
            let mut tx = self.ops.store().read().await?;
            let size = tx.cached_size(&self.permit, self.cache.artifact).await?;
            tx.commit().await?;
            if size <= limit || self.go(None, size - limit).await? == 0 {
                return Ok(());
            }
        }
    }

    /// Lets go of some blobs, of `enough` bytes if it can; how many went.
    async fn go(&mut self, before: Option<DateTime<Utc>>, enough: u64) -> Result<u64> {
        let (artifact, now) = (self.cache.artifact, self.ops.clock().now());
        let mut tx = self.ops.store().read().await?;
        let listed = tx.list_evictable(&self.permit, artifact, (before, now), BATCH).await?;
        tx.commit().await?;
        let (mut gone, mut bytes) = (0, 0);
        for one in &listed {
            if bytes >= enough {
                break;
            }
            let mut tx = self.ops.store().write().await?;
            let is_gone = tx.evict_blob(&self.permit, artifact, one, now).await?;
            tx.commit().await?;
            if is_gone {
                gone += 1;
                bytes += one.size;
            }
        }
        self.evicted.blobs += gone;
        self.evicted.bytes += bytes;
        Ok(gone)
    }
}
