//! What every command that works on a hub does first: read the configuration, find the keys, open the database.

use std::future::Future;
use std::process::ExitCode;

use anyhow::Context as _;
use grantry_blobs::blobs::Blobs;
use grantry_model::plan::Subscription;
use grantry_ops::clock::Clock;
use grantry_ops::registry::collect::Retention;
use grantry_ops::{Backends, Ops, signing};
use grantry_store::db::Database;
use grantry_store::migrate::migrations;
use grantry_store::store::Store;
use grantry_upstream::guard::Guard;
use grantry_upstream::upstream::{Settings as UpstreamSettings, Upstream};

use crate::cli::Failure;
use crate::config::blob_storage;
use crate::config::database_url::DatabaseUrl;
use crate::config::{Config, SettingFlags, Settings, Surroundings};
use crate::{data_dir, logging};

/// Runs a command that works on the hub beside it, which may be running.
pub(super) fn run<F>(
    flags: &SettingFlags,
    surroundings: &Surroundings,
    command: impl FnOnce(Ops) -> F,
) -> Result<ExitCode, Failure>
where
    F: Future<Output = Result<(), Failure>>,
{
    let settings = Settings::load(flags, surroundings)?;
    logging::init(&settings.config);
    runtime()?.block_on(async {
        let store = open(&settings.config).await?;
        let ops = ops(store, &settings.config, settings.config.public_url.as_str()).await?;
        command(ops).await.map(|()| ExitCode::SUCCESS)
    })
}

/// The runtime of this process.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Opens the database, which is made or brought to the current schema if needed.
pub(super) async fn open(config: &Config) -> Result<Store, Failure> {
    // Twice is fine: a command may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    data_dir::prepare(config).map_err(anyhow::Error::from)?;
    let master_key = data_dir::master_key(config).map_err(anyhow::Error::from)?;
    let url = match &config.database_url {
        DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    let shown = &config.database_url;
    let database = Database::open(&url).await.with_context(|| format!("can't open the database {shown}"))?;
    database.migrate(&migrations()).await.with_context(|| format!("can't prepare the database {shown}"))?;
    Ok(Store::new(database, master_key))
}

/// The operations on a database, able to sign.
pub(super) async fn ops(store: Store, config: &Config, public_url: &str) -> Result<Ops, Failure> {
    let settings = grantry_ops::Settings {
        public_url: public_url.to_owned(),
        default_plan: Subscription { plan: config.default_plan, until: None },
        retention: Retention::default(),
        agent_image: config.agent_image.clone(),
        helm_agent_image: config.helm_agent_image.clone(),
    };
    let storage = blob_storage::resolve(config)?;
    let blobs = Blobs::open(&storage)
        .await
        .with_context(|| format!("can't open the blob storage {}", config.blobs))?;
    let guard = Guard::allowing(config.upstream_exceptions.iter().cloned());
    let upstream = Upstream::new(UpstreamSettings { guard, ..UpstreamSettings::default() });
    if let Err(error) = &upstream {
        tracing::warn!(
            error = error as &dyn std::error::Error,
            "nothing can be pulled through from other registries"
        );
    }
    let backends = Backends { store, blobs, upstream: upstream.ok() };
    let ops = Ops::new(backends, Clock::System, settings);
    let license_key = data_dir::license_key(config).map_err(anyhow::Error::from)?;
    signing::prepare(&ops, license_key).await.map_err(refused)?;
    Ok(ops)
}

/// An operation's refusal, as the command's: every sentence of it, and what caused it.
pub(super) fn refused(error: grantry_ops::error::Error) -> Failure {
    use grantry_ops::error::Error;
    match error {
        Error::Internal(source) => {
            Failure::Failed(anyhow::anyhow!("{source}").context("something went wrong inside the hub"))
        }
        other => Failure::Failed(anyhow::Error::from(other)),
    }
}

/// A one-time link as a browser takes it.
pub(super) fn link(public_url: &str, kind: &str, secret: &grantry_ops::hub_secret::Secret) -> String {
    format!("{public_url}/{kind}/{}", secret.reveal())
}
