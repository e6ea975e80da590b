//! `grantry registry`: looking after the registry's storage, while the hub runs or not.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use grantry_ops::Ops;
use grantry_ops::registry::check::{Checked, check};
use grantry_ops::registry::collect::{self, Collected, Preview, Strays};

use super::hub::{self, refused};
use crate::cli::Failure;
use crate::config::{SettingFlags, Surroundings};
use crate::output;

/// Things of each kind that a dry run lists.
const MOST_LISTED: usize = 10_000;
/// Of which it prints so many.
const MOST_SHOWN: usize = 50;

/// Arguments of `grantry registry`.
#[derive(Debug, Args)]
pub struct RegistryArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Delete what nothing needs any more; the hub does so by itself every hour
    ///
    /// Pushes and pulls go on meanwhile. A blob goes a day after the last artifact has let go of it, a manifest that has lost
    /// its last tag after a week.
    Gc(GcArgs),
    /// Check that every blob is stored and every manifest has what it needs
    ///
    /// Exits with 1 if something is wrong.
    Fsck(FsckArgs),
}

#[derive(Debug, Args)]
struct GcArgs {
    /// Only say what would be deleted, and how many bytes that gives back
    #[arg(long)]
    dry_run: bool,
    /// Compare the whole storage with the database too, and delete what the database does not know
    #[arg(long)]
    sweep: bool,
    #[command(flatten)]
    settings: SettingFlags,
}

#[derive(Debug, Args)]
struct FsckArgs {
    /// Read every blob and check its digest
    #[arg(long)]
    verify: bool,
    #[command(flatten)]
    settings: SettingFlags,
}

/// Runs a command of the registry.
pub fn run(args: &RegistryArgs, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    match &args.command {
        Command::Gc(args) => {
            let (dry_run, sweep) = (args.dry_run, args.sweep);
            hub::run(&args.settings, surroundings, move |ops| gc(ops, dry_run, sweep))
        }
        Command::Fsck(args) => {
            let verify = args.verify;
            hub::run(&args.settings, surroundings, move |ops| fsck(ops, verify))
        }
    }
}

async fn gc(ops: Ops, dry_run: bool, sweep: bool) -> Result<(), Failure> {
    let mut text = if dry_run {
        describe_preview(&collect::preview(&ops, MOST_LISTED).await.map_err(refused)?)
    } else {
        describe(&collect::collect(&ops).await.map_err(refused)?, "Deleted")
    };
    if sweep {
        let strays = collect::sweep(&ops, !dry_run).await.map_err(refused)?;
        text.push_str(&describe_strays(&strays, dry_run));
    }
    output::result(&text)?;
    Ok(())
}

fn describe(collected: &Collected, verb: &str) -> String {
    let Collected { uploads, manifests, loose, artifacts, blobs, bytes } = collected;
    format!(
        "{verb} {blobs} blobs ({}).\n{verb} {manifests} untagged manifests, {uploads} abandoned uploads, {artifacts} empty \
         artifacts.\nArtifacts let go of {loose} blobs, which are deleted a day later if nothing needs them.\n",
        size(*bytes)
    )
}

fn describe_preview(preview: &Preview) -> String {
    let mut text = describe(&preview.now, "Would delete");
    let mut list = |title: &str, lines: Vec<String>| {
        if lines.is_empty() {
            return;
        }
        // Writing to a string can't fail.
        let _ = writeln!(text, "\n{title}:");
        for line in lines.iter().take(MOST_SHOWN) {
            let _ = writeln!(text, "  {line}");
        }
        if lines.len() > MOST_SHOWN {
            let _ = writeln!(text, "  and {} more", lines.len() - MOST_SHOWN);
        }
    };
    let manifests = preview.manifests.iter();
    list(
        "Untagged manifests",
        manifests.map(|one| format!("{}@{}", one.artifact_name, one.digest)).collect(),
    );
    list(
        "Blobs to delete",
        preview.blobs.iter().map(|one| format!("{} ({})", one.sha256, size(one.size))).collect(),
    );
    let loose: u64 = preview.loose.iter().map(|one| one.size).sum();
    if loose > 0 {
        let _ = writeln!(text, "\nBlobs that artifacts let go of have {} in all.", size(loose));
    }
    text
}

fn describe_strays(strays: &Strays, dry_run: bool) -> String {
    let verb = if dry_run { "Would delete" } else { "Deleted" };
    let Strays { blobs, bytes, uploads } = strays;
    format!(
        "{verb} {blobs} stored blobs ({}) and {uploads} rests of uploads that the database does not know.\n",
        size(*bytes)
    )
}

async fn fsck(ops: Ops, verify: bool) -> Result<(), Failure> {
    let Checked { blobs, bytes, manifests, faults } = check(&ops, verify).await.map_err(refused)?;
    output::result(&format!("Checked {blobs} blobs ({}) and {manifests} manifests.\n", size(bytes)))?;
    if faults.is_empty() {
        return Ok(());
    }
    output::result(&(faults.join("\n") + "\n"))?;
    Err(Failure::Failed(anyhow::anyhow!("the registry has {} faults", faults.len())))
}

/// Bytes as people read them.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let mut unit = 0;
    let mut rest = bytes;
    while rest >= 10 * 1024 && unit + 1 < UNITS.len() {
        rest /= 1024;
        unit += 1;
    }
    format!("{rest} {}", UNITS[unit])
}
