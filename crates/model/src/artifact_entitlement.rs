//! Artifact entitlements: what a customer may pull from the organization's registry, and until when.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use grantry_oci::reference::Tag;

use crate::id::{ArtifactEntitlementId, ArtifactId, CustomerId, ManifestId};
use crate::name::Name;

pub mod draft;
pub mod glob;
pub mod range;

use glob::Glob;
use range::VersionRange;

/// A customer's named grant on artifacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactEntitlement {
    /// Its id.
    pub id: ArtifactEntitlementId,
    /// The customer that it entitles.
    pub customer: CustomerId,
    /// Its name, unique for the customer without regard to case.
    pub name: Name,
    /// It grants nothing from this moment on; `None`: it does not end. Microseconds.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// What it grants, each artifact once.
    pub grants: Vec<Grant>,
}

impl ArtifactEntitlement {
    /// Whether it grants anything at `now`. At the very moment of its expiry it does not.
    pub fn is_active(&self, now: DateTime<Utc>) -> bool {
        is_before(now, self.expires_at)
    }
}

/// Whether `now` lies before an end; before none, every moment does.
pub(crate) fn is_before(now: DateTime<Utc>, end: Option<DateTime<Utc>>) -> bool {
    end.is_none_or(|end| now < end)
}

/// One artifact of an entitlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The artifact.
    pub artifact: ArtifactId,
    /// What of it.
    pub scope: Scope,
}

/// Which tags and manifests of an artifact a grant covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Tags by name, which are followed when they move, and manifests whatever their tags.
    Chosen {
        /// The names of the tags.
        tags: BTreeSet<Tag>,
        /// The manifests.
        manifests: BTreeSet<ManifestId>,
    },
    /// The tags that there were when the grant was saved; as if all of them had been chosen.
    Current {
        /// The names of the tags.
        tags: BTreeSet<Tag>,
    },
    /// Every tag, present and future, and so the whole artifact.
    All,
    /// The tags whose name matches.
    Pattern(Glob),
    /// The tags that are a version in the range.
    Range(VersionRange),
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
    /// [`Scope::Pattern`].
    Pattern,
    /// [`Scope::Range`].
    Range,
}

/// A text that names no kind of scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a scope is chosen, current, all, pattern or range")]
pub struct UnknownScope;

impl ScopeKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Chosen, Self::Current, Self::All, Self::Pattern, Self::Range];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chosen => "chosen",
            Self::Current => "current",
            Self::All => "all",
            Self::Pattern => "pattern",
            Self::Range => "range",
        }
    }
}

impl FromStr for ScopeKind {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownScope)
    }
}

impl Scope {
    /// Which kind it is.
    pub fn kind(&self) -> ScopeKind {
        match self {
            Self::Chosen { .. } => ScopeKind::Chosen,
            Self::Current { .. } => ScopeKind::Current,
            Self::All => ScopeKind::All,
            Self::Pattern(_) => ScopeKind::Pattern,
            Self::Range(_) => ScopeKind::Range,
        }
    }

    /// The names of the tags that it grants one by one, in order.
    pub fn tags(&self) -> impl Iterator<Item = &Tag> {
        let named = match self {
            Self::Chosen { tags, .. } | Self::Current { tags } => Some(tags),
            Self::All | Self::Pattern(_) | Self::Range(_) => None,
        };
        named.into_iter().flatten()
    }

    /// The manifests that it grants one by one, in order.
    pub fn manifests(&self) -> impl Iterator<Item = ManifestId> {
        let named = if let Self::Chosen { manifests, .. } = self { Some(manifests) } else { None };
        named.into_iter().flatten().copied()
    }

    /// The pattern or range as text; `None` for the other kinds.
    pub fn expression(&self) -> Option<&str> {
        match self {
            Self::Pattern(glob) => Some(glob.as_str()),
            Self::Range(range) => Some(range.as_str()),
            Self::Chosen { .. } | Self::Current { .. } | Self::All => None,
        }
    }
}

