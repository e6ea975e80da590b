//! How fast the hub starts, and what it takes when nobody asks anything.

use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use super::hub::Hub;
use super::table::{Line, Table, median};

/// How often it is started.
const STARTS: usize = 15;
/// Until when a start must be done, in milliseconds.
const START_GOAL: f64 = 150.0;
/// When memory is looked at after a start.
const SETTLED: Duration = Duration::from_secs(5);
/// Below what memory must be then, in MiB.
const MEMORY_GOAL: f64 = 30.0;

/// Starts the hub on a folder that was there before, again and again; then leaves one alone.
///
/// # Errors
/// If it does not start or stop.
pub(super) fn measure(folder: &Path, table: &mut Table) -> anyhow::Result<()> {
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let hub = Hub::start(folder)?;
        starts.push(hub.process().start.as_secs_f64() * 1000.0);
        hub.stop()?;
    }
    let middle = median(&starts);
    let slowest = starts.iter().copied().fold(0.0, f64::max);
    let line = Line::of(format!("start until ready, median of {STARTS}"), format!("{middle:.0} ms"));
    let against = format!("slowest {slowest:.0} ms");
    table.add(line.against(against, middle / slowest).goal("< 150 ms", middle < START_GOAL));
    let hub = Hub::start(folder)?;
    sleep(SETTLED);
    let memory = hub.process().memory()?;
    let line = Line::of("memory of the idle hub", format!("{memory:.1} MiB"));
    table.add(line.goal("< 30 MiB", memory < MEMORY_GOAL));
    hub.stop().map(drop)
}
