//! Load: many connections, each asking again as soon as it was answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use tokio::task::JoinSet;

use super::client::Connection;
use super::hub::Hub;

/// What is put on the hub.
#[derive(Clone)]
pub(super) struct Load {
    pub(super) connections: u64,
    /// Requests of which each connection takes one after the other at random.
    pub(super) requests: Arc<[Vec<u8>]>,
    /// Load that is not counted, before.
    pub(super) warm_up: Duration,
    /// Load that is counted.
    pub(super) counted: Duration,
}

/// What came back.
pub(super) struct Outcome {
    /// All answers, those of the warm-up too; each of them was a 200.
    pub(super) answers: u64,
    /// Counted answers a second.
    pub(super) rate: f64,
    /// Processor time that the hub took for each counted answer, in microseconds.
    pub(super) cpu: f64,
    /// How long the counted answers took, in microseconds, the shortest first.
    latencies: Vec<u32>,
}

impl Outcome {
    /// The latency in milliseconds that this share of the answers did not exceed.
    pub(super) fn latency(&self, percent: usize) -> f64 {
        let at = (self.latencies.len() * percent / 100).min(self.latencies.len().saturating_sub(1));
        self.latencies.get(at).map_or(f64::NAN, |micros| f64::from(*micros) / 1000.0)
    }
}

impl Load {
    /// Puts the load on the hub, from this thread. Each connection waits for its last answer, so that what the hub did and
    /// what came back are the same.
    ///
    /// # Errors
    /// A connection broke, or an answer was none of status 200.
    pub(super) async fn run(self, hub: &Hub) -> anyhow::Result<Outcome> {
        let from = Instant::now() + self.warm_up;
        let window = (from, from + self.counted);
        let (warm_up, counted) = (self.warm_up, self.counted);
        let mut connections = JoinSet::new();
        for number in 1..=self.connections {
            connections.spawn(ask_on(self.clone(), hub.address(), window, number));
        }
        tokio::time::sleep(warm_up).await;
        let before = hub.cpu()?;
        tokio::time::sleep(counted).await;
        let cpu = hub.cpu()?.saturating_sub(before);
        let (mut answers, mut latencies) = (0, Vec::new());
        while let Some(done) = connections.join_next().await {
            let (asked, took) = done??;
            answers += asked;
            latencies.extend(took);
        }
        ensure!(!latencies.is_empty(), "the hub answered nothing");
        latencies.sort_unstable();
        let number = latencies.len() as f64;
        let (rate, cpu) = (number / counted.as_secs_f64(), cpu.as_secs_f64() * 1e6 / number);
        Ok(Outcome { answers, rate, cpu, latencies })
    }
}

/// One connection until the end of the window: how many answers in all, and how long each took that began in the window.
async fn ask_on(
    load: Load,
    address: SocketAddr,
    (from, until): (Instant, Instant),
    number: u64,
) -> anyhow::Result<(u64, Vec<u32>)> {
    let mut connection = Connection::open(address).await?;
    let (mut random, mut answers, mut latencies) = (Random(number), 0, Vec::new());
    loop {
        let sent = Instant::now();
        if sent >= until {
            return Ok((answers, latencies));
        }
        let request = load.requests.get(random.below(load.requests.len())).context("no request to send")?;
        let answer = connection.ask(request).await?;
        ensure!(answer.status == 200, "status {}: {}", answer.status, String::from_utf8_lossy(answer.body));
        answers += 1;
        if sent >= from {
            latencies.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
    }
}

/// Numbers that look random (xorshift64*), the same in each run. The seed must not be 0.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).unwrap_or(0) % limit.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_numbers_reach_everything() {
        let mut random = Random(1);
        let mut seen = [0_u32; 300];
        for _ in 0..30_000 {
            seen[random.below(300)] += 1;
        }
        assert!(seen.iter().all(|times| (50..200).contains(times)), "{seen:?}");
    }

    #[test]
    fn latency_of_a_share_is_found() {
        let outcome =
            Outcome { answers: 100, rate: 1.0, cpu: 1.0, latencies: (1..=100).map(|n| n * 1000).collect() };
        assert_eq!((outcome.latency(50), outcome.latency(99), outcome.latency(100)), (51.0, 100.0, 100.0));
    }
}
