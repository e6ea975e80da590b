//! Versions of the agent, as agents compare them: by an id.

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::Ops;

/// The version of this hub, and of the agents that come with it.
pub const HUB_VERSION: &str = env!("CARGO_PKG_VERSION");

/// A version of the agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentVersion {
    /// Follows from the name, so that it is the same in each process and after each start: an agent whose own id is another one
    /// replaces itself.
    pub id: Uuid,
    /// Its name, such as `3.1.0`.
    pub name: String,
}

impl AgentVersion {
    /// The version of this name.
    pub fn named(name: &str) -> Self {
        let hash = Sha256::new().chain_update("grantry agent version\0").chain_update(name).finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        Self { id: Builder::from_custom_bytes(bytes).into_uuid(), name: name.to_owned() }
    }

    /// The version in an image, by its tag: `…/agent:3.1.0`. An image whose tag is no version, such as `latest`, or that is named by
    /// its digest alone, counts as the hub's own.
    pub fn of_image(image: &str) -> Self {
        let name = image.split('@').next().unwrap_or(image);
        let last = name.rsplit('/').next().unwrap_or(name);
        let tag = last.split_once(':').map_or("", |(_, tag)| tag);
        let version = tag.strip_prefix('v').unwrap_or(tag);
        let is_version = version.starts_with(|first: char| first.is_ascii_digit()) && version.contains('.');
        Self::named(if is_version { version } else { HUB_VERSION })
    }

    /// The version that an agent names in its `User-Agent`: `DistrAgentClient/3.1.0`, `grantry-agent/0.1.0`.
    pub fn of_user_agent(user_agent: &str) -> Option<&str> {
        const LONGEST: usize = 64;
        let (name, version) = user_agent.split_whitespace().next()?.split_once('/')?;
        let is_agent = matches!(name, "DistrAgentClient" | "grantry-agent");
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-+_".contains(&byte);
        (is_agent && !version.is_empty() && version.len() <= LONGEST && version.bytes().all(is_plain))
            .then_some(version)
    }
}

impl Ops {
    /// The version that agents of Docker targets should have.
    pub fn docker_agent_version(&self) -> AgentVersion {
        AgentVersion::of_image(&self.settings().agent_image)
    }

    /// The version that agents of Kubernetes targets should have.
    pub fn helm_agent_version(&self) -> AgentVersion {
        AgentVersion::of_image(&self.settings().helm_agent_image)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_images_version_is_its_tag_if_that_is_one() {
        for (image, version) in [
            ("ghcr.io/distr-sh/distr/docker-agent:3.1.0", "3.1.0"),
            ("registry:5000/grantry/agent:v0.2.0-rc.1@sha256:00", "0.2.0-rc.1"),
            ("registry:5000/grantry/agent", HUB_VERSION),
            ("grantry/agent:latest", HUB_VERSION),
            ("grantry/agent:7", HUB_VERSION),
            ("grantry/agent@sha256:1.0", HUB_VERSION),
        ] {
            assert_eq!(AgentVersion::of_image(image).name, version, "{image}");
        }
        assert_eq!(AgentVersion::named("3.1.0"), AgentVersion::named("3.1.0"));
        assert_ne!(AgentVersion::named("3.1.0").id, AgentVersion::named("3.1.1").id);
    }

    #[test]
    fn an_agent_names_its_version() {
        for (user_agent, version) in [
            ("DistrAgentClient/3.1.0", Some("3.1.0")),
            ("grantry-agent/0.1.0 (linux)", Some("0.1.0")),
            ("curl/8.0", None),
            ("DistrAgentClient/", None),
            ("DistrAgentClient/<script>", None),
            ("", None),
        ] {
            assert_eq!(AgentVersion::of_user_agent(user_agent), version, "{user_agent}");
        }
    }
}
