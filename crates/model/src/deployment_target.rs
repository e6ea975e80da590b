//! Deployment targets: the environments that agents deploy into.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use crate::application::TargetKind;
use crate::id::{CustomerId, DeploymentTargetId, UserId};
use crate::name::Name;

pub mod draft;

/// An environment that an agent works in: a Docker host or a Kubernetes namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentTarget {
    /// Its id; also what its agent signs in by.
    pub id: DeploymentTargetId,
    /// Whose it is; `None`: the vendor's own.
    pub customer: Option<CustomerId>,
    /// Its name, unique for the customer, or among the vendor's own, without regard to case.
    pub name: Name,
    /// What it is, with what only that has.
    pub environment: Environment,
    /// What its agent does beside deploying.
    pub options: TargetOptions,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// What is known of its agent.
    pub agent: KnownAgent,
}

/// What a target is. The kind, the namespace and its scope stay what they are at its creation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Environment {
    /// A Docker host, where Compose projects run.
    Docker {
        /// Where the Docker engine listens; `None`: where it does by default.
        endpoint: Option<DockerEndpoint>,
        /// Whether images that nothing uses any more are deleted.
        image_cleanup: bool,
        /// Whether containers that are unhealthy are restarted. The agent's manifest carries it, so it stays what it is.
        autoheal: bool,
    },
    /// A namespace of a Kubernetes cluster, where Helm releases run.
    Kubernetes {
        /// The namespace.
        namespace: Namespace,
        /// How much of the cluster the agent may change.
        scope: NamespaceScope,
        /// What the agent itself gets of the cluster; `None`: as much as it takes.
        resources: Option<Resources>,
    },
}

impl Environment {
    /// Which kind it is.
    pub fn kind(&self) -> TargetKind {
        match self {
            Self::Docker { .. } => TargetKind::Docker,
            Self::Kubernetes { .. } => TargetKind::Kubernetes,
        }
    }
}

/// What an agent does beside deploying.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TargetOptions {
    /// Whether it measures the machine or the cluster.
    pub metrics: bool,
    /// Whether it collects the logs of what it deploys.
    pub logs: bool,
    /// Only lines from this moment on are collected.
    pub logs_after: Option<DateTime<Utc>>,
    /// Whether it replaces itself by the version of the hub.
    pub automatic_updates: bool,
}

/// What is known of a target's agent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownAgent {
    /// How many connect commands were made; only the last one's secret is good. 0: none yet.
    pub credential: u64,
    /// The version that it last said it has.
    pub version: Option<String>,
    /// When it last asked what to run.
    pub seen_at: Option<DateTime<Utc>>,
}

/// A Docker engine's socket, `unix://` and an absolute path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DockerEndpoint(String);

impl DockerEndpoint {
    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is no socket of a Docker engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a Docker endpoint is unix:// and an absolute path without colons and blanks, for example unix:///var/run/docker.sock"
)]
pub struct MalformedEndpoint;

impl FromStr for DockerEndpoint {
    type Err = MalformedEndpoint;

    fn from_str(text: &str) -> Result<Self, MalformedEndpoint> {
        let path = text.strip_prefix("unix://").ok_or(MalformedEndpoint)?;
        // It stands in a Compose file's volume, where a colon separates, and in a shell's environment.
        let is_plain =
            |letter: char| letter != ':' && letter != '$' && !letter.is_whitespace() && !letter.is_control();
        if path.len() < 2 || path.len() > 200 || !path.starts_with('/') || !path.chars().all(is_plain) {
            return Err(MalformedEndpoint);
        }
        Ok(Self(text.to_owned()))
    }
}

/// A Kubernetes namespace, a DNS label (RFC 1123).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace(String);

impl Namespace {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is no DNS label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a namespace is made of lower-case letters, digits and hyphens, at most 63, and starts and ends with a letter or digit"
)]
pub struct MalformedNamespace;

impl FromStr for Namespace {
    type Err = MalformedNamespace;

    fn from_str(text: &str) -> Result<Self, MalformedNamespace> {
        if is_dns_label(text, 63) { Ok(Self(text.to_owned())) } else { Err(MalformedNamespace) }
    }
}

/// Whether a text is a DNS label (RFC 1123 2.1, in lower case as Kubernetes has it) of at most so many characters.
pub(crate) fn is_dns_label(text: &str, most: usize) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= most
        && text.as_bytes().first().is_some_and(is_word)
        && text.as_bytes().last().is_some_and(is_word)
        && text.bytes().all(|byte| is_word(&byte) || byte == b'-')
}

