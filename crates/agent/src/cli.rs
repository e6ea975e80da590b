//! The command line.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::config::{Config, Options, Place};
use crate::docker;
use crate::driver::Driver;
use crate::health::Heartbeat;
use crate::helm;
use crate::hub::Hub;
use crate::own_log::OwnLog;
use crate::reconcile::Reconciler;
use crate::state::State;

/// Keeps the deployments of one deployment target as the hub says.
///
/// The agent asks the hub every few seconds what should run, brings deployments there, and reports how they are. While the hub is away
/// everything stays as it is.
#[derive(Parser)]
#[command(name = "grantry-agent", version, max_term_width = 120, after_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
The target's secret is read from the environment (GRANTRY_TARGET_SECRET) or from a file (--target-secret-file), never from an argument.
Programs that the agent runs get PATH, HOME, the proxy variables and those of the Docker or Kubernetes client, and no others.";

#[derive(Subcommand)]
enum Command {
    /// Deploy with Docker Compose, to the engine that DOCKER_HOST names (by default /var/run/docker.sock).
    #[command(after_help = AFTER_HELP)]
    Docker(Options),
    /// Deploy Helm charts, to the cluster that the agent runs in or that KUBECONFIG names.
    #[command(after_help = AFTER_HELP)]
    Helm(Options),
    /// Check that the agent that uses this state folder is alive; for health checks of containers.
    Health(Place),
}

/// Runs the command that this process was started with.
#[must_use]
pub fn run() -> ExitCode {
    match execute(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn execute(command: Command) -> anyhow::Result<()> {
    let (options, helm) = match command {
        Command::Health(place) => return Heartbeat::new(&place.state_dir).check(),
        Command::Docker(options) => (options, false),
        Command::Helm(options) => (options, true),
    };
    let config = Config::read(options)?;
    let own_log = OwnLog::install(&config.log);
    // The first provider stays; it is the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(4)
        .build()
        .context("can't start the runtime")?;
    runtime.block_on(serve(&config, own_log, helm))
}

async fn serve(config: &Config, own_log: OwnLog, helm: bool) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut state = State::open(&config.state_dir, config.target)?;
    let hub = Arc::new(Hub::new(config)?);
    let driver = if helm {
        let driver = helm::Driver::open(config, hub.clone()).await?;
        driver.recall(&mut state).await;
        Driver::Helm(Box::new(driver))
    } else {
        Driver::Docker(Box::new(docker::Driver::open(config, &state)?))
    };
    tracing::info!(hub = %config.url, target = %config.target, version = env!("CARGO_PKG_VERSION"), "the agent starts");
    if let Some(registry) = &config.registry {
        tracing::debug!(host = registry.host, plain_http = registry.plain_http, "the hub's registry");
    }
    let reconciler = Reconciler::new(config, state, driver, hub, own_log);
    let serving = reconciler.run(stop.clone());
    tokio::pin!(serving);
    tokio::select! {
        () = &mut serving => return Ok(()),
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tracing::info!("the agent stops; what runs goes on");
    stop.cancel();
    tokio::select! {
        () = serving => {}
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

#[expect(
    clippy::print_stderr,
    reason = "the one place where the program complains before or without its log"
)]
fn complain(error: &anyhow::Error) {
    eprintln!("grantry-agent: {error:#}");
}
