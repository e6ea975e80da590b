//! A hub of its own for a run: the release build, with SQLite in the run's folder.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::folder::Folder;
use crate::shell::{command, read, run, target};

/// How long a start or a stop may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a start is looked after.
const LOOK_EVERY: Duration = Duration::from_micros(500);

/// An organization and its administrator's access token.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    /// The secret for `Authorization: AccessToken …`.
    pub(super) access_token: String,
}

impl Account {
    /// Makes the data folder with its organization.
    pub(super) fn set_up(folder: &Folder) -> anyhow::Result<Self> {
        let who = ["setup", "--organization", "Bench", "--slug", "bench", "--email", "admin@bench.example"];
        Ok(serde_json::from_str(&read(grantry(folder).env("GRANTRY_LOG", "warn").args(who))?)?)
    }
}

/// The entries of the organization's audit log, after its chain was checked from the first to the last.
pub(super) fn checked_entries(folder: &Folder) -> anyhow::Result<u64> {
    let chains = read(grantry(folder).env("GRANTRY_LOG", "warn").args(["audit", "verify", "--json"]))?;
    let chains: Vec<Value> = serde_json::from_str(&chains)?;
    let chain = chains.iter().find(|chain| chain["organization"] == "bench");
    chain.and_then(|chain| chain["entries"].as_u64()).context("the organization has no audit log")
}

/// What a hub did until it was stopped.
pub(super) struct Done {
    /// Transactions.
    pub(super) commits: f64,
    /// Durable writes, each for one or many transactions.
    pub(super) batches: f64,
}

/// A running hub; killed when dropped.
pub(super) struct Hub {
    process: Child,
    address: SocketAddr,
    log: PathBuf,
    /// From its start until it was ready.
    pub(super) start: Duration,
}

impl Hub {
    /// Starts the hub and waits until `/ready` answers.
    pub(super) fn start(folder: &Folder) -> anyhow::Result<Self> {
        // The port is free a moment before the hub takes it.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let log = folder.path().join("log");
        let mut command = grantry(folder);
        command.args(["serve", "--listen", &address.to_string()]).stderr(File::create(&log)?);
        let start = Instant::now();
        let process = command.spawn().with_context(|| format!("can't start {}", program().display()))?;
        let mut hub = Self { process, address, log, start: Duration::ZERO };
        while !is_ready(address) {
            let is_running = hub.process.try_wait()?.is_none();
            ensure!(is_running && start.elapsed() < PATIENCE, "the hub did not start: {}", hub.logged());
            sleep(LOOK_EVERY);
        }
        hub.start = start.elapsed();
        Ok(hub)
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Processor time it has taken so far.
    pub(super) fn cpu(&self) -> anyhow::Result<Duration> {
        // Linux counts in hundredths of a second, whatever the kernel's own clock.
        const TICK: Duration = Duration::from_millis(10);
        let text = self.proc("stat")?;
        let (_, fields) = text.rsplit_once(") ").context("no process name")?;
        // proc_pid_stat(5) counts from 1, and the first two are cut off: 14 is user time, 15 that of the kernel.
        let ticks = fields.split(' ').skip(11).take(2).map(str::parse::<u32>).sum::<Result<u32, _>>()?;
        Ok(TICK * ticks)
    }

    /// Memory that it has in use, in MiB.
    pub(super) fn memory(&self) -> anyhow::Result<f64> {
        let status = self.proc("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
    }

    /// Asks it to stop and waits until it has.
    pub(super) fn stop(mut self) -> anyhow::Result<Done> {
        run(command("kill").args(["-TERM", &self.process.id().to_string()]))?;
        let asked = Instant::now();
        while self.process.try_wait()?.is_none() {
            ensure!(asked.elapsed() < PATIENCE, "the hub does not stop: {}", self.logged());
            sleep(Duration::from_millis(5));
        }
        let log = self.logged();
        let mut lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let last = lines.find(|line| line["commits"].is_number());
        let last = last.with_context(|| format!("the hub did not say what it did: {log}"))?;
        let number = |name| last[name].as_f64().context("not a number");
        Ok(Done { commits: number("commits")?, batches: number("batches")? })
    }

    fn proc(&self, file: &str) -> anyhow::Result<String> {
        let path = format!("/proc/{}/{file}", self.process.id());
        fs::read_to_string(&path).with_context(|| format!("can't read {path}"))
    }

    fn logged(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        // Both fail if it has ended already.
        let _ended = self.process.kill();
        let _ended = self.process.wait();
    }
}

fn program() -> PathBuf {
    target().join("release").join("grantry")
}

/// The hub's program on the run's data, whatever the developer has configured elsewhere.
fn grantry(folder: &Folder) -> Command {
    let mut command = command(program());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"GRANTRY_"))
    {
        command.env_remove(name);
    }
    command.current_dir(folder.path());
    command.env("GRANTRY_DATA_DIR", folder.path().join("data")).env("GRANTRY_LOG_FORMAT", "json");
    command
}

fn is_ready(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        std::io::Write::write_all(
            &mut stream,
            b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        )?;
        let mut answer = String::new();
        std::io::Read::read_to_string(&mut stream, &mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200 "))
    };
    ask().unwrap_or(false)
}
