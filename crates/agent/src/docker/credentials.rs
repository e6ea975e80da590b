//! Credentials for registries, as a configuration of the docker CLI for one deployment alone. They go by file and never by argument.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use grantry_wire::agent::AgentDeployment;
use serde_json::{Map, Value, json};

use super::host::Host;
use crate::secret::Secret;
use crate::state;

/// The user name that goes with an agent's token.
const AGENT: &str = "-";

/// Writes the configuration and gives its folder. It builds on the machine's own, so that what its operator logged in to can be pulled too.
///
/// # Errors
/// It can't be written.
pub(super) fn write(
    host: &Host,
    folder: &Path,
    wanted: &AgentDeployment,
    (registry, token): (&str, &Secret),
) -> anyhow::Result<PathBuf> {
    let at = place(folder);
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&at).context("can't make a folder")?;
    let machine = host.config.as_deref().map(read).unwrap_or_default();
    let mut config = build(machine, host.config.as_deref());
    for (host, auth) in wanted.registry_auth.iter().flatten() {
        add(&mut config, host, &auth.username, &auth.password);
    }
    add(&mut config, registry, AGENT, token.reveal());
    state::write(&file(folder), &serde_json::to_vec(&config)?)?;
    Ok(at)
}

/// Puts a new token into the configuration that [`write()`] wrote, and gives its folder.
///
/// # Errors
/// It can't be written.
pub(super) fn renew(folder: &Path, registry: &str, token: &Secret) -> anyhow::Result<PathBuf> {
    let at = place(folder);
    let mut config = read(&at);
    add(&mut config, registry, AGENT, token.reveal());
    state::write(&file(folder), &serde_json::to_vec(&config)?)?;
    Ok(at)
}

/// The file of a deployment's configuration.
pub(super) fn file(folder: &Path) -> PathBuf {
    place(folder).join("config.json")
}

fn place(folder: &Path) -> PathBuf {
    folder.join("docker")
}

/// The passwords that [`write()`] writes, to be hidden in what is reported.
pub(super) fn passwords<'all>(
    wanted: &'all AgentDeployment,
    token: &'all Secret,
) -> impl Iterator<Item = &'all str> {
    let vendors = wanted.registry_auth.iter().flatten().map(|(_, auth)| auth.password.as_str());
    vendors.chain([token.reveal()])
}

fn read(folder: &Path) -> Map<String, Value> {
    let text = std::fs::read(folder.join("config.json")).unwrap_or_default();
    serde_json::from_slice(&text).unwrap_or_default()
}

/// What of the machine's configuration is of use here. Its plugins are found where they are.
fn build(mut machine: Map<String, Value>, folder: Option<&Path>) -> Map<String, Value> {
    // It may name an engine that is not the agent's.
    machine.remove("currentContext");
    let own = folder.map(|folder| folder.join("cli-plugins"));
    let mut plugins: Vec<Value> = own.iter().filter_map(|path| path.to_str()).map(Value::from).collect();
    if let Some(Value::Array(more)) = machine.get("cliPluginsExtraDirs") {
        plugins.extend(more.iter().cloned());
    }
    machine.insert("cliPluginsExtraDirs".to_owned(), plugins.into());
    machine
}

/// Adds a credential, and says that no helper is to be asked for it.
fn add(config: &mut Map<String, Value>, host: &str, username: &str, password: &str) {
    let key = match host {
        "docker.io" | "index.docker.io" | "registry-1.docker.io" => "https://index.docker.io/v1/",
        host => host,
    };
    let auth = json!({ "auth": STANDARD.encode(format!("{username}:{password}")) });
    insert(config, "auths", key, auth);
    if config.contains_key("credsStore") || config.contains_key("credHelpers") {
        insert(config, "credHelpers", key, "".into());
    }
}

fn insert(config: &mut Map<String, Value>, section: &str, key: &str, value: Value) {
    let entry = config.entry(section).or_insert_with(|| json!({}));
    if !entry.is_object() {
        *entry = json!({});
    }
    if let Some(section) = entry.as_object_mut() {
        section.insert(key.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machines_logins_stay_and_ours_are_added() {
        let machine = json!({
            "auths": {"private.example.com": {"auth": "bWU6aXQ="}}, "credsStore": "desktop", "currentContext": "elsewhere",
            "cliPluginsExtraDirs": ["/opt/plugins"], "proxies": {"default": {}},
        });
        let Value::Object(machine) = machine else { unreachable!() };
        let mut config = build(machine, Some(Path::new("/etc/docker-client")));
        add(&mut config, "hub.example.com:5000", AGENT, "token");
        add(&mut config, "docker.io", "vendor", "pw");
        let expected = json!({
            "auths": {
                "private.example.com": {"auth": "bWU6aXQ="},
                "hub.example.com:5000": {"auth": "LTp0b2tlbg=="},
                "https://index.docker.io/v1/": {"auth": "dmVuZG9yOnB3"},
            },
            "credsStore": "desktop",
            "credHelpers": {"hub.example.com:5000": "", "https://index.docker.io/v1/": ""},
            "cliPluginsExtraDirs": ["/etc/docker-client/cli-plugins", "/opt/plugins"],
            "proxies": {"default": {}},
        });
        assert_eq!(Value::Object(config), expected);
    }

    #[test]
    fn a_broken_configuration_of_the_machine_does_not_hinder() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.json"), "{ broken").unwrap();
        assert!(read(folder.path()).is_empty());
        let mut config = Map::from_iter([("auths".to_owned(), json!(7))]);
        add(&mut config, "a", "u", "p");
        assert_eq!(config["auths"], json!({"a": {"auth": "dTpw"}}));
    }
}
