//! `cargo xtask bench`: measurements against the goals that `bench/README.md` states.

mod agents;
mod client;
mod folder;
mod hub;
mod license;
mod load;
mod machine;
mod process;
mod registry;
mod signature;
mod start;
mod table;
mod views;

use crate::shell::{self, cargo, command, target};

/// Options of `cargo xtask bench`.
#[derive(clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    suite: Suite,
    /// Measure with the optimized builds that are there. The task calls itself with this, once they are built.
    #[arg(long, hide = true)]
    built: bool,
}

/// What is measured.
#[derive(clap::Subcommand)]
enum Suite {
    /// License tokens: sign, verify, serve; memory and start of the hub.
    License(license::Options),
    /// The registry against docker-registry and nginx; the time to decide about access.
    Registry(registry::Options),
    /// Agents: how many a hub holds on one processor, what a poll costs, memory of the agent's program.
    Agents(agents::Options),
}

/// Builds the hub and this program with optimizations, and measures with those.
///
/// # Errors
/// If something does not build or run, or what is answered is wrong. A goal that is missed is no error: on a busy machine
/// it says little.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    if !options.built {
        return build_and_measure();
    }
    match &options.suite {
        Suite::License(options) => license::measure(options),
        Suite::Registry(options) => registry::measure(options),
        Suite::Agents(options) => agents::measure(options),
    }
}

/// The code that measures must be optimized like what it measures, so the task runs itself from the release build.
fn build_and_measure() -> anyhow::Result<()> {
    // One call for both, so that cargo unites their features and builds nothing twice.
    let packages = ["grantry-server", "grantry-agent", "xtask"].map(|package| ["--package", package]);
    shell::run(cargo().args(["build", "--release", "--locked", "--bins"]).args(packages.concat()))?;
    let program = target().join("release").join("xtask");
    let arguments = std::env::args_os().skip(2);
    shell::run(command(program).args(["bench", "--built"]).args(arguments))
}
