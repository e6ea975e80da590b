//! `grantry setup`: an organization without a browser.

use std::process::ExitCode;

use clap::Args;
use grantry_ops::setup::by_command::{Input, set_up};
use serde_json::json;

use super::hub::{self, refused};
use super::password;
use crate::cli::Failure;
use crate::config::{SettingFlags, Surroundings};
use crate::output;

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

/// Makes the organization and prints one JSON object; refuses a slug that is taken.
pub fn run(args: &SetupArgs, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let password = if args.password_stdin { Some(password::from_stdin()?) } else { None };
    hub::run(&args.settings, surroundings, async |ops| {
        let input = Input {
            organization: &args.organization,
            slug: &args.slug,
            email: &args.email,
            password: password.as_ref().map(|password| password.as_str()),
        };
        let made = set_up(&ops, input).await.map_err(refused)?;
        let answer = json!({
            "organizationId": made.organization.to_string(),
            "userId": made.user.to_string(),
            "accessToken": made.access_token.reveal(),
        });
        Ok(output::result(&format!("{answer}\n"))?)
    })
}
