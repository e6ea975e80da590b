//! Configuration: what the operator set, by flag, environment, file or default, and where each value came from.
//!
//! `table` is the one list of settings; environment names, file keys, flags, the reference page and the output of
//! `grantry config` all follow from it. Precedence is flag, then environment, then file, then default.

pub mod blob_storage;
pub mod database_url;
mod environment;
mod error;
mod file;
mod flags;
pub mod log;
pub mod network;
pub mod public_url;
mod reference;
mod report;
mod resolve;
pub mod secret;
mod setting;
mod spelling;
mod table;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

pub use error::ConfigError;
pub use flags::SettingFlags;
pub use reference::reference_page;
pub use report::{report_json, report_table};
pub use resolve::{InForce, Settings, Source};
pub use setting::{Fallback, Setting, Shape, Visibility};
pub use table::SETTINGS;

use grantry_license::SigningKey;
use grantry_model::plan::Plan;
use grantry_store::seal::MasterKey;
use grantry_upstream::guard::Allowed;

use blob_storage::{BlobStorage, S3Secret};
use database_url::DatabaseUrl;
use log::LogFormat;
use network::Network;
use public_url::PublicUrl;

/// What is wrong with a value and what would be right, as the second half of a sentence: `"x" is not a plan; write …`.
/// Never repeats a secret.
pub type Refusal = String;

/// Every setting in force, as valid values. Relative paths are relative to the working directory.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the hub accepts connections. Port 0 lets the operating system choose.
    pub listen: SocketAddr,
    /// Where the registry alone is served too.
    pub registry_listen: Option<SocketAddr>,
    /// The folder of database, master key and content.
    pub data_dir: PathBuf,
    /// The address under which users and applications reach the hub; the `iss` of license tokens, letter by letter.
    pub public_url: PublicUrl,
    /// The database.
    pub database_url: DatabaseUrl,
    /// Where the registry's content is kept.
    pub blobs: BlobStorage,
    /// The id of the access key of the S3 bucket.
    pub s3_access_key: Option<String>,
    /// The secret of that key.
    pub s3_secret_key: Option<S3Secret>,
    /// The key that encrypts secrets at rest, if it was given as a value.
    pub master_key: Option<Arc<MasterKey>>,
    /// The file of that key, if the operator named one; it must exist then.
    pub master_key_file: Option<PathBuf>,
    /// The private key that signs license tokens, if it was given as a value.
    pub license_key: Option<Arc<SigningKey>>,
    /// The file of that key, if the operator named one.
    pub license_key_file: Option<PathBuf>,
    /// The plan of new organizations.
    pub default_plan: Plan,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Addresses other than public ones that artifacts may be pulled through from.
    pub upstream_exceptions: Vec<Allowed>,
    /// The image of the agent at Docker targets.
    pub agent_image: String,
    /// The image of the agent at Kubernetes targets.
    pub helm_agent_image: String,
    /// Which log events are written: a level, or directives as of tracing's `EnvFilter`.
    pub log: String,
    /// How log events are written.
    pub log_format: LogFormat,
}

/// What the program was started in: its environment variables and its working directory. An argument, so that
/// tests need not change those of the process.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// All environment variables; those that don't start with `GRANTRY_` are ignored.
    pub environment: Vec<(OsString, OsString)>,
    /// The working directory; relative names of configuration files start here.
    pub folder: PathBuf,
}

impl Surroundings {
    /// Those of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self { environment: std::env::vars_os().collect(), folder: PathBuf::new() }
    }
}
