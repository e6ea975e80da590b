//! What upstreams were asked lately, and what they are being asked right now.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use grantry_model::id::ArtifactId;
use quick_cache::sync::Cache;

/// A tag is compared with the upstream at most this often.
const FRESH: TimeDelta = TimeDelta::minutes(10);

/// What the upstream does not have is asked for again after this.
const MISSING: TimeDelta = TimeDelta::seconds(30);

/// Things about which it is remembered when the upstream was asked.
const REMEMBERED: usize = 50_000;

/// What was asked of upstreams lately, and what is being asked right now.
pub(crate) struct Asked {
    answers: Cache<Key, (DateTime<Utc>, bool)>,
    flights: Mutex<HashMap<Key, Arc<tokio::sync::Mutex<()>>>>,
}

/// A thing of an artifact: a reference, a digest, or what refers to one.
pub(super) type Key = (ArtifactId, String);

impl Asked {
    pub(super) fn new() -> Self {
        Self { answers: Cache::new(REMEMBERED), flights: Mutex::default() }
    }

    /// Lets one request at a time ask for a thing.
    pub(super) async fn queue(&self, key: &Key) -> Flight<'_> {
        let lock = {
            let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(flights.entry(key.clone()).or_default())
        };
        let guard = Arc::clone(&lock).lock_owned().await;
        Flight { asked: self, key: key.clone(), lock, _guard: guard }
    }

    /// Notes whether the upstream had something when it was asked.
    pub(super) fn note(&self, key: Key, now: DateTime<Utc>, found: bool) {
        self.answers.insert(key, (now, found));
    }

    /// Whether the upstream was asked for this so lately that its answer still holds.
    pub(super) fn holds(&self, key: &Key, now: DateTime<Utc>) -> bool {
        self.answers.get(key).is_some_and(|(at, found)| now - at < if found { FRESH } else { MISSING })
    }
}

/// The turn of one request.
pub(super) struct Flight<'a> {
    asked: &'a Asked,
    key: Key,
    lock: Arc<tokio::sync::Mutex<()>>,
    _guard: tokio::sync::OwnedMutexGuard<()>,
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let mut flights = self.asked.flights.lock().unwrap_or_else(PoisonError::into_inner);
        // The map, this flight and its guard hold one each; who else does waits.
        if Arc::strong_count(&self.lock) <= 3 {
            flights.remove(&self.key);
        }
    }
}
