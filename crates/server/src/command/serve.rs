//! `grantry serve`: the hub.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::serve::ListenerExt as _;
use clap::Args;
use grantry_http::{App, registry_router, router};
use grantry_ops::{Ops, agent, jobs, registry, setup};
use grantry_store::db::Stats;
use grantry_store::store::Store;
use tokio::net::{TcpListener, TcpSocket};
use tokio_util::sync::CancellationToken;

use super::hub::{self, link, refused};
use crate::cli::Failure;
use crate::config::public_url::PublicUrl;
use crate::config::{Config, SettingFlags, Settings, Source, Surroundings};
use crate::demo::agents::{SampleAgent, live};
use crate::shutdown::{Ended, StopSignals, serve_until_stopped};
use crate::{demo, logging, output};

/// How often what has ended is removed.
const CLEAN_EVERY: Duration = Duration::from_secs(3600);
/// How often the registry is collected.
const COLLECT_EVERY: Duration = Duration::from_secs(3600);
/// With which collection the storage is compared with the database: every third day.
const SWEEP_EVERY: u64 = 72;
/// How often it is looked whether artifacts are to be compared with their upstreams.
const SYNC_EVERY: Duration = Duration::from_secs(60);
/// How often pulls are written that were counted in memory.
const WRITE_PULLS_EVERY: Duration = Duration::from_secs(1);
/// How often what was heard of agents is written.
const WRITE_AGENTS_EVERY: Duration = Duration::from_secs(5);
/// Connections that wait to be taken at most.
const WAITING_CONNECTIONS: u32 = 8_192;
/// How long a stop waits for requests that have begun.
const STOP_WITHIN: Duration = Duration::from_secs(30);

/// Arguments of `grantry serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Fill an empty hub with sample vendors and customers, and print the accounts to sign in with
    #[arg(long)]
    pub demo: bool,
    /// The configuration.
    #[command(flatten)]
    pub settings: SettingFlags,
}

/// Serves until it is told to stop.
pub fn run(args: &ServeArgs, surroundings: &Surroundings) -> Result<ExitCode, Failure> {
    let settings = Settings::load(&args.settings, surroundings)?;
    logging::init(&settings.config);
    hub::runtime()?.block_on(async {
        let signals = StopSignals::install()?;
        let (listener, public_url) = listen(&settings)?;
        let registry_listener = listen_for_registry(&settings.config)?;
        let store = hub::open(&settings.config).await?;
        let ops = hub::ops(store.clone(), &settings.config, public_url.as_str()).await?;
        let agents = if args.demo { fill(&store, &ops).await? } else { Vec::new() };
        greet(&ops, &public_url).await?;
        let listeners = (listener, registry_listener);
        let ended = serve(listeners, (ops.clone(), agents), &settings.config, signals).await;
        registry::fetch::stop(&ops).await;
        if let Err(error) = registry::pull::write_waiting(&ops).await {
            tracing::warn!(%error, "the last pulls could not be written");
        }
        if let Err(error) = agent::memory::write_waiting(&ops).await {
            tracing::warn!(%error, "what was last heard of agents could not be written");
        }
        let Stats { commits, batches } = store.stats();
        tracing::info!(commits, batches, "stopped");
        ended
    })
}

/// Takes the port before anything is made, so that a port in use leaves nothing behind.
fn listen(settings: &Settings) -> Result<(TcpListener, PublicUrl), Failure> {
    let config = &settings.config;
    let listener = listen_on(config.listen);
    let listener = listener.with_context(|| format!("can't listen on {}", config.listen))?;
    let chosen = settings.source("public_url").is_some_and(|source| *source != Source::Default);
    let public_url =
        if chosen { config.public_url.clone() } else { PublicUrl::of_listener(listener.local_addr()?) };
    Ok((listener, public_url))
}

/// A listener before which all agents may stand at once, as after a restart: those for whom there is no room would try again only
/// after seconds. The system may allow less.
fn listen_on(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING_CONNECTIONS)
}

/// The second listener, if the operator wants one.
fn listen_for_registry(config: &Config) -> Result<Option<TcpListener>, Failure> {
    let Some(address) = config.registry_listen else { return Ok(None) };
    let listener = listen_on(address);
    let listener = listener.with_context(|| format!("can't listen on {address} for the registry"))?;
    tracing::info!(address = %listener.local_addr()?, "the registry has a listener of its own");
    Ok(Some(listener))
}

/// Adds the sample data, and gives the agents that belong to it.
async fn fill(store: &Store, ops: &Ops) -> Result<Vec<SampleAgent>, Failure> {
    let filled = Box::pin(demo::fill(store, ops)).await.map_err(refused)?;
    let Some(filled) = filled else {
        output::say("The hub has data already, so no sample data was added.");
        return Ok(Vec::new());
    };
    output::say(&filled.summary);
    Ok(filled.agents)
}

