//! `grantry user …`: arguments.

use clap::{Args, Subcommand};

use crate::config::SettingFlags;

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
    /// Give a user a new password
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
