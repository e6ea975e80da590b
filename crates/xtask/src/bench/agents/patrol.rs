//! Agents that ask what they should run, each every five seconds on a connection of its own, spread evenly.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use super::super::client::{Connection, request};
use super::super::process::Process;
use super::fleet::{Agent, Vendor};

/// How often an agent asks.
const EVERY: Duration = Duration::from_secs(5);
/// An agent that waits longer for an answer gives up.
const LIMIT: Duration = Duration::from_secs(30);

/// Agents that are watched.
pub(super) struct Patrol<'p> {
    pub(super) hub: &'p Process,
    pub(super) agents: &'p [Agent],
    pub(super) counted: Duration,
}

/// What was seen of them.
pub(super) struct Seen {
    /// How long each waited, in microseconds, the shortest first.
    waits: Vec<u32>,
    /// How often an agent should have been answered.
    due: usize,
    /// How often one was told something new.
    pub(super) told: u64,
    cpu: Duration,
    elapsed: Duration,
}

impl Seen {
    /// The wait in milliseconds that this share did not exceed.
    pub(super) fn latency(&self, percent: usize) -> f64 {
        let at = (self.waits.len() * percent / 100).min(self.waits.len().saturating_sub(1));
        self.waits.get(at).map_or(f64::NAN, |micros| f64::from(*micros) / 1000.0)
    }

    /// Processor time of the hub for a poll, in microseconds.
    pub(super) fn cpu(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.waits.len() as f64
    }

    /// How much of its processor the hub took.
    pub(super) fn share(&self) -> f64 {
        self.cpu.as_secs_f64() / self.elapsed.as_secs_f64()
    }

    /// Whether the agents could ask as often as they should: a hub that falls behind is asked less often.
    pub(super) fn answered_all(&self) -> bool {
        self.waits.len() * 100 >= self.due * 98
    }
}

impl Patrol<'_> {
    /// Lets every agent ask once, so that it knows what it runs by now, and then watches them. A vendor may work meanwhile.
    pub(super) async fn watch(&self, vendor: Option<Vendor>) -> anyhow::Result<Seen> {
        let told = Arc::new(AtomicU64::new(0));
        let mut connections = Vec::with_capacity(self.agents.len());
        for _ in self.agents {
            connections.push(Connection::open(self.hub.address()).await?);
        }
        let start = Instant::now() + Duration::from_millis(200);
        let counted = (start + EVERY, start + EVERY + self.counted);
        let mut agents = JoinSet::new();
        for (number, (agent, connection)) in self.agents.iter().zip(connections).enumerate() {
            let offset = EVERY.mul_f64(number as f64 / self.agents.len() as f64);
            agents.spawn(walk(connection, agent.clone(), start + offset, counted, Arc::clone(&told)));
        }
        let mut helpers = JoinSet::new();
        if let Some(vendor) = vendor {
            helpers.spawn(vendor.work());
        }
        sleep_until(counted.0).await;
        let cpu = self.hub.cpu()?;
        sleep_until(counted.1).await;
        let cpu = self.hub.cpu()?.saturating_sub(cpu);
        let mut waits = Vec::new();
        while let Some(walked) = agents.join_next().await {
            waits.extend(walked??);
        }
        if let Some(ended) = helpers.try_join_next() {
            ended?.context("the vendor can't deploy")?;
        }
        waits.sort_unstable();
        let due = self.agents.len() * self.counted.as_millis() as usize / EVERY.as_millis() as usize;
        Ok(Seen { waits, due, told: told.load(Ordering::Relaxed), cpu, elapsed: self.counted })
    }
}

/// One agent: how long it waited for each answer that counts.
async fn walk(
    mut connection: Connection,
    agent: Agent,
    mut next: Instant,
    (from, until): (Instant, Instant),
    told: Arc<AtomicU64>,
) -> anyhow::Result<Vec<u32>> {
    let (mut waits, mut etag) = (Vec::new(), agent.etag);
    while next < until {
        sleep_until(next).await;
        let fields = format!("{}\r\nIf-None-Match: {etag}", agent.authorization);
        let request = request("GET", "/api/v1/agent/resources", &fields, "");
        let Ok(answer) = timeout(LIMIT, connection.ask(&request)).await else {
            waits.push(u32::MAX);
            break;
        };
        let answer = answer?;
        let is_refused = answer.status == 503;
        match answer.status {
            // An agent that is refused stays with what it has, and asks again.
            304 | 503 => {}
            200 => {
                told.fetch_add(u64::from(next >= from), Ordering::Relaxed);
                etag = answer.field("etag").context("an answer without an ETag")?.to_owned();
            }
            status => bail!("an agent was answered {status}: {}", String::from_utf8_lossy(answer.body)),
        }
        if next >= from {
            // From when it was due: a client that comes late has waited, too. Who was refused waits on.
            let waited = u32::try_from(next.elapsed().as_micros()).unwrap_or(u32::MAX);
            waits.push(if is_refused { u32::MAX } else { waited });
        }
        next = (next + EVERY).max(Instant::now());
    }
    Ok(waits)
}
