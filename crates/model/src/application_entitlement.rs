//! Application entitlements: which versions of an application a customer may deploy, and until when.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use crate::artifact_entitlement::is_before;
use crate::artifact_entitlement::range::VersionRange;
use crate::id::{ApplicationEntitlementId, ApplicationId, ApplicationVersionId, CustomerId};
use crate::name::Name;

pub mod draft;
pub mod narrowing;

/// A customer's named grant on versions of one application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationEntitlement {
    /// Its id.
    pub id: ApplicationEntitlementId,
    /// The customer that it entitles; never changes.
    pub customer: CustomerId,
    /// The application; never changes.
    pub application: ApplicationId,
    /// Its name, unique for the customer without regard to case.
    pub name: Name,
    /// It grants nothing from this moment on; `None`: it does not end. Microseconds.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// What it grants.
    pub scope: Scope,
    /// The private registry that its images are in, if agents are given credentials for one. The password is kept apart.
    pub registry: Option<Registry>,
}

impl ApplicationEntitlement {
    /// Whether it grants anything at `now`. At the very moment of its expiry it does not.
    pub fn is_active(&self, now: DateTime<Utc>) -> bool {
        is_before(now, self.expires_at)
    }
}

/// Which versions of the application are granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// These.
    Chosen(BTreeSet<ApplicationVersionId>),
    /// Those that there were when the grant was saved; as if all of them had been chosen.
    Current(BTreeSet<ApplicationVersionId>),
    /// Every version, present and future.
    All,
    /// Those whose name is a version in the range.
    Range(VersionRange),
    /// Those that were created up to this moment, itself included. Microseconds.
    PublishedUntil(DateTime<Utc>),
}

/// Which kind of scope: its name on the wire and in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeKind {
    /// [`Scope::Chosen`].
    Chosen,
    /// [`Scope::Current`].
    Current,
    /// [`Scope::All`].
    All,
    /// [`Scope::Range`].
    Range,
    /// [`Scope::PublishedUntil`].
    PublishedUntil,
}

/// A text that names no kind of scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a scope is chosen, current, all, range or published_until")]
pub struct UnknownScope;

impl ScopeKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Chosen, Self::Current, Self::All, Self::Range, Self::PublishedUntil];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chosen => "chosen",
            Self::Current => "current",
            Self::All => "all",
            Self::Range => "range",
            Self::PublishedUntil => "published_until",
        }
    }
}

impl FromStr for ScopeKind {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownScope)
    }
}

/// What of a version a scope looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// Its id.
    pub id: ApplicationVersionId,
    /// Its name.
    pub name: &'a str,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

impl<'a> From<&'a crate::application::Version> for Asked<'a> {
    fn from(version: &'a crate::application::Version) -> Self {
        Self { id: version.id, name: version.name.as_str(), created_at: version.created_at }
    }
}

impl Scope {
    /// Which kind it is.
    pub fn kind(&self) -> ScopeKind {
        match self {
            Self::Chosen(_) => ScopeKind::Chosen,
            Self::Current(_) => ScopeKind::Current,
            Self::All => ScopeKind::All,
            Self::Range(_) => ScopeKind::Range,
            Self::PublishedUntil(_) => ScopeKind::PublishedUntil,
        }
    }

    /// The versions that it grants one by one, in order of their ids.
    pub fn versions(&self) -> impl Iterator<Item = ApplicationVersionId> {
        let named = match self {
            Self::Chosen(versions) | Self::Current(versions) => Some(versions),
            Self::All | Self::Range(_) | Self::PublishedUntil(_) => None,
        };
        named.into_iter().flatten().copied()
    }

    /// The range as text; `None` for the other kinds.
    pub fn expression(&self) -> Option<&str> {
        if let Self::Range(range) = self { Some(range.as_str()) } else { None }
    }

    /// The last moment of a maintenance window; `None` for the other kinds.
    pub fn published_until(&self) -> Option<DateTime<Utc>> {
        if let Self::PublishedUntil(until) = self { Some(*until) } else { None }
    }

    /// Whether it covers a version of its application.
    pub fn covers(&self, version: Asked<'_>) -> bool {
        match self {
            Self::Chosen(versions) | Self::Current(versions) => versions.contains(&version.id),
            Self::All => true,
            Self::Range(range) => range.matches_version(version.name),
            Self::PublishedUntil(until) => version.created_at <= *until,
        }
    }
}

/// What it covers, to follow "grants": `all versions, present and future`, `versions in >=2, <3`.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |f: &mut fmt::Formatter<'_>, versions: &BTreeSet<ApplicationVersionId>| {
            let plural = if versions.len() == 1 { "" } else { "s" };
            write!(f, "{} chosen version{plural}", versions.len())
        };
        match self {
            Self::Chosen(versions) => count(f, versions),
            Self::Current(versions) => {
                let plural = if versions.len() == 1 { "" } else { "s" };
                write!(f, "the {} version{plural} that there were when it was saved", versions.len())
            }
            Self::All => f.write_str("all versions, present and future"),
            Self::Range(range) => write!(f, "versions in {range}"),
            Self::PublishedUntil(until) => {
                write!(f, "versions published up to {}", until.format("%-d %b %Y, %H:%M UTC"))
            }
        }
    }
}

/// A registry that agents are given credentials for, without the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registry {
    /// `host[:port]`.
    pub host: String,
    /// The user name.
    pub username: String,
}

/// Which application entitlements are wanted; all without any condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Of {
    /// Only of this customer.
    pub customer: Option<CustomerId>,
    /// Only to this application.
    pub application: Option<ApplicationId>,
}
