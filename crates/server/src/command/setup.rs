//! `grantry setup`: arguments.

use clap::Args;

use crate::config::SettingFlags;

/// Arguments of `grantry setup`. The texts are checked by the operation, as those of the set-up page are.
#[derive(Debug, Args)]
pub struct SetupArgs {
    /// Name of the organization
    #[arg(long, value_name = "NAME")]
    pub organization: String,
    /// Short name of the organization, for URLs and artifact names
    #[arg(long, value_name = "SLUG")]
    pub slug: String,
    /// E-mail address of its first administrator
    #[arg(long, value_name = "EMAIL")]
    pub email: String,
    /// Read the administrator's password from standard input
    #[arg(long)]
    pub password_stdin: bool,
    /// The configuration.
    #[command(flatten)]
    pub settings: SettingFlags,
}
