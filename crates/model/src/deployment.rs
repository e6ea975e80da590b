//! Deployments: one application at one deployment target, as a row of revisions.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use crate::deployment_target::is_dns_label;
use crate::id::{
    ApplicationEntitlementId, ApplicationId, ApplicationVersionId, DeploymentId, DeploymentRevisionId,
    DeploymentTargetId, StatusId, UserId,
};

pub mod content;
pub mod diff;
pub mod draft;
pub mod helm;

use content::Content;

/// One application at a deployment target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// Its id.
    pub id: DeploymentId,
    /// Where it runs.
    pub target: DeploymentTargetId,
    /// What runs; never changes.
    pub application: ApplicationId,
    /// The entitlement that it was deployed by; set once at most.
    pub entitlement: Option<ApplicationEntitlementId>,
    /// How it is installed; never changes.
    pub installation: Installation,
    /// Whether its volumes stay when it is undeployed.
    pub keep_volumes: bool,
    /// The number of its newest revision, the one that the agent should run.
    pub current_seq: u32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

/// How an application is installed at a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Installation {
    /// At a Docker target.
    Docker(DockerType),
    /// At a Kubernetes target, as the Helm release of this name.
    Helm(ReleaseName),
}

impl Installation {
    /// How Docker runs it; `None` at a Kubernetes target.
    pub fn docker_type(&self) -> Option<DockerType> {
        match self {
            Self::Docker(kind) => Some(*kind),
            Self::Helm(_) => None,
        }
    }

    /// The release's name; `None` at a Docker target.
    pub fn release_name(&self) -> Option<&ReleaseName> {
        match self {
            Self::Docker(_) => None,
            Self::Helm(name) => Some(name),
        }
    }
}

/// How Docker runs a Compose file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DockerType {
    /// As a Compose project on one machine.
    Compose,
    /// As a stack of a swarm.
    Swarm,
}

impl DockerType {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Compose, Self::Swarm];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compose => "compose",
            Self::Swarm => "swarm",
        }
    }
}

/// A text that names no way to run a Compose file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a Docker type is compose or swarm")]
pub struct UnknownDockerType;

impl FromStr for DockerType {
    type Err = UnknownDockerType;

    fn from_str(text: &str) -> Result<Self, UnknownDockerType> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownDockerType)
    }
}

/// The name of a Helm release: a DNS label of at most 53 characters, which is Helm's own limit. Unique at its target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseName(String);

impl ReleaseName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReleaseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that can't name a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a release name is made of lower-case letters, digits and hyphens, at most 53, and starts and ends with a letter or digit"
)]
pub struct MalformedReleaseName;

impl FromStr for ReleaseName {
    type Err = MalformedReleaseName;

    fn from_str(text: &str) -> Result<Self, MalformedReleaseName> {
        if is_dns_label(text, 53) { Ok(Self(text.to_owned())) } else { Err(MalformedReleaseName) }
    }
}

/// One desired state of a deployment; immutable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its id, by which agents tell whether they have applied it.
    pub id: DeploymentRevisionId,
    /// The deployment.
    pub deployment: DeploymentId,
    /// Its number in the deployment, from 1.
    pub seq: u32,
    /// The version that should run.
    pub version: ApplicationVersionId,
    /// With what.
    pub content: Content,
    /// What its texts rendered to when it was made, see [`RenderedTexts::hash`](content::RenderedTexts::hash).
    pub values_hash: ValuesHash,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Who made it.
    pub author: RevisionAuthor,
    /// Why the hub made it by itself, such as `license key FLEET revised`; empty if somebody deployed.
    pub reason: String,
}

/// SHA-256 over what the texts of a revision rendered to.
pub type ValuesHash = [u8; 32];

/// Who made a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionAuthor {
    /// The user; `None` for the hub's operator.
    pub user: Option<UserId>,
    /// What they were called at the time.
    pub name: String,
}

/// What an agent said of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Its id.
    pub id: StatusId,
    /// The revision that it is about.
    pub revision: DeploymentRevisionId,
    /// How it goes.
    pub kind: StatusKind,
    /// In the agent's words.
    pub message: String,
    /// When it was first said.
    pub created_at: DateTime<Utc>,
    /// When it was last said.
    pub until: DateTime<Utc>,
}

/// How a deployment goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusKind {
    /// It runs and says that it is well.
    Healthy,
    /// It runs.
    Running,
    /// The agent is at work.
    Progressing,
    /// It does not run as it should, or can't be changed.
    Error,
}

impl StatusKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Healthy, Self::Running, Self::Progressing, Self::Error];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Running => "running",
            Self::Progressing => "progressing",
            Self::Error => "error",
        }
    }
}

/// A text that names no status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a status is healthy, running, progressing or error")]
pub struct UnknownStatus;

impl FromStr for StatusKind {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, UnknownStatus> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownStatus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn release_names_are_those_of_helm() {
        for good in ["a", "fleet-1", "0", &"a".repeat(53)] {
            assert!(good.parse::<ReleaseName>().is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "A", "a.b", "a_b", &"a".repeat(54)] {
            assert!(bad.parse::<ReleaseName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn kinds_are_read_as_they_are_written() {
        for kind in StatusKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        for kind in DockerType::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!("ok".parse::<StatusKind>(), Err(UnknownStatus));
        assert_eq!("Compose".parse::<DockerType>(), Err(UnknownDockerType));
    }
}
