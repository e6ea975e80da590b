//! A hub of its own for a run: the release build, with SQLite in the run's folder.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use serde::Deserialize;
use serde_json::Value;

use super::process::{Process, free_address};
use crate::shell::{command, read, target};

/// An organization and its administrator's access token.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    /// The secret for `Authorization: AccessToken …`.
    pub(super) access_token: String,
}

impl Account {
    /// Makes the data folder with its organization, `bench`.
    pub(super) fn set_up(folder: &Path) -> anyhow::Result<Self> {
        let who = ["setup", "--organization", "Bench", "--slug", "bench", "--email", "admin@bench.example"];
        Ok(serde_json::from_str(&read(grantry(folder).env("GRANTRY_LOG", "warn").args(who))?)?)
    }
}

/// The entries of the organization's audit log, after its chain was checked from the first to the last.
pub(super) fn checked_entries(folder: &Path) -> anyhow::Result<u64> {
    let chains = read(grantry(folder).env("GRANTRY_LOG", "warn").args(["audit", "verify", "--json"]))?;
    let chains: Vec<Value> = serde_json::from_str(&chains)?;
    let chain = chains.iter().find(|chain| chain["organization"] == "bench");
    chain.and_then(|chain| chain["entries"].as_u64()).context("the organization has no audit log")
}

/// What a hub did until it was stopped.
pub(super) struct Done {
    /// Transactions.
    pub(super) commits: f64,
    /// Durable writes, each for one or many transactions.
    pub(super) batches: f64,
}

/// A running hub; killed when dropped.
pub(super) struct Hub(Process);

impl Hub {
    /// Starts the hub and waits until `/ready` answers.
    pub(super) fn start(folder: &Path) -> anyhow::Result<Self> {
        Self::start_as(grantry(folder), folder)
    }

    /// Starts the hub on the first processor alone, and waits until `/ready` answers.
    pub(super) fn start_on_one_processor(folder: &Path) -> anyhow::Result<Self> {
        let mut command = in_folder(command("taskset"), folder);
        command.args(["--cpu-list", "0"]).arg(program());
        Self::start_as(command, folder)
    }

    fn start_as(mut command: Command, folder: &Path) -> anyhow::Result<Self> {
        let address = free_address()?;
        command.args(["serve", "--listen", &address.to_string()]);
        Ok(Self(Process::start(&mut command, &folder.join("log"), (address, "/ready"))?))
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.0.address()
    }

    /// Its process.
    pub(super) fn process(&self) -> &Process {
        &self.0
    }

    /// Its process, when what it says at the end is of no interest.
    pub(super) fn into_process(self) -> Process {
        self.0
    }

    /// Asks it to stop and waits until it has.
    pub(super) fn stop(self) -> anyhow::Result<Done> {
        let log = self.0.stop()?;
        let mut lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let last = lines.find(|line| line["commits"].is_number());
        let last = last.with_context(|| format!("the hub did not say what it did: {log}"))?;
        let number = |name| last[name].as_f64().context("not a number");
        Ok(Done { commits: number("commits")?, batches: number("batches")? })
    }
}

fn program() -> PathBuf {
    target().join("release").join("grantry")
}

/// The hub's program on the run's data, whatever the developer has configured elsewhere.
fn grantry(folder: &Path) -> Command {
    in_folder(command(program()), folder)
}

/// A command on the run's data.
fn in_folder(mut command: Command, folder: &Path) -> Command {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"GRANTRY_"))
    {
        command.env_remove(name);
    }
    command.current_dir(folder);
    command.env("GRANTRY_DATA_DIR", folder.join("data")).env("GRANTRY_LOG_FORMAT", "json");
    command
}
