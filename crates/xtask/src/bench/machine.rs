//! What the machine is, and what it can do without us.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;

/// What SQLite writes at least for a small transaction.
const PAGE: [u8; 4096] = [7; 4096];
/// How long the disk is tried.
const TRY: Duration = Duration::from_secs(1);

/// Processors, memory and load, as Linux tells them.
pub(super) fn description() -> String {
    let text = |path| fs::read_to_string(path).unwrap_or_default();
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let model = field(&text("/proc/cpuinfo"), "model name");
    let memory = field(&text("/proc/meminfo"), "MemTotal");
    format!("{processors} processors ({model}), memory {memory}, load {}", load())
}

/// How many processes wanted a processor during the last 1, 5 and 15 minutes. Over 1 at the start, others disturb.
pub(super) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

/// How often a second the disk can make a page durable: each batch of transactions waits for that at least once.
pub(super) fn disk(folder: &Path) -> anyhow::Result<String> {
    let path = folder.join("disk");
    let mut file = File::create(&path)?;
    let (start, mut writes) = (Instant::now(), 0_u32);
    while start.elapsed() < TRY {
        file.write_all(&PAGE)?;
        file.sync_data()?;
        writes += 1;
    }
    let rate = f64::from(writes) / start.elapsed().as_secs_f64();
    fs::remove_file(path)?;
    Ok(format!("{rate:.0} durable appends of 4 KiB a second, one after the other"))
}

/// Processor time that all processors together have given away so far.
pub(super) fn processor_time() -> anyhow::Result<Duration> {
    const TICK: Duration = Duration::from_millis(10);
    let text = fs::read_to_string("/proc/stat").context("can't read /proc/stat")?;
    let fields = text
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("cpu "))
        .context("no line of all processors")?;
    // proc_stat(5): user, nice, system, idle, waiting for the disk, interrupts, soft interrupts, stolen by other machines;
    // what follows is counted in user already.
    let given = fields.split_whitespace().take(8).enumerate().filter(|(column, _)| ![3, 4].contains(column));
    let ticks = given.map(|(_, ticks)| ticks.parse::<u32>()).sum::<Result<u32, _>>()?;
    Ok(TICK * ticks)
}

/// The value of a line `name : value`.
fn field(text: &str, name: &str) -> String {
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(found, _)| found.trim() == name).map_or("unknown", |(_, value)| value.trim()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read() {
        let text = "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\n";
        assert_eq!(field(text, "model name"), "Some CPU @ 2 GHz");
        assert_eq!(field(text, "flags"), "unknown");
    }
}
