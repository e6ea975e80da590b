//! `grantry serve`: arguments.

use clap::Args;

use crate::config::SettingFlags;

/// Arguments of `grantry serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Fill an empty hub with sample vendors and customers, and print the accounts to sign in with
    #[arg(long)]
    pub demo: bool,
    /// The configuration.
    #[command(flatten)]
    pub settings: SettingFlags,
}