/// How much of a cluster an agent may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamespaceScope {
    /// Everything in it.
    Cluster,
    /// What is in its namespace.
    Namespace,
}

impl NamespaceScope {
    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Namespace => "namespace",
        }
    }
}

/// A text that names no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a scope is cluster or namespace")]
pub struct UnknownScope;

impl FromStr for NamespaceScope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        [Self::Cluster, Self::Namespace].into_iter().find(|scope| scope.as_str() == text).ok_or(UnknownScope)
    }
}

/// What an agent in a cluster asks for and may use.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resources {
    /// Processors that it asks for, such as `100m`.
    pub cpu_request: Quantity,
    /// Memory that it asks for, such as `64Mi`.
    pub memory_request: Quantity,
    /// Most processors.
    pub cpu_limit: Quantity,
    /// Most memory.
    pub memory_limit: Quantity,
}

/// A quantity as Kubernetes writes it: `100m`, `1.5`, `64Mi`, `1e3`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Quantity(String);

impl Quantity {
    /// The quantity as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Quantity> for String {
    fn from(quantity: Quantity) -> Self {
        quantity.0
    }
}

impl TryFrom<String> for Quantity {
    type Error = MalformedQuantity;

    fn try_from(text: String) -> Result<Self, MalformedQuantity> {
        text.parse()
    }
}

/// A text that is no quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a quantity is a number with an optional suffix, for example 100m, 1.5 or 64Mi")]
pub struct MalformedQuantity;

impl FromStr for Quantity {
    type Err = MalformedQuantity;

    fn from_str(text: &str) -> Result<Self, MalformedQuantity> {
        const SUFFIXES: [&str; 16] =
            ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
        let unsigned = text.strip_prefix('+').unwrap_or(text);
        let end =
            unsigned.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(unsigned.len());
        let (number, suffix) = unsigned.split_at(end);
        let is_number = number.bytes().any(|byte| byte.is_ascii_digit()) && number.matches('.').count() <= 1;
        let is_exponent = suffix.strip_prefix(['e', 'E']).is_some_and(|exponent| {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            !digits.is_empty() && digits.len() <= 2 && digits.bytes().all(|byte| byte.is_ascii_digit())
        });
        if text.len() <= 32 && is_number && (SUFFIXES.contains(&suffix) || is_exponent) {
            Ok(Self(text.to_owned()))
        } else {
            Err(MalformedQuantity)
        }
    }
}

/// What a side of the trade keeps in mind of a target; the other side never sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetNote {
    /// Plain text.
    pub text: String,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// Who changed it.
    pub updated_by: Option<UserId>,
}

/// Most characters of a note.
pub const MAX_NOTE: usize = 20_000;

impl fmt::Display for NamespaceScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_sockets_by_absolute_path() {
        for good in ["unix:///var/run/docker.sock", "unix:///a"] {
            assert_eq!(good.parse::<DockerEndpoint>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "unix://",
            "unix:///",
            "unix://var/run",
            "tcp://host:1",
            "unix:///a:b",
            "unix:///a b",
            "/var/run/docker.sock",
            "unix:///a\n",
            "unix:///$HOME",
        ] {
            assert_eq!(bad.parse::<DockerEndpoint>(), Err(MalformedEndpoint), "{bad:?}");
        }
    }

    #[test]
    fn namespaces_are_dns_labels() {
        for good in ["a", "fleet-1", "0", &"a".repeat(63)] {
            assert!(good.parse::<Namespace>().is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "A", "a.b", "a_b", "ä", " a", &"a".repeat(64)] {
            assert!(bad.parse::<Namespace>().is_err(), "{bad}");
        }
    }

    #[test]
    fn quantities_are_read_as_kubernetes_reads_them() {
        for good in ["1", "0", "100m", "1.5", ".5", "5.", "64Mi", "1e3", "1E3", "12E-2", "3E", "+1"] {
            assert!(good.parse::<Quantity>().is_ok(), "{good}");
        }
        for bad in ["", "m", ".", "-1", "1 Mi", "1mi", "1.2.3", "1e", "1ee3", "1KB", "٣", "1e+"] {
            assert!(bad.parse::<Quantity>().is_err(), "{bad}");
        }
    }
}
