//! What is known about a deployed project or stack.

use std::collections::BTreeSet;

use grantry_wire::agent::{AgentDeployment, DockerType};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// What a deployment is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Kind {
    /// A project of Compose, on this engine.
    #[default]
    Project,
    /// A stack of the swarm.
    Stack,
}

impl Kind {
    fn of(wanted: &AgentDeployment) -> Self {
        match wanted.docker_type {
            Some(DockerType::Swarm) => Self::Stack,
            // Without the type it was made by a client that does not know Swarm.
            Some(DockerType::Compose) | None => Self::Project,
        }
    }
}

/// What is known about a deployed project or stack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Facts {
    /// Which of the two it is; records of the first agents do not say it, and are of projects.
    #[serde(default)]
    pub(super) kind: Kind,
    #[serde(rename = "project")]
    pub(super) name: String,
    /// Services that it had when it was applied.
    #[serde(default)]
    pub(super) services: BTreeSet<String>,
    /// Ids of the images that its containers have.
    #[serde(default)]
    pub(super) images: BTreeSet<String>,
    /// Ids of images of earlier revisions that are still to be deleted.
    #[serde(default)]
    pub(super) stale_images: BTreeSet<String>,
}

impl Facts {
    /// What will be true of a deployment of this name, as far as that is known before it is applied.
    ///
    /// # Errors
    /// It is something else than it was before.
    pub(super) fn plan(wanted: &AgentDeployment, name: &str, before: Option<&Self>) -> Result<Self, Failure> {
        let kind = Kind::of(wanted);
        let Some(before) = before else {
            return Ok(Self {
                kind,
                name: name.to_owned(),
                services: BTreeSet::new(),
                images: BTreeSet::new(),
                stale_images: BTreeSet::new(),
            });
        };
        if before.name != name {
            return Err(Failure::new(
                "the project's name can't change; remove the deployment and make a new one",
            ));
        }
        if before.kind != kind {
            return Err(Failure::new(
                "a Compose project can't become a stack, nor the other way; remove the deployment and make a new one",
            ));
        }
        Ok(before.clone())
    }

    /// Whether it was brought up before.
    pub(super) fn is_known(&self) -> bool {
        !self.services.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_the_first_agents_is_of_a_project() {
        let record = r#"{"project":"ship","services":["web"]}"#;
        let facts: Facts = serde_json::from_str(record).unwrap();
        assert_eq!((facts.kind, &*facts.name, facts.is_known()), (Kind::Project, "ship", true));
        let written = serde_json::to_value(&facts).unwrap();
        assert_eq!(written["project"], "ship");
    }
}
