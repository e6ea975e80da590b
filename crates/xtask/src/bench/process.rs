//! A server that is measured: its process, and those it started.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::shell::{command, run};

/// How long a start or a stop may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a start is looked after.
const LOOK_EVERY: Duration = Duration::from_micros(500);

/// A running server; killed when dropped.
pub(super) struct Process {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
    /// From its start until it was ready.
    pub(super) start: Duration,
}

/// A port of this machine that was free a moment ago.
pub(super) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

impl Process {
    /// Starts a server that listens at the address, and waits until it answers 200 at a path. What it says to standard
    /// error goes to the file `log`.
    pub(super) fn start(
        command: &mut Command,
        log: &Path,
        (address, ready): (SocketAddr, &str),
    ) -> anyhow::Result<Self> {
        command.stderr(File::create(log)?);
        let start = Instant::now();
        let child =
            command.spawn().with_context(|| format!("can't start {}", command.get_program().display()))?;
        let mut process = Self { child, address, log: log.to_owned(), start: Duration::ZERO };
        while !is_ready(address, ready) {
            let is_running = process.child.try_wait()?.is_none();
            ensure!(
                is_running && start.elapsed() < PATIENCE,
                "the server did not start: {}",
                process.logged()
            );
            sleep(LOOK_EVERY);
        }
        process.start = start.elapsed();
        Ok(process)
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Processor time that it and those it started have taken so far.
    pub(super) fn cpu(&self) -> anyhow::Result<Duration> {
        self.family()?.iter().map(|id| processor_time(&id.to_string())).sum()
    }

    /// Memory that it has in use, in MiB. What several of its processes share is counted in each.
    pub(super) fn memory(&self) -> anyhow::Result<f64> {
        self.memory_line("VmRSS:")
    }

    /// The most memory that it had in use since [`Process::forget_peak`], in MiB, counted in the same way.
    pub(super) fn peak(&self) -> anyhow::Result<f64> {
        self.memory_line("VmHWM:")
    }

    /// Begins to watch the peak of memory anew.
    pub(super) fn forget_peak(&self) -> anyhow::Result<()> {
        let forget = |id| fs::write(format!("/proc/{id}/clear_refs"), "5");
        self.family()?.into_iter().try_for_each(forget).context("can't reset the peak of memory")
    }

    /// Asks it to stop and waits until it has. Returns what it said.
    pub(super) fn stop(mut self) -> anyhow::Result<String> {
        run(command("kill").args(["-TERM", &self.child.id().to_string()]))?;
        let asked = Instant::now();
        while self.child.try_wait()?.is_none() {
            ensure!(asked.elapsed() < PATIENCE, "the server does not stop: {}", self.logged());
            sleep(Duration::from_millis(5));
        }
        Ok(self.logged())
    }

    fn memory_line(&self, name: &str) -> anyhow::Result<f64> {
        self.family()?.into_iter().map(|id| memory_line(id, name)).sum()
    }

    /// The process, and the running ones that it started, and so on.
    fn family(&self) -> anyhow::Result<Vec<u32>> {
        let (mut family, mut next) = (vec![self.child.id()], 0);
        while let Some(id) = family.get(next) {
            for thread in fs::read_dir(format!("/proc/{id}/task")).context("the server has ended")? {
                let children = text(&format!("{}/children", thread?.path().display()))?;
                family.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
            }
            next += 1;
        }
        Ok(family)
    }

    fn logged(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail if it has ended already.
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// Processor time that a process has taken so far, its threads and its ended children too; `self` is this one.
pub(super) fn processor_time(process: &str) -> anyhow::Result<Duration> {
    // Linux counts in hundredths of a second, whatever the kernel's own clock.
    const TICK: Duration = Duration::from_millis(10);
    let text = text(&format!("/proc/{process}/stat"))?;
    let (_, fields) = text.rsplit_once(") ").context("no process name")?;
    // proc_pid_stat(5) counts from 1, and the first two are cut off: 14 is user time, 15 that of the kernel, 16 and 17 are
    // the same of children that have ended.
    let ticks = fields.split(' ').skip(11).take(4).map(str::parse::<u32>).sum::<Result<u32, _>>()?;
    Ok(TICK * ticks)
}

/// Memory that a process has in use, in MiB.
pub(super) fn memory(process: u32) -> anyhow::Result<f64> {
    memory_line(process, "VmRSS:")
}

fn memory_line(process: u32, name: &str) -> anyhow::Result<f64> {
    let status = text(&format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).context("no such line of memory")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}

fn text(path: &str) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("can't read {path}"))
}

fn is_ready(address: SocketAddr, path: &str) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200 "))
    };
    ask().unwrap_or(false)
}
