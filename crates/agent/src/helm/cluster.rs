//! The cluster with what the agent has learned about it: the kinds that it knows, and the objects of each release.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use anyhow::Context as _;
use serde_json::Value;

use super::api::{Api, ApiError};
use super::cli::Helm;
use super::kinds::Kinds;
use super::manifest::{self, Object};
use super::operation;

/// A cluster, and the program that changes it.
pub(crate) struct Cluster {
    pub(crate) api: Api,
    pub(crate) helm: Helm,
    kinds: Kinds,
    /// The objects of releases by namespace and name, with the revision that they are of. A revision never changes.
    manifests: Mutex<HashMap<(String, String), (u32, Arc<Vec<Object>>)>>,
}

impl Cluster {
    pub(crate) fn new(api: Api, helm: Helm) -> Self {
        Self { api, helm, kinds: Kinds::default(), manifests: Mutex::default() }
    }

    /// The objects of a revision of a release.
    ///
    /// # Errors
    /// Helm does not tell, or what it tells can't be read.
    pub(crate) async fn objects(
        &self,
        namespace: &str,
        release: &str,
        revision: u32,
    ) -> anyhow::Result<Arc<Vec<Object>>> {
        let key = (namespace.to_owned(), release.to_owned());
        if let Some((known, objects)) = self.manifests().get(&key).filter(|(known, _)| *known == revision) {
            tracing::trace!(release, known, "the manifest is known");
            return Ok(objects.clone());
        }
        let text = self.helm.ask(operation::manifest(release, revision, namespace)).await?;
        let objects = Arc::new(manifest::parse(&text).context("helm's manifest")?);
        self.manifests().insert(key, (revision, objects.clone()));
        Ok(objects)
    }

    /// The objects of a release as they were last seen; `None` if they were not yet.
    pub(crate) fn known_objects(&self, namespace: &str, release: &str) -> Option<Arc<Vec<Object>>> {
        let key = (namespace.to_owned(), release.to_owned());
        self.manifests().get(&key).map(|(_, objects)| objects.clone())
    }

    /// Forgets what it knows of a release.
    pub(crate) fn forget(&self, namespace: &str, release: &str) {
        self.manifests().remove(&(namespace.to_owned(), release.to_owned()));
    }

    /// The path of an object; `None` if its kind is not known.
    pub(crate) async fn path(&self, object: &Object, namespace: &str) -> Result<Option<String>, ApiError> {
        self.kinds.path(&self.api, object, namespace).await
    }

    /// An object as it is now; `None` if it is not there.
    pub(crate) async fn find_live(
        &self,
        object: &Object,
        namespace: &str,
    ) -> Result<Option<Value>, ApiError> {
        let Some(path) = self.path(object, namespace).await? else { return Ok(None) };
        match self.api.read(&path).await {
            Err(error) if error.is_absent() => Ok(None),
            other => other.map(Some),
        }
    }

    /// Whether an object is there.
    pub(crate) async fn is_there(&self, object: &Object, namespace: &str) -> Result<bool, ApiError> {
        let Some(path) = self.path(object, namespace).await? else { return Ok(false) };
        match self.api.read_metadata(&path).await {
            Err(error) if error.is_absent() => Ok(false),
            other => other.map(|_| true),
        }
    }

    fn manifests(&self) -> MutexGuard<'_, HashMap<(String, String), (u32, Arc<Vec<Object>>)>> {
        self.manifests.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
