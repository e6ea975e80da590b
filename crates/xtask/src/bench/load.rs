//! Load: many connections, each doing the next operation as soon as the last one is done.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio::task::JoinSet;

use super::client::Connection;
use super::machine;
use super::process::{Process, processor_time};

/// Something to do on a connection again and again: a request, or several that belong together.
pub(super) trait Operation: Send + Sync + 'static {
    /// Does it once and checks what was answered. No number is given twice in a load.
    fn perform(
        &self,
        connection: &mut Connection,
        number: u64,
    ) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// When a load ends.
#[derive(Clone, Copy)]
pub(super) enum Until {
    /// After this time no operation begins.
    Passed(Duration),
    /// After so many operations.
    Done(u64),
}

/// What is put on a server.
#[derive(Clone, Copy)]
pub(super) struct Load {
    pub(super) connections: u64,
    pub(super) until: Until,
    /// The number of the first operation.
    pub(super) first: u64,
}

/// What came back.
pub(super) struct Outcome {
    /// Operations that were done, each with the right answer.
    pub(super) operations: u64,
    /// From the first to the end of the last.
    pub(super) elapsed: Duration,
    /// Processor time that the server took.
    server: Duration,
    /// Processor time that this client took.
    client: Duration,
    /// Processor time that went to others.
    others: Duration,
    /// How long the operations took, in microseconds, the shortest first.
    latencies: Vec<u32>,
}

impl Outcome {
    /// Operations a second.
    pub(super) fn rate(&self) -> f64 {
        self.operations as f64 / self.elapsed.as_secs_f64()
    }

    /// Processor time of the server for an operation, in microseconds.
    pub(super) fn cpu(&self) -> f64 {
        self.server.as_secs_f64() * 1e6 / self.operations as f64
    }

    /// Processor time of the client for an operation, in microseconds.
    pub(super) fn client_cpu(&self) -> f64 {
        self.client.as_secs_f64() * 1e6 / self.operations as f64
    }

    /// How much of one processor the client took; near 1 it may be what limits.
    pub(super) fn client_share(&self) -> f64 {
        self.client.as_secs_f64() / self.elapsed.as_secs_f64()
    }

    /// How much of one processor other programs and the kernel's own threads took.
    pub(super) fn others_share(&self) -> f64 {
        self.others.as_secs_f64() / self.elapsed.as_secs_f64()
    }

    /// The latency in milliseconds that this share of the operations did not exceed.
    pub(super) fn latency(&self, percent: usize) -> f64 {
        let at = (self.latencies.len() * percent / 100).min(self.latencies.len().saturating_sub(1));
        self.latencies.get(at).map_or(f64::NAN, |micros| f64::from(*micros) / 1000.0)
    }
}

impl Load {
    /// Puts the load on the server, from this thread. Each connection waits for its last answer, so that what the server
    /// did and what came back are the same.
    ///
    /// # Errors
    /// A connection broke, or an answer was not the right one.
    pub(super) async fn run(
        self,
        server: &Process,
        operation: &Arc<impl Operation>,
    ) -> anyhow::Result<Outcome> {
        let next = Arc::new(AtomicU64::new(self.first));
        let mut open = Vec::new();
        for _ in 0..self.connections {
            open.push(Connection::open(server.address()).await?);
        }
        let (taken, own, all) = (server.cpu()?, processor_time("self")?, machine::processor_time()?);
        let start = Instant::now();
        let mut connections = JoinSet::new();
        for connection in open {
            connections.spawn(self.repeat(Arc::clone(operation), connection, Arc::clone(&next), start));
        }
        let mut latencies = Vec::new();
        while let Some(took) = connections.join_next().await {
            latencies.extend(took??);
        }
        let elapsed = start.elapsed();
        let server = server.cpu()?.saturating_sub(taken);
        let client = processor_time("self")?.saturating_sub(own);
        let others = machine::processor_time()?.saturating_sub(all).saturating_sub(server + client);
        ensure!(!latencies.is_empty(), "the server answered nothing");
        latencies.sort_unstable();
        Ok(Outcome { operations: latencies.len() as u64, elapsed, server, client, others, latencies })
    }

    /// One connection until the end: how long each operation took.
    async fn repeat(
        self,
        operation: Arc<impl Operation>,
        mut connection: Connection,
        next: Arc<AtomicU64>,
        start: Instant,
    ) -> anyhow::Result<Vec<u32>> {
        let mut latencies = Vec::new();
        loop {
            let (begun, number) = (Instant::now(), next.fetch_add(1, Ordering::Relaxed));
            let is_over = match self.until {
                Until::Passed(time) => begun - start >= time,
                Until::Done(count) => number - self.first >= count,
            };
            if is_over {
                return Ok(latencies);
            }
            operation.perform(&mut connection, number).await?;
            latencies.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
    }
}

/// One of some things for a number, as if at random but the same in each run (the finalizer of splitmix64).
pub(super) fn pick<T>(things: &[T], number: u64) -> Option<&T> {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let length = things.len().max(1) as u64;
    things.get(usize::try_from((mixed ^ (mixed >> 31)) % length).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picks_reach_everything() {
        let things: Vec<usize> = (0..300).collect();
        let mut seen = [0_u32; 300];
        for number in 0..30_000 {
            seen[*pick(&things, number).unwrap()] += 1;
        }
        assert!(seen.iter().all(|times| (50..200).contains(times)), "{seen:?}");
        assert_eq!(pick::<u8>(&[], 1), None);
    }

    fn outcome() -> Outcome {
        let [elapsed, server, client] = [2, 1, 1].map(Duration::from_secs);
        let latencies = (1..=100).map(|n| n * 1000).collect();
        Outcome { operations: 100, elapsed, server, client, others: Duration::ZERO, latencies }
    }

    #[test]
    fn latency_of_a_share_is_found() {
        let outcome = outcome();
        assert_eq!((outcome.latency(50), outcome.latency(99), outcome.latency(100)), (51.0, 100.0, 100.0));
    }

    #[test]
    fn figures_are_per_second_and_per_operation() {
        let outcome = outcome();
        assert_eq!((outcome.rate(), outcome.cpu(), outcome.client_share()), (50.0, 10_000.0, 0.5));
    }
}
