//! Whether a change of an entitlement's scope would take something away. A granted version is never revoked by an edit.

use chrono::{DateTime, Utc};

use super::{Asked, Scope};
use crate::application::Version;

/// What a change of a scope would take away.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Narrowing<'v> {
    /// Versions that there are, in the order given.
    pub lost: Vec<&'v Version>,
    /// Whether versions to come would not be granted any more, or might not: where it can't be proved, they count as lost.
    pub is_future_lost: bool,
}

impl<'v> Narrowing<'v> {
    /// What is lost from `before` to `after`, among the versions that the application has at `now` and those to come.
    pub fn of(
        (before, after): (&Scope, &Scope),
        versions: impl IntoIterator<Item = &'v Version>,
        now: DateTime<Utc>,
    ) -> Self {
        let is_lost = |version: &&Version| {
            let asked = Asked::from(*version);
            before.covers(asked) && !after.covers(asked)
        };
        Self {
            lost: versions.into_iter().filter(is_lost).collect(),
            is_future_lost: before.is_open(now) && !after.keeps_open(before),
        }
    }

    /// Whether nothing is lost.
    pub fn is_none(&self) -> bool {
        self.lost.is_empty() && !self.is_future_lost
    }
}

impl Scope {
    /// Whether versions that are created after `now` may be granted.
    fn is_open(&self, now: DateTime<Utc>) -> bool {
        match self {
            Self::Chosen(_) | Self::Current(_) => false,
            Self::All | Self::Range(_) => true,
            Self::PublishedUntil(until) => *until > now,
        }
    }

    /// Whether this scope surely covers each version to come that the other one covers.
    fn keeps_open(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Range(wide), Self::Range(narrow)) => wide.surely_includes(narrow),
            (Self::PublishedUntil(late), Self::PublishedUntil(early)) => late >= early,
            _ => false,
        }
    }
}
