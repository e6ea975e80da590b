//! Configuration: options, each with an environment variable. The secret comes only by environment or file, never by argument, where
//! every user of the machine could read it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use grantry_wire::GoDuration;
use reqwest::Url;
use uuid::Uuid;

use crate::helm;
use crate::secret::Secret;

/// The shortest interval: more often than this a hub need not be asked.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(100);

const SECRET: &str = "GRANTRY_TARGET_SECRET";
const SECRET_FILE: &str = "GRANTRY_TARGET_SECRET_FILE";

/// Options of the agent.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Base URL of the hub, for example https://hub.example.com.
    #[arg(long, env = "GRANTRY_URL", value_name = "URL")]
    url: Url,
    /// Id of the deployment target that this agent serves.
    #[arg(long, env = "GRANTRY_TARGET_ID", value_name = "ID")]
    target_id: Uuid,
    /// File that holds the target's secret. Without it the secret is taken from GRANTRY_TARGET_SECRET.
    #[arg(long, env = SECRET_FILE, value_name = "FILE")]
    target_secret_file: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    kubernetes: helm::Kubernetes,
    /// How often the hub is asked, and deployments are looked at.
    #[arg(long, env = "GRANTRY_INTERVAL", value_name = "DURATION", default_value = "5s")]
    interval: GoDuration,
    /// The hub's registry, as host or host:port, if it is not the hub's own address. Pulls from it use the agent's own credential.
    #[arg(long, env = "GRANTRY_REGISTRY_HOST", value_name = "HOST")]
    registry_host: Option<String>,
    /// Speak plain HTTP to the hub's registry (Helm charts; for images, Docker's daemon has its own setting).
    #[arg(long, env = "GRANTRY_REGISTRY_PLAIN_HTTP", value_name = "BOOL", default_value_t = false, num_args = 0..=1,
          default_missing_value = "true", action = clap::ArgAction::Set)]
    registry_plain_http: bool,
    /// Restart containers of this agent's deployments whose own health check says that they are unhealthy (Docker Compose; a swarm does
    /// so by itself).
    #[arg(long, env = "GRANTRY_AUTOHEAL", value_name = "BOOL", default_value_t = false, num_args = 0..=1,
          default_missing_value = "true", action = clap::ArgAction::Set)]
    autoheal: bool,
    /// Where the machine's root folder is mounted, to measure its disks from inside a container.
    #[arg(long, env = "GRANTRY_HOST_ROOT", value_name = "FOLDER", default_value = "/")]
    host_root: PathBuf,
    /// What goes to standard error: error, warn, info, debug, trace, or a filter such as `grantry_agent=debug`.
    #[arg(long, env = "GRANTRY_LOG", value_name = "FILTER", default_value = "info")]
    log: String,
}

/// Where the agent keeps what it knows.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// Folder for what the agent must know after a restart.
    #[arg(long, env = "GRANTRY_STATE_DIR", value_name = "FOLDER", default_value = "/var/lib/grantry-agent")]
    pub(crate) state_dir: PathBuf,
}

/// The configuration, valid.
#[derive(Debug)]
pub(crate) struct Config {
    /// Ends with a slash.
    pub(crate) url: Url,
    pub(crate) target: Uuid,
    pub(crate) secret: Secret,
    pub(crate) state_dir: PathBuf,
    pub(crate) interval: Duration,
    pub(crate) registry: Registry,
    pub(crate) autoheal: bool,
    pub(crate) host_root: PathBuf,
    pub(crate) kubernetes: helm::Kubernetes,
    pub(crate) log: String,
}

/// The hub's registry.
#[derive(Debug, Clone)]
pub(crate) struct Registry {
    /// Host, or host and port.
    pub(crate) host: String,
    pub(crate) plain_http: bool,
}

impl Config {
    /// Checks the options and reads the secret.
    ///
    /// # Errors
    /// An option has no sense, or the secret is not to be had.
    pub(crate) fn read(options: Options) -> anyhow::Result<Self> {
        let interval = options.interval.span().filter(|span| *span >= SHORTEST_INTERVAL);
        let url = base(options.url)?;
        Ok(Self {
            registry: registry(&url, options.registry_host, options.registry_plain_http)?,
            url,
            target: options.target_id,
            secret: read_secret(options.target_secret_file)?,
            state_dir: options.place.state_dir,
            interval: interval.context("GRANTRY_INTERVAL must be at least 100ms")?,
            autoheal: options.autoheal,
            host_root: options.host_root,
            kubernetes: options.kubernetes,
            log: options.log,
        })
    }
}

fn base(mut url: Url) -> anyhow::Result<Url> {
    if !matches!(url.scheme(), "http" | "https") {
        bail!("GRANTRY_URL must begin with https:// or http://");
    }
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        bail!("GRANTRY_URL must be a plain address, without user, query or fragment");
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

/// Usually the hub is its own registry.
fn registry(hub: &Url, host: Option<String>, plain_http: bool) -> anyhow::Result<Registry> {
    let Some(host) = host.filter(|host| !host.is_empty()) else {
        let host = hub.authority().to_owned();
        return Ok(Registry { host, plain_http: hub.scheme() == "http" });
    };
    let ordinary = |one: char| one.is_ascii_alphanumeric() || ".-:[]_".contains(one);
    if !host.chars().all(ordinary) {
        bail!("GRANTRY_REGISTRY_HOST must be a host, or host:port, without https://");
    }
    Ok(Registry { host, plain_http })
}

fn read_secret(file: Option<PathBuf>) -> anyhow::Result<Secret> {
    let text = match file {
        Some(path) => std::fs::read_to_string(&path)
            .with_context(|| format!("can't read the secret from {}", path.display()))?,
        None => std::env::var_os(SECRET)
            .with_context(|| format!("set {SECRET} or {SECRET_FILE}"))?
            .into_string()
            .map_err(|_: OsString| anyhow::anyhow!("{SECRET} is no text"))?,
    };
    let secret = text.trim();
    if secret.is_empty() || secret.contains(|one: char| one.is_control()) {
        bail!("the target's secret is empty or has line breaks");
    }
    Ok(Secret::new(secret.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_the_hub_is_a_plain_one() {
        for (text, expected) in [
            ("https://hub.example.com", Some("https://hub.example.com/")),
            ("http://127.0.0.1:8080/", Some("http://127.0.0.1:8080/")),
            ("https://example.com/hub", Some("https://example.com/hub/")),
            ("ftp://hub.example.com", None),
            ("https://user:secret@hub.example.com", None),
            ("https://hub.example.com/?targetSecret=x", None),
        ] {
            let read = base(text.parse().unwrap()).ok();
            assert_eq!(read.as_ref().map(Url::as_str), expected, "{text}");
        }
    }

    #[test]
    fn a_registry_is_a_host() {
        let hub = "https://hub.example.com".parse().unwrap();
        let read = |host: Option<&str>, plain| registry(&hub, host.map(str::to_owned), plain);
        assert_eq!(read(Some("127.0.0.1:5000"), true).unwrap().host, "127.0.0.1:5000");
        assert!(read(Some("https://registry.example.com"), false).is_err());
        assert!(read(Some("registry.example.com/team"), false).is_err());
        for none in [None, Some("")] {
            let own = read(none, true).unwrap();
            assert_eq!((&*own.host, own.plain_http), ("hub.example.com", false));
        }
        let own = registry(&"http://127.0.0.1:8080/".parse().unwrap(), None, false).unwrap();
        assert_eq!((&*own.host, own.plain_http), ("127.0.0.1:8080", true));
    }
}
