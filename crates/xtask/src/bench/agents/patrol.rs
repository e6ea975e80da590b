//! Agents that ask what they should run, each every five seconds on a connection of its own, spread evenly.

use std::time::Duration;

use anyhow::{Context, bail};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::super::client::{Connection, request};
use super::super::process::Process;
use super::fleet::{Agent, Vendor};

/// How often an agent asks.
const EVERY: Duration = Duration::from_secs(5);
/// An agent that waits longer for an answer gives up.
const LIMIT: Duration = Duration::from_secs(30);

/// Connections that are opened at once, before the hub gets a moment to take them.
const OPENED_AT_ONCE: usize = 100;

/// Agents that are watched.
pub(super) struct Patrol<'p> {
    pub(super) hub: &'p Process,
    pub(super) agents: &'p mut [Agent],
}

/// When an agent asks.
#[derive(Clone, Copy)]
struct Round {
    /// For the first time.
    next: Instant,
    /// From when on it counts how long it waits.
    from: Instant,
    /// Before when it asks for the last time.
    until: Instant,
}

/// What was seen of them.
pub(super) struct Seen {
    /// How long each waited, in microseconds, the shortest first.
    waits: Vec<u32>,
    /// How often an agent should have been answered.
    due: usize,
    /// How often one was told something new.
    pub(super) told: u64,
    /// How often one was answered 503.
    pub(super) refused: u64,
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

/// What one agent saw.
struct Walked {
    waits: Vec<u32>,
    etag: String,
    told: u64,
    refused: u64,
}

impl Patrol<'_> {
    /// Lets every agent ask once, all within the time in which they ask once.
    pub(super) async fn ask(&mut self) -> anyhow::Result<Seen> {
        let connections = self.connect().await?;
        let start = Instant::now() + Duration::from_millis(200);
        let cpu = self.hub.cpu()?;
        let agents = self.send(connections, |offset| {
            let next = start + offset;
            Round { next, from: next, until: next + Duration::from_millis(1) }
        });
        let due = self.agents.len();
        self.seen(agents, (cpu, start), due).await
    }

    /// Lets every agent ask once, so that it knows what it runs by now, and then watches them for so long. A vendor may work
    /// meanwhile.
    pub(super) async fn watch(&mut self, counted: Duration, vendor: Option<Vendor>) -> anyhow::Result<Seen> {
        let connections = self.connect().await?;
        let start = Instant::now() + Duration::from_millis(200);
        let (from, until) = (start + EVERY, start + EVERY + counted);
        let agents = self.send(connections, |offset| Round { next: start + offset, from, until });
        let mut helpers = JoinSet::new();
        if let Some(vendor) = vendor {
            helpers.spawn(vendor.work());
        }
        sleep_until(from).await;
        let cpu = self.hub.cpu()?;
        let due = self.agents.len() * counted.as_millis() as usize / EVERY.as_millis() as usize;
        let seen = self.seen(agents, (cpu, from), due).await?;
        if let Some(ended) = helpers.try_join_next() {
            ended?.context("the vendor can't deploy")?;
        }
        Ok(seen)
    }

    /// A connection for each. Agents do not all connect in one moment.
    async fn connect(&self) -> anyhow::Result<Vec<Connection>> {
        let mut connections = Vec::with_capacity(self.agents.len());
        while connections.len() < self.agents.len() {
            connections.push(Connection::open(self.hub.address()).await?);
            if connections.len().is_multiple_of(OPENED_AT_ONCE) {
                sleep(Duration::from_millis(20)).await;
            }
        }
        Ok(connections)
    }

    /// Sends the agents on their way, spread evenly over the time in which each asks once.
    fn send(
        &self,
        connections: Vec<Connection>,
        round: impl Fn(Duration) -> Round,
    ) -> JoinSet<(usize, anyhow::Result<Walked>)> {
        let mut agents = JoinSet::new();
        for (number, (agent, connection)) in self.agents.iter().zip(connections).enumerate() {
            let round = round(EVERY.mul_f64(number as f64 / self.agents.len() as f64));
            let agent = agent.clone();
            agents.spawn(async move { (number, walk(connection, agent, round).await) });
        }
        agents
    }

    /// Waits until all have come back.
    async fn seen(
        &mut self,
        mut agents: JoinSet<(usize, anyhow::Result<Walked>)>,
        (cpu, from): (Duration, Instant),
        due: usize,
    ) -> anyhow::Result<Seen> {
        let (mut waits, mut told, mut refused) = (Vec::new(), 0, 0);
        while let Some(ended) = agents.join_next().await {
            let (number, walked) = ended?;
            let walked = walked?;
            waits.extend(walked.waits);
            told += walked.told;
            refused += walked.refused;
            self.agents[number].etag = walked.etag;
        }
        let (cpu, elapsed) = (self.hub.cpu()?.saturating_sub(cpu), from.elapsed());
        waits.sort_unstable();
        Ok(Seen { waits, due, told, refused, cpu, elapsed })
    }
}

/// One agent on its way.
async fn walk(mut connection: Connection, agent: Agent, round: Round) -> anyhow::Result<Walked> {
    let Round { mut next, from, until } = round;
    let mut walked = Walked { waits: Vec::new(), etag: agent.etag, told: 0, refused: 0 };
    while next < until {
        sleep_until(next).await;
        let fields = format!("{}\r\nIf-None-Match: {}", agent.authorization, walked.etag);
        let request = request("GET", "/api/v1/agent/resources", &fields, "");
        let Ok(answer) = timeout(LIMIT, connection.ask(&request)).await else {
            walked.waits.push(u32::MAX);
            break;
        };
        let answer = answer?;
        let counts = next >= from;
        // From when it was due: a client that comes late has waited, too.
        let mut waited = u32::try_from(next.elapsed().as_micros()).unwrap_or(u32::MAX);
        match answer.status {
            304 => {}
            // An agent that is refused stays with what it has, and asks again: it waits on.
            503 => {
                walked.refused += u64::from(counts);
                waited = u32::MAX;
            }
            200 => {
                walked.told += u64::from(counts);
                walked.etag = answer.field("etag").context("an answer without an ETag")?.to_owned();
            }
            status => bail!("an agent was answered {status}: {}", String::from_utf8_lossy(answer.body)),
        }
        if counts {
            walked.waits.push(waited);
        }
        next = (next + EVERY).max(Instant::now());
    }
    Ok(walked)
}
