//! `cargo xtask bench agents`: how many agents one hub holds on one processor, and what an agent takes.

mod fleet;
mod patrol;
mod program;

use std::time::Duration;

use anyhow::{Context, ensure};

use self::patrol::{Patrol, Seen};
use super::folder::Folder;
use super::hub::{Account, Hub};
use super::machine;
use super::table::{Line, Table};
use crate::shell::say;

/// How long an agent may wait for its answer, in milliseconds, but for one in a hundred.
const PATIENCE: f64 = 50.0;
/// How many agents a hub should hold.
const GOAL: usize = 10_000;

/// Options of `cargo xtask bench agents`.
#[derive(clap::Args)]
pub(super) struct Options {
    /// Numbers of agents that are tried, the fewest first; at most as many as the limit of open files allows.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 5_000, 10_000, 15_000])]
    agents: Vec<usize>,
    /// Seconds that each number is watched for, after the first round of all agents.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(10..=600))]
    seconds: u64,
    /// Deployments that the vendor changes each second while agents are watched for the second time.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    changes: u32,
}

/// Measures and prints the table.
///
/// # Errors
/// If something does not run, or an agent is told what it should not be.
pub(super) fn measure(options: &Options) -> anyhow::Result<()> {
    say(format_args!("machine: {}", machine::description()));
    let folder = Folder::make()?;
    let folder = folder.path();
    let mut table = Table::default();
    let account = Account::set_up(folder).context("can't set up an organization")?;
    let most = options.agents.iter().copied().max().context("no number of agents to try")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let hub = Hub::start_on_one_processor(folder)?;
    say(format_args!("making {most} deployment targets"));
    let mut fleet = runtime.block_on(fleet::make(hub.process(), &account, most))?;
    let (first, rest) = fleet.agents.split_at_mut(most.min(GOAL));
    for (agents, is_shown) in [(first, true), (rest, false)] {
        let number = agents.len();
        let seen = runtime.block_on(Patrol { hub: hub.process(), agents }.ask())?;
        ensure!(seen.refused == 0, "{} agents were refused at their first question", seen.refused);
        if is_shown {
            report(&mut table, &format!("{number} agents ask for the first time"), &seen);
        }
    }
    program::measure(folder, &hub, &fleet, &mut table)?;
    let counted = Duration::from_secs(options.seconds);
    let mut held = [0, 0];
    for number in &options.agents {
        let vendor = fleet.vendor(hub.address(), options.changes);
        let mut patrol = Patrol { hub: hub.process(), agents: &mut fleet.agents[..*number] };
        let still = runtime.block_on(patrol.watch(counted, None))?;
        ensure!(still.told == 0, "{} agents were told something new although nothing changed", still.told);
        let moving = runtime.block_on(patrol.watch(counted, Some(vendor)))?;
        // A hub that falls behind may come to tell nobody.
        ensure!(moving.told > 0 || !moving.answered_all(), "no agent was told of a change");
        for (held, (what, seen)) in
            held.iter_mut().zip([("nothing changes", &still), ("a deployment changes", &moving)])
        {
            if seen.latency(99) <= PATIENCE && seen.answered_all() {
                *held = *number;
            }
            report(&mut table, &format!("{number} agents, {what}"), seen);
        }
    }
    // What changed last is told before.
    let number = most.min(GOAL);
    runtime.block_on(Patrol { hub: hub.process(), agents: &mut fleet.agents[..number] }.ask())?;
    runtime.block_on(fleet.rename(hub.address()))?;
    let mut patrol = Patrol { hub: hub.process(), agents: &mut fleet.agents[..number] };
    let seen = runtime.block_on(patrol.ask())?;
    ensure!(seen.told == 0, "{} agents were told something new by another name", seen.told);
    report(&mut table, &format!("{number} agents after a change that concerns all"), &seen);
    let [still, moving] = held;
    let line = Line::of("agents held with p99 under 50 ms, nothing changes", still.to_string());
    table.add(line.goal(&format!("≥ {GOAL}"), still >= GOAL));
    let line = Line::of("agents held with p99 under 50 ms, while deployments change", moving.to_string());
    table.add(line.goal(&format!("≥ {GOAL}"), moving >= GOAL));
    let memory = hub.process().memory()?;
    table.add(Line::of("memory of the hub after all", format!("{memory:.1} MiB")));
    hub.stop()?;
    say(format_args!("load of the machine at the end: {}", machine::load()));
    say(table);
    Ok(())
}

fn report(table: &mut Table, what: &str, seen: &Seen) {
    let waits = format!("{:.1} ms, {:.1} ms", seen.latency(50), seen.latency(99));
    table.add(Line::of(format!("{what}: p50, p99"), waits));
    let cost =
        Line::of(format!("{what}: processor time of the hub for a poll"), format!("{:.0} µs", seen.cpu()));
    let share = format!("{:.0} % of its processor", seen.share() * 100.0);
    table.add(Line { against: share, ..cost });
}