/// What it covers, to follow "grants": `all tags, present and future`, `tags that match 2.*`.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all tags, present and future"),
            Self::Pattern(glob) => write!(f, "tags that match {glob}"),
            Self::Range(range) => write!(f, "tags that are a version in {range}"),
            Self::Current { tags } if tags.is_empty() => f.write_str("no tags"),
            Self::Current { tags } => {
                list_tags(f, tags)?;
                f.write_str(", as of when it was saved")
            }
            Self::Chosen { tags, manifests } if manifests.is_empty() => list_tags(f, tags),
            Self::Chosen { tags, manifests } => {
                if !tags.is_empty() {
                    list_tags(f, tags)?;
                    f.write_str(", and ")?;
                }
                let plural = if manifests.len() == 1 { "" } else { "s" };
                write!(f, "{} manifest{plural} by digest", manifests.len())
            }
        }
    }
}

/// Most tags that are named one by one.
const NAMED: usize = 3;

fn list_tags(f: &mut fmt::Formatter<'_>, tags: &BTreeSet<Tag>) -> fmt::Result {
    match tags.len() {
        0 => return f.write_str("no tags"),
        1 => f.write_str("the tag ")?,
        _ => f.write_str("the tags ")?,
    }
    // "a, b and 1 more" would be no shorter than "a, b and c".
    let named = if tags.len() <= NAMED { tags.len() } else { NAMED - 1 };
    for (index, tag) in tags.iter().take(named).enumerate() {
        let joint = match index {
            0 => "",
            _ if index + 1 == tags.len() => " and ",
            _ => ", ",
        };
        write!(f, "{joint}{tag}")?;
    }
    if tags.len() > named { write!(f, " and {} more", tags.len() - named) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn tags(names: &[&str]) -> BTreeSet<Tag> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    }

    #[test]
    fn entitlement_ends_at_its_moment() {
        let end: DateTime<Utc> = "2026-12-31T12:00:00Z".parse().unwrap();
        let mut entitlement = ArtifactEntitlement {
            id: ArtifactEntitlementId(Uuid::from_u128(1)),
            customer: CustomerId(Uuid::from_u128(2)),
            name: Name::parse("name", "Gold").unwrap(),
            expires_at: Some(end),
            created_at: end,
            grants: Vec::new(),
        };
        assert!(entitlement.is_active(end - chrono::TimeDelta::microseconds(1)));
        assert!(!entitlement.is_active(end));
        entitlement.expires_at = None;
        assert!(entitlement.is_active(DateTime::<Utc>::MAX_UTC));
    }

    #[test]
    fn scope_says_in_words_what_it_covers() {
        let manifests = |count: u128| (0..count).map(|id| ManifestId(Uuid::from_u128(id))).collect();
        let chosen = |names: &[&str], count| Scope::Chosen { tags: tags(names), manifests: manifests(count) };
        for (scope, words) in [
            (Scope::All, "all tags, present and future"),
            (Scope::Pattern("2.*".parse().unwrap()), "tags that match 2.*"),
            (Scope::Range(">=2, <3".parse().unwrap()), "tags that are a version in >=2, <3"),
            (Scope::Current { tags: tags(&["1.0", "1.1"]) }, "the tags 1.0 and 1.1, as of when it was saved"),
            (chosen(&["1.0"], 0), "the tag 1.0"),
            (chosen(&["1.0", "1.1", "1.2"], 0), "the tags 1.0, 1.1 and 1.2"),
            (chosen(&["1.0", "1.1", "1.2", "1.3"], 0), "the tags 1.0, 1.1 and 2 more"),
            (chosen(&["1.0"], 1), "the tag 1.0, and 1 manifest by digest"),
            (chosen(&[], 2), "2 manifests by digest"),
            (chosen(&[], 0), "no tags"),
        ] {
            assert_eq!(scope.to_string(), words);
        }
    }

    #[test]
    fn kinds_are_read_as_they_are_written() {
        for kind in ScopeKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!("All".parse::<ScopeKind>(), Err(UnknownScope));
    }
}
