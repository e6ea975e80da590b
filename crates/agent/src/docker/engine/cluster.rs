//! What is asked of an engine that is a manager of a swarm.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use reqwest::header::DATE;
use reqwest::{Method, Response, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::{Engine, LIMIT, complaint, decode, dispatch};
use crate::docker::container::Container;
use crate::docker::swarm::NAMESPACE;
use crate::docker::swarm::owner::OWNER;
use crate::docker::swarm::service::{Service, Task};

/// What an engine is in a swarm.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(in crate::docker) struct Membership {
    /// `inactive`, `pending`, `active`, `error`, `locked`.
    pub(in crate::docker) local_node_state: String,
    /// Whether it is a manager.
    pub(in crate::docker) control_available: bool,
    pub(in crate::docker) error: String,
}

/// An entry in the swarm that says whose a stack is.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::docker) struct Entry {
    #[serde(rename = "ID")]
    pub(in crate::docker) id: String,
    spec: EntrySpec,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EntrySpec {
    name: String,
    #[serde(default)]
    labels: Option<std::collections::BTreeMap<String, String>>,
}

impl Entry {
    /// The deployment that it names.
    pub(in crate::docker) fn deployment(&self) -> Option<&str> {
        self.spec.labels.as_ref()?.get(OWNER).map(String::as_str)
    }
}

/// Everything that is of one stack.
fn of_stack(name: &str) -> String {
    json!({ "label": [format!("{NAMESPACE}={name}")] }).to_string()
}

impl Engine {
    /// What the engine is in a swarm.
    pub(in crate::docker) async fn membership(&self) -> anyhow::Result<Membership> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Info {
            #[serde(default)]
            swarm: Membership,
        }
        Ok(self.read::<Info>(&["info"], &[]).await?.swarm)
    }

    /// All services that belong to some stack.
    pub(in crate::docker) async fn services(&self) -> anyhow::Result<Vec<Service>> {
        let filters = json!({ "label": [NAMESPACE] }).to_string();
        self.read(&["services"], &[("status", "true"), ("filters", &filters)]).await
    }

    /// All tasks that belong to some stack, also those that have ended, and the time by the engine's clock.
    pub(in crate::docker) async fn tasks(&self) -> anyhow::Result<(Vec<Task>, Option<DateTime<Utc>>)> {
        let filters = json!({ "label": [NAMESPACE] }).to_string();
        let response = self.send(Method::GET, &["tasks"], &[("filters", &filters)], Some(LIMIT)).await?;
        let now = date(&response);
        Ok((decode(response).await?, now))
    }

    /// Containers of a stack on this engine, also those that have ended.
    pub(in crate::docker) async fn stack_containers(&self, name: &str) -> anyhow::Result<Vec<Container>> {
        self.read(&["containers", "json"], &[("all", "true"), ("filters", &of_stack(name))]).await
    }

    /// Deletes the volumes of a stack on this engine.
    ///
    /// # Errors
    /// One can't be deleted, for example because something uses it.
    pub(in crate::docker) async fn delete_stack_volumes(&self, name: &str) -> anyhow::Result<()> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Volumes {
            volumes: Option<Vec<Volume>>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Volume {
            name: String,
        }
        let found: Volumes = self.read(&["volumes"], &[("filters", &of_stack(name))]).await?;
        for volume in found.volumes.unwrap_or_default() {
            self.delete(&["volumes", &volume.name]).await?;
        }
        Ok(())
    }

    /// The entry of a name.
    pub(in crate::docker) async fn find_entry(&self, name: &str) -> anyhow::Result<Option<Entry>> {
        let filters = json!({ "name": [name] }).to_string();
        let found: Vec<Entry> = self.read(&["configs"], &[("filters", &filters)]).await?;
        // The engine also gives those whose names only contain it.
        Ok(found.into_iter().find(|entry| entry.spec.name == name))
    }

    /// Makes an entry that says whose a stack is; fails if one of that name is there.
    pub(in crate::docker) async fn make_entry(
        &self,
        name: &str,
        deployment: &str,
        text: &str,
    ) -> anyhow::Result<()> {
        let entry = json!({ "Name": name, "Labels": {OWNER: deployment}, "Data": STANDARD.encode(text) });
        let request = self.request(Method::POST, &["configs", "create"], &[])?.timeout(LIMIT);
        let request = request.header("content-type", "application/json").body(entry.to_string());
        let response = dispatch(request).await?;
        if response.status().is_success() { Ok(()) } else { Err(complaint(response).await) }
    }

    /// Deletes an entry; one that is gone is fine.
    pub(in crate::docker) async fn delete_entry(&self, entry: &Entry) -> anyhow::Result<()> {
        self.delete(&["configs", &entry.id]).await
    }

    async fn delete(&self, path: &[&str]) -> anyhow::Result<()> {
        let response = self.send(Method::DELETE, path, &[], Some(LIMIT)).await?;
        match response.status() {
            StatusCode::NOT_FOUND => Ok(()),
            status if status.is_success() => Ok(()),
            _ => Err(complaint(response).await),
        }
    }
}

fn date(response: &Response) -> Option<DateTime<Utc>> {
    let text = response.headers().get(DATE)?.to_str().ok()?;
    DateTime::parse_from_rfc2822(text).ok().map(|time| time.to_utc())
}
