//! `cargo xtask bench license`.

use std::time::Duration;

use anyhow::Context;

use super::folder::Folder;
use super::hub::Account;
use super::table::Table;
use super::{machine, signature, start, views};
use crate::shell::say;

/// Options of `cargo xtask bench license`.
#[derive(clap::Args)]
pub(super) struct Options {
    /// How often the load is put on the hub; the table shows the median.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=50))]
    rounds: u32,
    /// Seconds of load that are counted, in each round and for each number of connections.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
}

/// Measures and prints the table.
///
/// # Errors
/// If something does not run, or the hub's answers and its audit log do not agree.
pub(super) fn measure(options: &Options) -> anyhow::Result<()> {
    let mut table = Table::default();
    say(format_args!("machine: {}", machine::description()));
    let folder = Folder::make()?;
    let folder = folder.path();
    say(format_args!("disk: {}", machine::disk(folder)?));
    signature::measure(&mut table)?;
    let account = Account::set_up(folder).context("can't set up an organization")?;
    start::measure(folder, &mut table)?;
    let counted = Duration::from_secs(options.seconds);
    views::measure(folder, &account, (options.rounds, counted), &mut table)?;
    say(format_args!("load of the machine at the end: {}", machine::load()));
    say(table);
    Ok(())
}
