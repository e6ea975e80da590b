//! `grantry user …`: what the operator does for a user.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use grantry_ops::account::reset_password::{make_reset_link, reset_password};

use super::hub::{self, link, refused};
use super::password;
use crate::cli::Failure;
use crate::config::{SettingFlags, Surroundings};
use crate::output;

/// Arguments of `grantry user`.
#[derive(Debug, Args)]
pub struct UserArgs {
    /// What to do with the user.
    #[command(subcommand)]
    pub action: UserAction,
}

/// What `grantry user` does.
#[derive(Debug, Subcommand)]
pub enum UserAction {
    /// Print a link by which a user sets a new password, or set the one on standard input
    ResetPassword(ResetPasswordArgs),
}

/// Arguments of `grantry user reset-password`.
#[derive(Debug, Args)]
pub struct ResetPasswordArgs {
    /// E-mail address of the user
    pub email: String,
    /// Read the new password from standard input
    #[arg(long)]
    pub password_stdin: bool,
    /// The configuration.
    #[command(flatten)]
    pub settings: SettingFlags,
}

/// Resets a password: prints a link that works once, or sets the password that was given.
pub fn run(args: &UserArgs, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let UserAction::ResetPassword(args) = &args.action;
    let password = if args.password_stdin { Some(password::from_stdin()?) } else { None };
    hub::run(&args.settings, surroundings, async |ops| {
        let text = match &password {
            Some(password) => {
                reset_password(&ops, &args.email, password).await.map_err(refused)?;
                "The password was set, and all sessions of the user were ended.\n".to_owned()
            }
            None => {
                let secret = make_reset_link(&ops, &args.email).await.map_err(refused)?;
                format!("{}\n", link(&ops.settings().public_url, "password", &secret))
            }
        };
        Ok(output::result(&text)?)
    })
}
