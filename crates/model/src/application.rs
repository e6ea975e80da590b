//! Applications: what agents deploy, in immutable versions.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use crate::id::{ApplicationId, ApplicationVersionId, CustomerId, FileId, ResourceId};
use crate::name::Name;

pub mod draft;

/// What a vendor has agents deploy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// Its name, unique in the organization without regard to case.
    pub name: Name,
    /// Where it runs; never changes.
    pub kind: TargetKind,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// The image shown with its name.
    pub image: Option<FileId>,
}

/// What an application runs in, and what a deployment target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetKind {
    /// A Docker engine, by a Compose file.
    Docker,
    /// A Kubernetes cluster, by a Helm chart.
    Kubernetes,
}

/// A text that names no kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the type is docker or kubernetes")]
pub struct UnknownTargetKind;

impl TargetKind {
    /// All kinds.
    pub const ALL: [Self; 2] = [Self::Docker, Self::Kubernetes];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Kubernetes => "kubernetes",
        }
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Docker => "Docker",
            Self::Kubernetes => "Kubernetes",
        }
    }
}

impl FromStr for TargetKind {
    type Err = UnknownTargetKind;

    fn from_str(text: &str) -> Result<Self, UnknownTargetKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownTargetKind)
    }
}

impl fmt::Display for TargetKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An immutable version of an application: after its creation it is only renamed, archived and brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its id.
    pub id: ApplicationVersionId,
    /// The application.
    pub application: ApplicationId,
    /// Its name, unique in the application without regard to case.
    pub name: Name,
    /// A template of the address at which a deployment is reached; empty if there is none.
    pub link_template: String,
    /// The chart, of a Kubernetes application.
    pub chart: Option<Chart>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// Since when it can't be deployed anew; what runs goes on. `None`: it can.
    pub archived_at: Option<DateTime<Utc>>,
}

impl Version {
    /// Whether this version comes after another one of its application: it was made later and, where both have the names of semantic
    /// versions, its name is greater. A fix of an older line so comes after that line only.
    pub fn supersedes(&self, other: &Self) -> bool {
        if (self.created_at, self.id.0) <= (other.created_at, other.id.0) {
            return false;
        }
        let parse = |version: &Self| {
            let name = version.name.as_str();
            semver::Version::parse(name.strip_prefix('v').unwrap_or(name)).ok()
        };
        parse(self).zip(parse(other)).is_none_or(|(this, other)| this > other)
    }
}

/// Where a version's Helm chart is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// What kind of place.
    pub kind: ChartKind,
    /// The chart's name, in a chart repository.
    pub name: Option<String>,
    /// The address of the repository, or of the chart in a registry.
    pub url: String,
    /// The chart's version.
    pub version: String,
}

/// Where a Helm chart is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartKind {
    /// A chart repository.
    Repository,
    /// An OCI registry.
    Oci,
}

/// A text that names no kind of chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a chart's type is repository or oci")]
pub struct UnknownChartKind;

impl ChartKind {
    /// All kinds.
    pub const ALL: [Self; 2] = [Self::Repository, Self::Oci];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Repository => "repository",
            Self::Oci => "oci",
        }
    }
}

impl FromStr for ChartKind {
    type Err = UnknownChartKind;

    fn from_str(text: &str) -> Result<Self, UnknownChartKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownChartKind)
    }
}

/// The files of a version, byte for byte as they were uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VersionFiles {
    /// The Compose file, of a Docker application.
    pub compose: Option<Vec<u8>>,
    /// Helm values that each deployment's values are merged into, of a Kubernetes application.
    pub values: Option<Vec<u8>>,
    /// What a deployment's env file or values start from, shown to who deploys.
    pub template: Option<Vec<u8>>,
}

/// A Markdown document of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its id.
    pub id: ResourceId,
    /// What it is called.
    pub name: Name,
    /// The Markdown.
    pub content: String,
    /// Whether customers read it.
    pub visible_to_customers: bool,
}

/// Something that keeps an application from being deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    /// An entitlement grants it.
    Entitlement {
        /// The entitlement's name.
        name: String,
        /// Its customer.
        customer: CustomerId,
        /// What that is called.
        customer_name: String,
    },
    /// It is deployed.
    Deployment {
        /// The target's name.
        target: String,
        /// The target's customer; `None` for the vendor's own.
        customer: Option<CustomerId>,
        /// What that is called.
        customer_name: Option<String>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_as_they_are_written() {
        for kind in TargetKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!("Docker".parse::<TargetKind>(), Err(UnknownTargetKind));
        for kind in ChartKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!("git".parse::<ChartKind>(), Err(UnknownChartKind));
    }
}
