//! Settings from `GRANTRY_…` environment variables.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::error::{ConfigError, advice};
use super::resolve::{Given, Layer, Source};
use super::setting::Setting;
use super::spelling::nearest;
use super::table::SETTINGS;

/// What every variable of ours starts with.
const PREFIX: &str = "GRANTRY_";
/// The variable that names the configuration file.
const CONFIG: &str = "GRANTRY_CONFIG";

/// What the environment says.
#[derive(Debug, Default)]
pub(super) struct Environment {
    /// The configuration file, from `GRANTRY_CONFIG`.
    pub(super) config: Option<PathBuf>,
    /// The settings.
    pub(super) layer: Layer,
}

/// Reads every variable that starts with `GRANTRY_`, and refuses one that is no setting.
pub(super) fn read(variables: &[(OsString, OsString)]) -> Result<Environment, ConfigError> {
    let mut environment = Environment::default();
    for (name, value) in variables {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
        if name.starts_with("GRANTRY_TEST_") || is_injected_by_kubernetes(name, value) {
            continue;
        }
        if name == CONFIG {
            environment.config = Some(PathBuf::from(value));
            continue;
        }
        let Some(setting) = SETTINGS.iter().find(|setting| setting.variable() == name) else {
            return Err(unknown(name));
        };
        let Some(text) = value.to_str() else {
            return Err(ConfigError::NotText { name: name.to_owned() });
        };
        let given = Given { text: text.to_owned(), source: Source::Variable(name.to_owned()) };
        environment.layer.insert(setting.name, given);
    }
    Ok(environment)
}

fn unknown(name: &str) -> ConfigError {
    let variables: Vec<String> =
        std::iter::once(CONFIG.to_owned()).chain(SETTINGS.iter().map(Setting::variable)).collect();
    let known: Vec<&str> = variables.iter().map(String::as_str).collect();
    // The prefix that all names share must not make strangers look alike.
    let bare = |name| str::strip_prefix(name, PREFIX).unwrap_or(name);
    let nearest = nearest(bare(name), known.iter().map(|name| bare(name)));
    let nearest = nearest.map(|bare| format!("{PREFIX}{bare}"));
    ConfigError::UnknownVariable { name: name.to_owned(), advice: advice(nearest.as_deref(), &known) }
}

/// Kubernetes gives every container variables about each Service of its namespace, named after the Service. With a
/// Service called `grantry` or `grantry-database` they look like settings, and must not stop the hub.
fn is_injected_by_kubernetes(name: &str, value: &OsStr) -> bool {
    let is_link =
        || value.to_str().is_some_and(|value| value.starts_with("tcp://") || value.starts_with("udp://"));
    let has_port_number = |protocol: &str| {
        name.split_once(protocol)
            .and_then(|(head, _)| head.rsplit_once("_PORT_"))
            .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
    };
    name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || (name.ends_with("_PORT") && is_link())
        || ["_TCP", "_UDP", "_SCTP"].into_iter().any(has_port_number)
}
