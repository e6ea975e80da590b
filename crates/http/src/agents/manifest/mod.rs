//! What an agent is started from: a Compose file, or objects of Kubernetes.
//!
//! Both are made for our agent and for those published for Distr, so each has the variables of both.

mod docker;
mod kubernetes;

use grantry_model::deployment_target::Environment;
use grantry_ops::Ops;
use grantry_ops::agent::connect::Connection;
use serde_json::{Map, Value, json};

/// Where agents find the hub.
pub(super) struct Place {
    /// Its base URL, without a slash at its end.
    base: String,
    /// Its registry, host and port.
    registry: String,
    is_plain_http: bool,
}

impl Place {
    pub(super) fn of(ops: &Ops) -> Self {
        let base = ops.settings().public_url.clone();
        let (scheme, authority) = base.split_once("://").unwrap_or(("https", &base));
        Self { registry: authority.to_owned(), is_plain_http: scheme == "http", base: base.clone() }
    }
}

/// The manifest; with the target's secret if it is known.
pub(super) fn manifest(connection: &Connection, place: &Place, secret: Option<&str>) -> String {
    match &connection.target.environment {
        Environment::Docker { endpoint, autoheal, .. } => {
            let endpoint = endpoint.as_ref().map(|endpoint| endpoint.as_str());
            docker::manifest(connection, place, (endpoint, *autoheal), secret)
        }
        Environment::Kubernetes { namespace, scope, resources } => {
            let cluster = kubernetes::Cluster { namespace, scope: *scope, resources: resources.as_ref() };
            kubernetes::manifest(connection, place, &cluster, secret)
        }
    }
}

/// The variables that every agent gets, but for the secret.
fn environment(connection: &Connection, place: &Place) -> Map<String, Value> {
    let Place { base, registry, is_plain_http } = place;
    let target = connection.target.id.to_string();
    let is_updated = connection.target.options.automatic_updates;
    let agent = |path: &str| format!("{base}/api/v1/agent/{path}");
    let variables = [
        ("GRANTRY_URL", base.clone()),
        ("GRANTRY_TARGET_ID", target.clone()),
        ("GRANTRY_REGISTRY_HOST", registry.clone()),
        ("GRANTRY_REGISTRY_PLAIN_HTTP", is_plain_http.to_string()),
        ("DISTR_TARGET_ID", target),
        ("DISTR_LOGIN_ENDPOINT", agent("login")),
        ("DISTR_MANIFEST_ENDPOINT", agent("manifest")),
        ("DISTR_RESOURCE_ENDPOINT", agent("resources")),
        ("DISTR_STATUS_ENDPOINT", agent("status")),
        ("DISTR_METRICS_ENDPOINT", agent("metrics")),
        ("DISTR_LOGS_ENDPOINT", agent("logs")),
        ("DISTR_AGENT_LOGS_ENDPOINT", agent("deployment-target-logs")),
        ("DISTR_INTERVAL", "5s".to_owned()),
        // An agent without this one never replaces itself.
        (
            "DISTR_AGENT_VERSION_ID",
            if is_updated { connection.version.id.to_string() } else { String::new() },
        ),
        ("DISTR_REGISTRY_HOST", registry.clone()),
        ("DISTR_REGISTRY_PLAIN_HTTP", is_plain_http.to_string()),
    ];
    variables.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect()
}

/// Whether an image is one of those published for Distr, by its name. They take no arguments.
fn is_of_distr(image: &str) -> bool {
    let name = image.split('@').next().unwrap_or(image).rsplit('/').next().unwrap_or_default();
    matches!(name.split(':').next(), Some("docker-agent" | "kubernetes-agent"))
}

/// A document as YAML: nested maps and lists, with every text in quotes, so that none can be taken for anything else.
fn yaml(value: &Value) -> String {
    let mut text = String::new();
    write_yaml(&mut text, value, 0);
    text
}

fn write_yaml(text: &mut String, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                text.push_str(&format!("{indent}{}:", key(name)));
                write_member(text, value, depth);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                let mut part = String::new();
                write_yaml(&mut part, item, depth + 1);
                text.push_str(&format!("{indent}- {}", part.trim_start()));
            }
        }
        scalar => text.push_str(&format!("{indent}{scalar}\n")),
    }
}

fn write_member(text: &mut String, value: &Value, depth: usize) {
    let is_nested = match value {
        Value::Object(members) => !members.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    if is_nested {
        text.push('\n');
        write_yaml(text, value, depth + 1);
    } else {
        text.push_str(&format!(" {value}\n"));
    }
}

/// A key is written bare if it can be nothing else than a text.
fn key(name: &str) -> String {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/');
    let is_bare = name.bytes().all(is_word) && name.starts_with(|first: char| first.is_ascii_alphabetic());
    if is_bare { name.to_owned() } else { json!(name).to_string() }
}

#[cfg(test)]
mod tests {
    use grantry_model::deployment_target::{DeploymentTarget, KnownAgent, TargetOptions};
    use grantry_model::id::DeploymentTargetId;
    use grantry_model::name::Name;
    use grantry_ops::agent::version::AgentVersion;

    use super::*;

    #[test]
    fn agents_of_distr_get_no_arguments_and_nothing_has_a_meaning_in_compose() {
        let target = DeploymentTarget {
            id: DeploymentTargetId(uuid::Uuid::from_u128(1)),
            customer: None,
            name: Name::parse("name", "One").unwrap(),
            environment: Environment::Docker { endpoint: None, image_cleanup: false, autoheal: true },
            options: TargetOptions { metrics: false, logs: false, logs_after: None, automatic_updates: true },
            created_at: chrono::DateTime::UNIX_EPOCH,
            agent: KnownAgent::default(),
        };
        let place = Place {
            base: "http://$HUB:8080".to_owned(),
            registry: "$HUB:8080".to_owned(),
            is_plain_http: true,
        };
        for (image, has_command) in
            [("ghcr.io/distr-sh/distr/docker-agent:3.1.0", false), ("grantry/agent:0.1.0", true)]
        {
            let version = AgentVersion::of_image(image);
            let connection = Connection { target: target.clone(), image: image.to_owned(), version };
            let text = manifest(&connection, &place, None);
            assert_eq!(text.contains("command:"), has_command, "{text}");
            assert!(text.contains("DISTR_REGISTRY_HOST: \"$$HUB:8080\""), "{text}");
            assert!(
                text.contains("DISTR_REGISTRY_PLAIN_HTTP: \"true\"") && !text.contains("SECRET"),
                "{text}"
            );
        }
    }

    #[test]
    fn yaml_is_nested_and_quoted() {
        let value = json!({
            "name": "a: b # c", "empty": {}, "list": [{ "one": 1, "two": ["x"] }, "yes"], "no": true, "1": null,
        });
        let expected = "name: \"a: b # c\"\nempty: {}\nlist:\n  - one: 1\n    two:\n      - \"x\"\n  - \"yes\"\nno: true\n\"1\": null\n";
        assert_eq!(yaml(&value), expected);
    }

    #[test]
    fn images_of_distr_are_known_by_name() {
        for (image, is) in [
            ("ghcr.io/distr-sh/distr/docker-agent:3.1.0", true),
            ("mirror:5000/kubernetes-agent@sha256:00", true),
            ("grantry/agent:0.1.0", false),
            ("docker-agent-ours", false),
        ] {
            assert_eq!(is_of_distr(image), is, "{image}");
        }
    }
}
