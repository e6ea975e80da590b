//! Credentials for registries: for Helm, and for the pods that a release starts.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use grantry_wire::agent::AgentDeployment;
use serde_json::{Value, json};

use crate::config::Registry;

/// The names that charts have for a list of pull secrets.
const LISTS: [&str; 2] = ["imagePullSecrets", "pullSecrets"];

/// A Docker configuration file with the credentials of a deployment: the agent's own for the hub's registry, a host with a token,
/// and those that the hub hands out for others. What the hub says about its own host in particular is the better one.
pub(crate) fn configuration(deployment: &AgentDeployment, (registry, token): (&str, &str)) -> String {
    let mut accounts = BTreeMap::from([(registry.to_owned(), account("-", token))]);
    for (host, auth) in deployment.registry_auth.iter().flatten() {
        accounts.insert(host.clone(), account(&auth.username, &auth.password));
    }
    json!({ "auths": accounts }).to_string()
}

/// The same configuration with a new token for the hub's registry; `None` if it has the token already, or none at all.
pub(crate) fn renewed(configuration: &str, host: &str, token: &str) -> Option<String> {
    let mut tree: Value = serde_json::from_str(configuration).ok()?;
    let known = tree.get_mut("auths")?.get_mut(host)?;
    let new = account("-", token);
    // An account of another name is one that the hub handed out for this deployment.
    let ours = decode(known)?.starts_with("-:");
    if !ours || *known == new {
        return None;
    }
    *known = new;
    Some(tree.to_string())
}

fn decode(account: &Value) -> Option<String> {
    String::from_utf8(BASE64_STANDARD.decode(account.get("auth")?.as_str()?).ok()?).ok()
}

fn account(username: &str, password: &str) -> Value {
    json!({ "auth": BASE64_STANDARD.encode(format!("{username}:{password}")) })
}

/// Whether the deployment's chart comes from the hub's registry.
pub(crate) fn is_hubs(deployment: &AgentDeployment, registry: &Registry) -> bool {
    let host = deployment.chart_url.strip_prefix("oci://").and_then(|rest| rest.split('/').next());
    Some(&*registry.host) == host
}

/// Whether the deployment's chart comes from a registry without TLS.
pub(crate) fn is_plain(deployment: &AgentDeployment, registry: &Registry) -> bool {
    registry.plain_http && is_hubs(deployment, registry)
}

/// The deployment's values, with the Secret of its credentials in every list of pull secrets that they have.
pub(crate) fn values(deployment: &AgentDeployment, pull_secret: &str) -> String {
    let Some(values) = &deployment.values else { return "{}".to_owned() };
    // Numbers that are too long for a machine's survive only if nothing has to be added.
    let mentioned = LISTS.iter().any(|list| values.get().contains(list));
    match serde_json::from_str(values.get()) {
        Ok(mut tree) if mentioned => {
            add_pull_secret(&mut tree, pull_secret);
            tree.to_string()
        }
        _ => values.get().to_owned(),
    }
}

fn add_pull_secret(value: &mut Value, name: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| add_pull_secret(item, name)),
        Value::Object(fields) => {
            for (key, field) in fields {
                match field {
                    Value::Array(list) if LISTS.contains(&&**key) => append(list, name),
                    other => add_pull_secret(other, name),
                }
            }
        }
        _ => {}
    }
}

/// Charts take either names or objects with a name; the list itself shows which, and most take objects.
fn append(list: &mut Vec<Value>, name: &str) {
    let names = !list.is_empty() && list.iter().all(Value::is_string);
    let entry = if names { json!(name) } else { json!({ "name": name }) };
    if !list.contains(&entry) {
        list.push(entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deployment(rest: &str) -> AgentDeployment {
        let text = format!(
            r#"{{"id":"00000000-0000-0000-0000-000000000002","revisionId":"00000000-0000-0000-0000-000000000003"{rest}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn secret_is_appended_to_every_list() {
        let rest = r#","values":{"imagePullSecrets":[{"name":"own"}],"web":{"pullSecrets":[]},"db":[{"imagePullSecrets":["old"]}],
            "job":{"imagePullSecrets":{}},"imagePullSecretsOf":[]}"#;
        let expected = r#"{"imagePullSecrets":[{"name":"own"},{"name":"new"}],"web":{"pullSecrets":[{"name":"new"}]},"db":[{"imagePullSecrets":["old","new"]}],"job":{"imagePullSecrets":{}},"imagePullSecretsOf":[]}"#;
        assert_eq!(values(&deployment(rest), "new"), expected);
    }

    #[test]
    fn other_values_stay_as_they_are() {
        assert_eq!(
            values(&deployment(r#","values":{"a":12345678901234567890123}"#), "new"),
            r#"{"a":12345678901234567890123}"#
        );
        assert_eq!(values(&deployment(""), "new"), "{}");
    }

    #[test]
    fn agents_token_is_for_the_hubs_registry_alone() {
        let registry = Registry { host: "hub.example.com:5000".to_owned(), plain_http: true };
        let rest = r#","registryAuth":{"other.example.com":{"username":"u","password":"p"}},"chartUrl":"oci://hub.example.com:5000/a/b""#;
        let written: Value =
            serde_json::from_str(&configuration(&deployment(rest), (&registry.host, "t"))).unwrap();
        let expected = json!({"auths": {"hub.example.com:5000": {"auth": "LTp0"}, "other.example.com": {"auth": "dTpw"}}});
        assert_eq!(written, expected);
        assert!(is_plain(&deployment(rest), &registry));
        assert!(!is_plain(&deployment(r#","chartUrl":"oci://hub.example.com/a/b""#), &registry));
    }

    #[test]
    fn token_is_renewed_where_it_is_ours() {
        let rest = r#","registryAuth":{"other.example.com":{"username":"u","password":"p"}}"#;
        let before = configuration(&deployment(rest), ("hub.example.com", "old"));
        let after = renewed(&before, "hub.example.com", "new").unwrap();
        assert_eq!(after, configuration(&deployment(rest), ("hub.example.com", "new")));
        assert_eq!(renewed(&after, "hub.example.com", "new"), None);
        assert_eq!(renewed(&after, "other.example.com", "new"), None);
        assert_eq!(renewed("{}", "hub.example.com", "new"), None);
    }
}
