//! Where the cluster keeps objects of a kind.

use std::collections::HashMap;
use std::sync::Mutex;

use serde::Deserialize;

use super::api::{Api, ApiError};
use super::manifest::Object;

/// The kinds that the cluster was found to know, by group and version. A kind that is not there is asked for anew, since a release
/// may bring its own.
#[derive(Debug, Default)]
pub(crate) struct Kinds {
    known: Mutex<HashMap<String, HashMap<String, Resource>>>,
}

/// How the cluster serves a kind.
#[derive(Debug, Clone, Deserialize)]
struct Resource {
    /// Its name in a path, for example `deployments`; a slash marks a part of another resource.
    name: String,
    kind: String,
    namespaced: bool,
}

#[derive(Deserialize)]
struct Resources {
    resources: Vec<Resource>,
}

impl Kinds {
    /// The path of an object; `None` if the cluster does not know its kind.
    pub(crate) async fn path(
        &self,
        api: &Api,
        object: &Object,
        default_namespace: &str,
    ) -> Result<Option<String>, ApiError> {
        let resource = match self.remembered(object) {
            Some(resource) => resource,
            None => match self.discover(api, object).await? {
                Some(resource) => resource,
                None => return Ok(None),
            },
        };
        let namespace = object.namespace.as_deref().unwrap_or(default_namespace);
        let collection = if resource.namespaced {
            collection(&object.api_version, Some(namespace), &resource.name)
        } else {
            collection(&object.api_version, None, &resource.name)
        };
        Ok(Some(format!("{collection}/{}", segment(&object.name))))
    }

    fn remembered(&self, object: &Object) -> Option<Resource> {
        let known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.get(&object.api_version)?.get(&object.kind).cloned()
    }

    async fn discover(&self, api: &Api, object: &Object) -> Result<Option<Resource>, ApiError> {
        let answer = match api.read(&root(&object.api_version)).await {
            Err(error) if error.is_absent() => return Ok(None),
            other => other?,
        };
        let Ok(found) = serde_json::from_value::<Resources>(answer) else { return Ok(None) };
        let whole = found.resources.into_iter().filter(|resource| !resource.name.contains('/'));
        let kinds: HashMap<_, _> = whole.map(|resource| (resource.kind.clone(), resource)).collect();
        let found = kinds.get(&object.kind).cloned();
        let mut known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.insert(object.api_version.clone(), kinds);
        Ok(found)
    }
}

/// The path of all objects of a resource.
pub(crate) fn collection(api_version: &str, namespace: Option<&str>, resource: &str) -> String {
    let root = root(api_version);
    match namespace {
        Some(namespace) => format!("{root}/namespaces/{}/{resource}", segment(namespace)),
        None => format!("{root}/{resource}"),
    }
}

/// The path of a Secret.
pub(crate) fn secret(namespace: &str, name: &str) -> String {
    format!("{}/{}", collection("v1", Some(namespace), "secrets"), segment(name))
}

fn root(api_version: &str) -> String {
    match api_version.split_once('/') {
        Some((group, version)) => format!("/apis/{}/{}", segment(group), segment(version)),
        None => format!("/api/{}", segment(api_version)),
    }
}

/// A part of a path or a value in a query, so that no name leads elsewhere.
pub(crate) fn segment(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    // A segment of dots alone would be taken away by whoever normalizes the path.
    if escaped.bytes().all(|byte| byte == b'.') { escaped.replace('.', "%2E") } else { escaped }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_follow_the_api() {
        assert_eq!(collection("v1", Some("a"), "pods"), "/api/v1/namespaces/a/pods");
        assert_eq!(collection("apps/v1", None, "deployments"), "/apis/apps/v1/deployments");
        assert_eq!(secret("a", "b.v1"), "/api/v1/namespaces/a/secrets/b.v1");
    }

    #[test]
    fn names_do_not_lead_elsewhere() {
        assert_eq!(segment("../x?y#z"), "..%2Fx%3Fy%23z");
        assert_eq!(segment(".."), "%2E%2E");
        assert_eq!(segment("system:node"), "system:node");
        assert_eq!(segment("a=b,c in (d)"), "a%3Db%2Cc%20in%20%28d%29");
    }
}
