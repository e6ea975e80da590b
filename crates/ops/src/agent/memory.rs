//! What the hub remembers of agents between their requests. All of it can be forgotten at any time but what waits to be written.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use grantry_model::agent::Agent;
use grantry_model::id::{CustomerId, DeploymentTargetId, OrganizationId, StatusId};
use grantry_store::agent::Numbers;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::keeping::Keeper;
use super::masking::Masks;
use super::resources::Answer;
use super::throttle::Throttle;
use crate::Ops;
use crate::error::Result;

/// Agents that are remembered.
const AGENTS: usize = 50_000;
/// Bytes of answers that are remembered whole, for agents that ask without conditions; Distr's do.
const TEXT_BYTES: u64 = 32 << 20;
/// How many these are, about.
const TEXTS: usize = 4_000;
/// What an answer costs beside its text.
const ENTRY_BYTES: u64 = 256;
/// Customers whose secrets are remembered, to be masked in logs.
const MASKS: usize = 1_000;
/// When an agent was last heard of is written at most this often.
const NOTE_SEEN_EVERY: TimeDelta = TimeDelta::seconds(20);
/// How many of them are written at once.
const AT_ONCE: usize = 250;

/// The memory of agents.
pub(crate) struct Memory {
    pub(super) agents: Cache<DeploymentTargetId, Arc<Known>>,
    pub(super) answers: Cache<DeploymentTargetId, Arc<Answer>>,
    pub(super) texts: Cache<DeploymentTargetId, (String, Bytes), BySize>,
    pub(super) masks: Cache<(OrganizationId, Option<CustomerId>), Arc<Masks>>,
    pub(super) throttle: Throttle,
    pub(super) keeper: Keeper,
    /// When it was last recorded that an agent was refused.
    pub(super) refused: Mutex<HashMap<DeploymentTargetId, DateTime<Utc>>>,
    /// Lines that were added since the oldest of a log were last forgotten.
    pub(super) grown: Mutex<HashMap<(DeploymentTargetId, String), u32>>,
    /// When a measurement of a target was last kept.
    pub(super) measured: Mutex<HashMap<DeploymentTargetId, DateTime<Utc>>>,
    /// How often what an agent should run was worked out.
    pub(super) worked_out: AtomicU64,
    seen: Mutex<HashMap<DeploymentTargetId, Seen>>,
    said: Mutex<HashMap<StatusId, DateTime<Utc>>>,
}

/// An agent, remembered until something changes that concerns it.
pub(super) struct Known {
    pub(super) agent: Agent,
    /// The numbers for which this holds.
    pub(super) numbers: Numbers,
}

/// Weighs answers by their bytes.
#[derive(Clone)]
pub(super) struct BySize;

impl<Key> Weighter<Key, (String, Bytes)> for BySize {
    fn weight(&self, _: &Key, (_, text): &(String, Bytes)) -> u64 {
        text.len() as u64 + ENTRY_BYTES
    }
}

/// What was last heard of an agent.
#[derive(Debug, Clone)]
struct Seen {
    at: DateTime<Utc>,
    version: Option<String>,
    /// What of it has been written.
    written: Option<(DateTime<Utc>, Option<String>)>,
}

impl Seen {
    fn is_due(&self) -> bool {
        self.written
            .as_ref()
            .is_none_or(|(at, version)| self.at - *at >= NOTE_SEEN_EVERY || *version != self.version)
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Memory {
    pub(crate) fn new() -> Self {
        Self {
            agents: Cache::new(AGENTS),
            answers: Cache::new(AGENTS),
            texts: Cache::with_weighter(TEXTS, TEXT_BYTES, BySize),
            masks: Cache::new(MASKS),
            throttle: Throttle::default(),
            keeper: Keeper::default(),
            refused: Mutex::default(),
            grown: Mutex::default(),
            measured: Mutex::default(),
            worked_out: AtomicU64::new(0),
            seen: Mutex::default(),
            said: Mutex::default(),
        }
    }

    /// Notes that an agent was heard of.
    pub(super) fn note_seen(&self, target: DeploymentTargetId, at: DateTime<Utc>, version: Option<&str>) {
        let mut seen = lock(&self.seen);
        let entry = seen.entry(target).or_insert_with(|| Seen { at, version: None, written: None });
        entry.at = at;
        if let Some(version) = version
            && entry.version.as_deref() != Some(version)
        {
            entry.version = Some(version.to_owned());
        }
    }

    /// Notes that a status was said again.
    pub(super) fn note_said(&self, status: StatusId, at: DateTime<Utc>) {
        lock(&self.said).insert(status, at);
    }
}

/// How often since its start this process has worked out what an agent should run. All other answers came from memory.
pub fn worked_out(ops: &Ops) -> u64 {
    ops.0.agents.worked_out.load(Ordering::Relaxed)
}

/// Writes what was gathered: when agents were last heard of, and what they said again. What can't be written now waits on.
///
/// # Errors
/// The database can't be written.
pub async fn write_waiting(ops: &Ops) -> Result<()> {
    let memory = &ops.0.agents;
    let mut seen: Vec<(DeploymentTargetId, Seen)> = {
        let due = lock(&memory.seen);
        due.iter().filter(|(_, seen)| seen.is_due()).map(|(target, seen)| (*target, seen.clone())).collect()
    };
    let mut said: Vec<(StatusId, DateTime<Utc>)> =
        lock(&memory.said).iter().map(|(id, at)| (*id, *at)).collect();
    // In one order, so that two processes which write the same rows wait for each other and not in a circle.
    seen.sort_unstable_by_key(|(target, _)| target.0);
    said.sort_unstable_by_key(|(status, _)| status.0);
    // Of thousands, some at a time: agents are answered in between.
    for part in seen.chunks(AT_ONCE) {
        let mut tx = ops.store().write().await?;
        for (target, seen) in part {
            tx.touch_agent(*target, seen.at, seen.version.as_deref()).await?;
        }
        tx.commit().await?;
    }
    for part in said.chunks(AT_ONCE) {
        let mut tx = ops.store().write().await?;
        for (status, until) in part {
            tx.extend_deployment_status(*status, *until).await?;
        }
        tx.commit().await?;
    }
    forget_written(memory, seen, &said);
    Ok(())
}

fn forget_written(
    memory: &Memory,
    seen: Vec<(DeploymentTargetId, Seen)>,
    said: &[(StatusId, DateTime<Utc>)],
) {
    let mut now = lock(&memory.seen);
    let last = seen.iter().map(|(_, seen)| seen.at).max();
    for (target, written) in seen {
        if let Some(entry) = now.get_mut(&target) {
            entry.written = Some((written.at, written.version));
        }
    }
    // Agents that are gone need no memory.
    if let Some(last) = last {
        now.retain(|_, seen| last - seen.at < TimeDelta::hours(1));
    }
    drop(now);
    let mut waiting = lock(&memory.said);
    for (status, until) in said {
        if waiting.get(status) == Some(until) {
            waiting.remove(status);
        }
    }
}
