//! The Compose file of an agent.

use grantry_ops::agent::connect::Connection;
use serde_json::{Map, Value, json};

use super::{Place, environment, is_of_distr, yaml};

/// Where the agent keeps what it must know after a restart.
const STATE: &str = "/scratch";
/// Where the machine's root folder is, to measure its disks.
const HOST_ROOT: &str = "/hostfs";
/// Where the Docker engine listens by default.
const SOCKET: &str = "/var/run/docker.sock";
/// The folder of the machine's Docker configuration, with its registry logins.
const HOST_DOCKER_CONFIG: &str = "${HOST_DOCKER_CONFIG_DIR-${HOME}/.docker}";

/// Where the agent finds it.
const DOCKER_CONFIG: &str = "/docker-config";

pub(super) fn manifest(
    connection: &Connection,
    place: &Place,
    (endpoint, autoheal): (Option<&str>, bool),
    secret: Option<&str>,
) -> String {
    let mut variables = escaped(environment(connection, place));
    if let Some(secret) = secret {
        for name in ["GRANTRY_TARGET_SECRET", "DISTR_TARGET_SECRET"] {
            variables.insert(name.to_owned(), json!(secret));
        }
    }
    let measures = connection.target.options.metrics;
    let host_root = if measures { HOST_ROOT } else { "/" };
    for (name, value) in [
        ("GRANTRY_STATE_DIR", STATE),
        ("GRANTRY_HOST_ROOT", host_root),
        ("GRANTRY_AUTOHEAL", if autoheal { "true" } else { "false" }),
        ("DISTR_AGENT_SCRATCH_DIR", STATE),
        ("HOST_ROOT_DIR", host_root),
        ("HOST_DOCKER_CONFIG_DIR", HOST_DOCKER_CONFIG),
        ("DOCKER_CONFIG", DOCKER_CONFIG),
    ] {
        variables.insert(name.to_owned(), json!(value));
    }
    let socket = endpoint.and_then(|endpoint| endpoint.strip_prefix("unix://")).unwrap_or(SOCKET);
    if endpoint.is_some() {
        variables.insert("DOCKER_HOST".to_owned(), json!(format!("unix://{socket}")));
    }
    let mut volumes = vec![
        json!(format!("{socket}:{socket}")),
        json!(format!("scratch:{STATE}")),
        json!(format!("{HOST_DOCKER_CONFIG}:{DOCKER_CONFIG}:ro")),
    ];
    if measures {
        volumes.push(json!(format!("/:{HOST_ROOT}:ro")));
    }
    let mut agent = Map::new();
    agent.insert("image".to_owned(), json!(connection.image));
    if !is_of_distr(&connection.image) {
        agent.insert("command".to_owned(), json!(["docker"]));
    }
    agent.insert("network_mode".to_owned(), json!("host"));
    agent.insert("restart".to_owned(), json!("always"));
    agent.insert("environment".to_owned(), Value::Object(variables));
    agent.insert("volumes".to_owned(), Value::Array(volumes));
    // What an agent writes for years must not fill the machine's disk.
    let options = json!({ "max-size": "1m", "max-file": "3" });
    agent.insert("logging".to_owned(), json!({ "driver": "json-file", "options": options }));
    yaml(
        &json!({ "name": project(connection), "services": { "agent": agent }, "volumes": { "scratch": {} } }),
    )
}

/// The name of the agent's project. Several agents may work beside each other on one machine, so it has a part of the target's id:
/// the end, which is random, while the beginning is the time of its making.
fn project(connection: &Connection) -> String {
    let id = connection.target.id.0.simple().to_string();
    format!("grantry-{}", &id[id.len() - 8..])
}

/// Compose reads `$` in values as the beginning of a variable.
fn escaped(variables: Map<String, Value>) -> Map<String, Value> {
    let escape = |value: Value| json!(value.as_str().unwrap_or_default().replace('$', "$$"));
    variables.into_iter().map(|(name, value)| (name, escape(value))).collect()
}