async fn greet(ops: &Ops, public_url: &PublicUrl) -> Result<(), Failure> {
    output::say(&format!("Grantry is ready at {public_url}"));
    if let Some(secret) = setup::by_link::make_setup_link(ops).await.map_err(refused)? {
        let link = link(public_url.as_str(), "setup", &secret);
        output::say(&format!("Set it up with this link, which works once:\n\n  {link}\n"));
    }
    Ok(())
}

async fn serve(
    (listener, registry_listener): (TcpListener, Option<TcpListener>),
    (ops, agents): (Ops, Vec<SampleAgent>),
    config: &Config,
    signals: StopSignals,
) -> Result<ExitCode, Failure> {
    let proxies = config.trusted_proxies.clone();
    let is_trusted_proxy = Arc::new(move |address| proxies.iter().any(|proxy| proxy.contains(address)));
    let app = App { ops: ops.clone(), is_trusted_proxy };
    let stop = CancellationToken::new();
    let registry =
        registry_listener.map(|listener| serve_on(listener, registry_router(app.clone()), stop.clone()));
    let whole = serve_on(listener, router(app), stop.clone());
    let served = async {
        match registry {
            Some(registry) => tokio::try_join!(whole, registry).map(|_| ()),
            None => whole.await,
        }
    };
    let serving = async {
        tokio::select! {
            result = served => result.context("the listener failed"),
            // Rarely polled, and large.
            () = Box::pin(clean(&ops)) => Ok(()),
            () = Box::pin(collect(&ops)) => Ok(()),
            () = Box::pin(sync(&ops)) => Ok(()),
            () = write_pulls(&ops) => Ok(()),
            () = Box::pin(write_agents(&ops)) => Ok(()),
            () = Box::pin(live(&ops, agents)) => Ok(()),
            () = overdue(&stop) => {
                tracing::warn!("some requests did not end in time");
                Ok(())
            }
        }
    };
    match serve_until_stopped(serving, signals, stop.clone()).await {
        Ended::Finished(result) => result.map(|()| ExitCode::SUCCESS).map_err(Failure::from),
        Ended::AtOnce => Ok(ExitCode::FAILURE),
    }
}

async fn serve_on(listener: TcpListener, router: Router, stop: CancellationToken) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    // Answers are small and written at once; waiting to fill a packet would only delay them.
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, service).with_graceful_shutdown(stop.cancelled_owned()).await
}

/// Collects what the registry needs no more, now and then, and more rarely what lies in its storage by accident. Replicas may
/// do so at once.
async fn collect(ops: &Ops) {
    let mut every = tokio::time::interval(COLLECT_EVERY);
    every.tick().await;
    for round in 1_u64.. {
        every.tick().await;
        match registry::evict::evict(ops).await {
            Ok(evicted) if evicted != registry::evict::Evicted::default() => {
                tracing::info!(?evicted, "let go of what was fetched from other registries");
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "caches of other registries could not be kept within their limits")
            }
        }
        match registry::collect::collect(ops).await {
            Ok(collected) if collected != registry::collect::Collected::default() => {
                tracing::info!(?collected, "collected what the registry needs no more");
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the registry could not be collected"),
        }
        if round.is_multiple_of(SWEEP_EVERY) {
            match registry::collect::sweep(ops, true).await {
                Ok(strays) => tracing::info!(?strays, "swept the storage of the registry"),
                Err(error) => tracing::warn!(%error, "the storage of the registry could not be swept"),
            }
        }
    }
}

/// Compares artifacts with their upstreams when their time has come.
async fn sync(ops: &Ops) {
    let mut every = tokio::time::interval(SYNC_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        match registry::sync::due(ops).await {
            Ok(0) => {}
            Ok(compared) => tracing::info!(compared, "compared artifacts with their upstreams"),
            Err(error) => tracing::warn!(%error, "artifacts could not be compared with their upstreams"),
        }
    }
}

/// Writes the pulls that were counted, every moment for as long as the hub runs.
async fn write_pulls(ops: &Ops) {
    let mut every = tokio::time::interval(WRITE_PULLS_EVERY);
    loop {
        every.tick().await;
        if let Err(error) = registry::pull::write_waiting(ops).await {
            tracing::warn!(%error, "pulls could not be written; they wait");
        }
    }
}

/// Writes what was heard of agents, every few moments for as long as the hub runs.
async fn write_agents(ops: &Ops) {
    let mut every = tokio::time::interval(WRITE_AGENTS_EVERY);
    loop {
        every.tick().await;
        if let Err(error) = agent::memory::write_waiting(ops).await {
            tracing::warn!(%error, "what was heard of agents could not be written; it waits");
        }
    }
}

/// Removes what has ended, now and then, for as long as the hub runs.
async fn clean(ops: &Ops) {
    let mut every = tokio::time::interval(CLEAN_EVERY);
    loop {
        every.tick().await;
        if let Err(error) = jobs::remove_ended(ops).await {
            tracing::warn!(%error, "what has ended could not be removed");
        }
        if let Err(error) = jobs::forget_reports(ops).await {
            tracing::warn!(%error, "old reports of agents could not be forgotten");
        }
    }
}

async fn overdue(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(STOP_WITHIN).await;
}
