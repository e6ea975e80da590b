//! Memory of the agent's own program.

use std::fs::File;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, ensure};

use super::super::hub::Hub;
use super::super::process::memory;
use super::super::table::{Line, Table};
use super::fleet::Fleet;
use crate::shell::{command, target};

/// When memory is looked at after a start: it has asked several times by then.
const SETTLED: Duration = Duration::from_secs(20);
/// Below what memory must be then, in MiB.
const GOAL: f64 = 15.0;

/// Connects the program as one of the agents, and looks at its memory. There is no Docker for it to talk to.
pub(super) fn measure(folder: &Path, hub: &Hub, fleet: &Fleet, table: &mut Table) -> anyhow::Result<()> {
    let agent = fleet.agents.last().context("no agents")?;
    let log = folder.join("agent-log");
    let mut program = command(target().join("release").join("grantry-agent"));
    program.arg("docker").env("GRANTRY_URL", format!("http://{}", hub.address()));
    program.env("GRANTRY_TARGET_ID", &agent.target).env("GRANTRY_TARGET_SECRET", &agent.secret);
    program.env("GRANTRY_STATE_DIR", folder.join("agent")).env("DOCKER_HOST", "unix:///nowhere/docker.sock");
    let mut running =
        program.stdout(File::create(&log)?).stderr(File::options().append(true).open(&log)?).spawn()?;
    sleep(SETTLED);
    let used = memory(running.id());
    let ended = running.try_wait()?;
    running.kill().ok();
    running.wait()?;
    ensure!(ended.is_none(), "the agent has ended: {}", std::fs::read_to_string(&log)?);
    let used = used?;
    let line = Line::of("memory of an idle agent", format!("{used:.1} MiB"));
    table.add(line.goal("< 15 MiB", used < GOAL));
    Ok(())
}
