//! `grantry audit …`: what the operator asks of the audit log.

use std::process::ExitCode;

use anyhow::anyhow;
use clap::{Args, Subcommand};
use grantry_ops::audit::{CheckedChain, verify};
use serde_json::json;

use super::hub::{self, refused};
use crate::cli::Failure;
use crate::config::{SettingFlags, Surroundings};
use crate::output;

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

/// Checks every chain; fails if one is broken.
pub fn run(args: &AuditArgs, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let AuditAction::Verify(args) = &args.action;
    hub::run(&args.settings, surroundings, async |ops| {
        let chains = verify(&ops).await.map_err(refused)?;
        output::result(&if args.json { as_json(&chains) } else { as_lines(&chains) })?;
        match chains.iter().filter(|checked| checked.chain.broken_at.is_some()).count() {
            0 => Ok(()),
            broken => Err(anyhow!("{broken} of {} logs were changed by somebody else", chains.len()).into()),
        }
    })
}

fn as_lines(chains: &[CheckedChain]) -> String {
    let line = |CheckedChain { slug, chain }: &CheckedChain| {
        let name = slug.as_deref().unwrap_or("(hub)");
        match chain.broken_at {
            None => format!("ok      {name}: {} entries, head {}\n", chain.entries, chain.head),
            Some(at) => format!("BROKEN  {name}: entry {at} is not the one that was recorded\n"),
        }
    };
    chains.iter().map(line).collect()
}

fn as_json(chains: &[CheckedChain]) -> String {
    let one = |CheckedChain { slug, chain }: &CheckedChain| json!({ "organization": slug, "entries": chain.entries, "head": chain.head, "brokenAt": chain.broken_at });
    format!("{:#}\n", chains.iter().map(one).collect::<serde_json::Value>())
}
