//! `cargo xtask bench`: measurements against the goals that `bench/README.md` states.

mod client;
mod folder;
mod hub;
mod load;
mod machine;
mod signature;
mod start;
mod table;
mod views;

use std::ffi::OsStr;
use std::time::Duration;

use anyhow::Context;

use crate::shell::{self, cargo, command, say, target};
use folder::Folder;
use hub::Account;
use table::Table;

/// Options of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    suite: Suite,
}

/// What is measured.
#[derive(clap::Subcommand)]
enum Suite {
    /// License tokens: sign, verify, serve; memory and start of the hub.
    License(License),
}

/// Options of `cargo xtask bench license`.
#[derive(clap::Args)]
struct License {
    /// How often the load is put on the hub; the table shows the median.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=50))]
    rounds: u32,
    /// Seconds of load that are counted, in each round and for each number of connections.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Measure with the optimized builds that are there. The task calls itself with this, once they are built.
    #[arg(long, hide = true)]
    built: bool,
}

/// Builds the hub and this program with optimizations, and measures with those.
///
/// # Errors
/// If something does not build or run, or the hub's answers and its audit log do not agree. A goal that is missed is no
/// error: on a busy machine it says little.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let Suite::License(options) = &options.suite;
    if options.built { measure(options) } else { build_and_measure(options) }
}

/// The code that measures must be optimized like what it measures, so the task runs itself from the release build.
fn build_and_measure(options: &License) -> anyhow::Result<()> {
    // One call for both, so that cargo unites their features and builds nothing twice.
    let build =
        ["build", "--release", "--locked", "--package", "grantry-server", "--package", "xtask", "--bins"];
    shell::run(cargo().args(build))?;
    let numbers = [("--rounds", options.rounds.to_string()), ("--seconds", options.seconds.to_string())];
    let arguments = numbers.iter().flat_map(|(name, number)| [OsStr::new(name), OsStr::new(number.as_str())]);
    let program = target().join("release").join("xtask");
    shell::run(command(program).args(["bench", "license", "--built"]).args(arguments))
}

fn measure(options: &License) -> anyhow::Result<()> {
    let mut table = Table::default();
    say(format_args!("machine: {}", machine::description()));
    let folder = Folder::make()?;
    say(format_args!("disk: {}", machine::disk(folder.path())?));
    signature::measure(&mut table)?;
    let account = Account::set_up(&folder).context("can't set up an organization")?;
    start::measure(&folder, &mut table)?;
    let counted = Duration::from_secs(options.seconds);
    views::measure(&folder, &account, (options.rounds, counted), &mut table)?;
    say(format_args!("load of the machine at the end: {}", machine::load()));
    say(table);
    Ok(())
}
