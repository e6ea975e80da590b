//! What the agent remembers of a release, kept in the cluster beside the release itself.
//!
//! A pod that is moved to another node loses its disk, and must not take its own release for somebody else's: so this is not a
//! file. It has the name and form that agents for Distr 3.x give it; a target can change from one agent to the other.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::api::{Api, ApiError, items};
use super::kinds::{collection, secret, segment};
use super::release::Revision;

/// The label by which records are found; its value is the deployment's id.
const LABEL: &str = "agent.distr.sh/deployment";

/// The field in which pods look for credentials.
const DOCKER_CONFIGURATION: &str = ".dockerconfigjson";

/// How far the agent got with a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Phase {
    /// Helm was started and has not been seen to end.
    Progressing,
    /// Helm ended well. Old records do not say.
    #[default]
    #[serde(alias = "")]
    Ready,
    /// Helm failed.
    Failed,
}

/// A release that the agent made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    /// The deployment that it belongs to.
    pub(crate) id: Uuid,
    /// The deployment's revision that was last tried.
    pub(crate) revision_id: Uuid,
    /// The deployment's revision that was last applied with success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) current_revision_id: Option<Uuid>,
    /// The release.
    pub(crate) release_name: String,
    /// Helm's number of the release's newest revision after the agent was done; none if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) helm_revision: Option<u32>,
    /// How far it got.
    #[serde(default)]
    pub(crate) phase: Phase,
    /// The deployment target whose agent made it. Other agents do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) target: Option<Uuid>,
    /// Whether volumes stay when it is removed.
    #[serde(default = "kept")]
    pub(crate) keep_volumes: bool,
    /// Whether changes behind the agent's back are no matter.
    #[serde(default)]
    pub(crate) ignore_skew: bool,
}

fn kept() -> bool {
    true
}

impl Record {
    /// The deployment's revision that is in force. Old records do not say, but theirs is the one that was tried, unless that failed.
    pub(crate) fn applied(&self) -> Option<Uuid> {
        self.current_revision_id.or_else(|| (self.phase == Phase::Ready).then_some(self.revision_id))
    }

    /// Notes how Helm ended. `newest` is Helm's newest revision after that, if that could be asked.
    pub(crate) fn end(&mut self, well: bool, newest: Option<Option<Revision>>) {
        // Without an answer it stays as it was when Helm began, and the next look counts on from there.
        let Some(newest) = newest else { return };
        self.helm_revision = newest.map(|newest| newest.number);
        self.phase = if well { Phase::Ready } else { Phase::Failed };
        if well {
            self.current_revision_id = Some(self.revision_id);
        }
    }

    /// The records of a target in a namespace. One that can't be read is no reason not to read the others.
    pub(crate) async fn list(api: &Api, namespace: &str, target: Uuid) -> Result<Vec<Self>, ApiError> {
        let path = collection("v1", Some(namespace), "secrets");
        let list = api.read(&format!("{path}?labelSelector={}", segment(LABEL))).await?;
        let records = items(list);
        let records = records.iter().filter_map(Self::of_secret);
        Ok(records.filter(|record| record.target == Some(target)).collect())
    }

    /// The record of a release.
    pub(crate) async fn find(api: &Api, namespace: &str, release: &str) -> Result<Option<Self>, ApiError> {
        match api.read(&secret(namespace, &name(release))).await {
            Ok(object) => Ok(Self::of_secret(&object)),
            Err(error) if error.is_absent() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps it in the cluster.
    pub(crate) async fn keep(&self, api: &Api, namespace: &str) -> Result<(), ApiError> {
        let content = json!(self).to_string();
        let object = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name(&self.release_name), "labels": {LABEL: self.id}},
            "data": {"release": BASE64_STANDARD.encode(content)},
        });
        api.apply(&secret(namespace, &name(&self.release_name)), &object).await
    }

    /// Forgets a release.
    pub(crate) async fn forget(api: &Api, namespace: &str, release: &str) -> Result<(), ApiError> {
        api.delete(&secret(namespace, &name(release))).await
    }

    fn of_secret(object: &Value) -> Option<Self> {
        let content = BASE64_STANDARD.decode(object.pointer("/data/release")?.as_str()?).ok()?;
        serde_json::from_slice(&content).ok()
    }
}

fn name(release: &str) -> String {
    format!("sh.distr.agent.v1.{release}")
}

/// The Secret with which the pods of a release pull their images.
pub(crate) fn pull_secret_name(release: &str) -> String {
    format!("sh.distr.agent.v1.{release}.pull")
}

/// Keeps the credentials with which the pods of a release pull their images: a Docker configuration file.
pub(crate) async fn keep_pull_secret(
    api: &Api,
    namespace: &str,
    release: &str,
    configuration: &str,
) -> Result<(), ApiError> {
    let name = pull_secret_name(release);
    let object = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "type": "kubernetes.io/dockerconfigjson",
        "metadata": {"name": name},
        "data": {DOCKER_CONFIGURATION: BASE64_STANDARD.encode(configuration)},
    });
    api.apply(&secret(namespace, &name), &object).await
}

/// The credentials of a release as they were kept last.
pub(crate) async fn find_pull_secret(
    api: &Api,
    namespace: &str,
    release: &str,
) -> Result<Option<String>, ApiError> {
    let object = match api.read(&secret(namespace, &pull_secret_name(release))).await {
        Err(error) if error.is_absent() => return Ok(None),
        other => other?,
    };
    let encoded = object.get("data").and_then(|data| data.get(DOCKER_CONFIGURATION)?.as_str());
    let content = encoded.and_then(|encoded| BASE64_STANDARD.decode(encoded).ok());
    Ok(content.and_then(|content| String::from_utf8(content).ok()))
}

/// Deletes the credentials of a release.
pub(crate) async fn delete_pull_secret(api: &Api, namespace: &str, release: &str) -> Result<(), ApiError> {
    api.delete(&secret(namespace, &pull_secret_name(release))).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_other_agents_are_read() {
        let text = r#"{"id":"00000000-0000-0000-0000-000000000002","revisionId":"00000000-0000-0000-0000-000000000003","releaseName":"tide","helmRevision":4,"phase":""}"#;
        let object = json!({"data": {"release": BASE64_STANDARD.encode(text)}});
        let record = Record::of_secret(&object).unwrap();
        assert_eq!((record.helm_revision, record.phase), (Some(4), Phase::Ready));
        let written = json!({"data": {"release": BASE64_STANDARD.encode(json!(record).to_string())}});
        assert_eq!(Record::of_secret(&written), Some(record));
    }

    #[test]
    fn rubbish_is_no_record() {
        for object in [json!({}), json!({"data": {"release": "%"}}), json!({"data": {"release": "e30="}})] {
            assert_eq!(Record::of_secret(&object), None);
        }
    }
}
