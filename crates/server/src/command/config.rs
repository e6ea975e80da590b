//! `grantry config`: what is in force and where from.

use std::process::ExitCode;

use clap::Args;

use crate::cli::Failure;
use crate::config::{SettingFlags, Settings, Surroundings, reference_page, report_json, report_table};
use crate::output;

/// Arguments of `grantry config`.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Print the reference page of all settings, as Markdown
    #[arg(long, hide = true, exclusive = true)]
    reference: bool,
    #[command(flatten)]
    settings: SettingFlags,
}

/// Prints every setting in force. Makes nothing and connects to nothing.
pub fn run(args: &ConfigArgs, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let text = if args.reference {
        reference_page()
    } else {
        let settings = Settings::load(&args.settings, surroundings)?;
        if args.json { format!("{:#}\n", report_json(&settings)) } else { report_table(&settings) }
    };
    output::result(&text)?;
    Ok(ExitCode::SUCCESS)
}
