//! `grantry audit …`: arguments.

use clap::{Args, Subcommand};

use crate::config::SettingFlags;

/// Arguments of `grantry audit`.
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// What to do with the audit log.
    #[command(subcommand)]
    pub action: AuditAction,
}

/// What `grantry audit` does.
#[derive(Debug, Subcommand)]
pub enum AuditAction {
    /// Check that no event of the audit log was changed, removed or put in between
    Verify(AuditVerifyArgs),
}

/// Arguments of `grantry audit verify`.
#[derive(Debug, Args)]
pub struct AuditVerifyArgs {
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
    /// The configuration.
    #[command(flatten)]
    pub settings: SettingFlags,
}
