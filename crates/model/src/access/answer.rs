//! Answers of access decisions, with their reasons.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::id::{ApplicationEntitlementId, ArtifactEntitlementId};

/// The answers on artifacts.
pub type Allowed = Allowance<ArtifactEntitlementId>;
/// The answers on artifacts.
pub type Refused = Refusal<ArtifactEntitlementId>;

/// A kind of entitlement, by its id: what it grants access to, and by which rules.
pub trait Entitlement: Copy + Eq + fmt::Debug {
    /// By what in it something is granted.
    type Rule: Copy + Eq + fmt::Debug + InWords;
    /// What it is about, in one word.
    const THING: &'static str;
}

impl Entitlement for ArtifactEntitlementId {
    type Rule = Rule;
    const THING: &'static str = "artifact";
}

impl Entitlement for ApplicationEntitlementId {
    type Rule = super::application::Rule;
    const THING: &'static str = "application";
}

/// A rule that can be said in words.
pub trait InWords {
    /// What it grants, to follow "grants".
    fn in_words(self) -> &'static str;
}

/// Why something may be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance<E: Entitlement> {
    /// The organization's customers see everything.
    Unrestricted,
    /// An entitlement grants it; of several, the one that ends last.
    Granted {
        /// The entitlement.
        entitlement: E,
        /// By what in it.
        rule: E::Rule,
        /// It may be reached before this moment; `None`: without end.
        until: Option<DateTime<Utc>>,
    },
}

/// By what in an entitlement something is granted. Of two in one entitlement, the greater is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The manifest is chosen.
    Manifest,
    /// The tag is chosen by name, or was there when all current tags were.
    Tag,
    /// The tag is a version in a range.
    Range,
    /// The tag matches a pattern.
    Pattern,
    /// The whole artifact is granted.
    All,
}

/// Why something may not be reached. To the customer it all looks like what does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal<E: Entitlement> {
    /// Nothing active grants the customer anything of the artifact or application, and nothing expired covered what was asked for.
    NoEntitlement,
    /// What granted it has expired.
    Expired {
        /// The entitlement; of several, the one that ended last.
        entitlement: E,
        /// When it ended.
        at: DateTime<Utc>,
    },
    /// Of the artifact or application other things are granted.
    OutsideScope {
        /// An active entitlement on it; of several, the one that ends last.
        entitlement: E,
    },
}

impl Rule {
    /// A stable code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::Tag => "tag",
            Self::Range => "range",
            Self::Pattern => "pattern",
            Self::All => "all",
        }
    }
}

impl InWords for Rule {
    fn in_words(self) -> &'static str {
        match self {
            Self::Manifest => "this manifest, whatever its tags",
            Self::Tag => "this tag by its name",
            Self::Range => "this tag by a range of versions",
            Self::Pattern => "this tag by a pattern",
            Self::All => "all tags of this artifact, present and future",
        }
    }
}

impl<E: Entitlement> Allowance<E> {
    /// A stable code of the reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unrestricted => "unrestricted",
            Self::Granted { .. } => "granted",
        }
    }

    /// The entitlement that the reason names.
    pub fn entitlement(self) -> Option<E> {
        match self {
            Self::Unrestricted => None,
            Self::Granted { entitlement, .. } => Some(entitlement),
        }
    }

    /// The reason as a sentence for the vendor. `name` is that of [`Allowance::entitlement`], and of no use without one.
    pub fn sentence(self, name: &str) -> String {
        match self {
            Self::Unrestricted => {
                let thing = E::THING;
                format!(
                    "Customers are not restricted to what they are entitled to, so they see every {thing}."
                )
            }
            Self::Granted { rule, until, .. } => granting(name, rule.in_words(), until),
        }
    }
}

/// That an entitlement grants something until its end, as a sentence for the vendor.
pub fn granting(name: &str, what: &str, until: Option<DateTime<Utc>>) -> String {
    let until = until.map_or_else(|| "without end".to_owned(), |at| format!("until {}", moment(at)));
    format!("“{name}” grants {what}, {until}.")
}

impl<E: Entitlement> Refusal<E> {
    /// A stable code of the reason.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoEntitlement => "no_entitlement",
            Self::Expired { .. } => "entitlement_expired",
            Self::OutsideScope { .. } => "outside_scope",
        }
    }

    /// The entitlement that the reason names.
    pub fn entitlement(self) -> Option<E> {
        match self {
            Self::NoEntitlement => None,
            Self::Expired { entitlement, .. } | Self::OutsideScope { entitlement } => Some(entitlement),
        }
    }

    /// The reason as a sentence for the vendor. `name` is that of [`Refusal::entitlement`], and of no use without one.
    pub fn sentence(self, name: &str) -> String {
        match self {
            Self::NoEntitlement => {
                format!("No active entitlement grants this customer anything of this {}.", E::THING)
            }
            Self::Expired { at, .. } => format!("“{name}” granted this, and expired on {}.", moment(at)),
            Self::OutsideScope { .. } => {
                format!("“{name}” grants this {}, but its scope does not cover this.", E::THING)
            }
        }
    }
}

fn moment(at: DateTime<Utc>) -> impl fmt::Display {
    at.format("%-d %b %Y, %H:%M UTC")
}
