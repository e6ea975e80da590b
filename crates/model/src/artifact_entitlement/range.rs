//! Ranges of versions, and the tags that are a version in one.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use grantry_oci::reference::Tag;
use semver::{Comparator, Op, VersionReq};

mod span;

/// Most characters of a range.
pub const MAX_RANGE: usize = 200;

/// A range of versions by Semantic Versioning 2.0.0, as in `>=2, <3`, `^1.4`, `~1.4.2`, `=1.4.2` or `2.*`.
///
/// A tag is read as a version with or without a leading `v`, and with `_` for `+`, as Helm writes it. A tag that is no
/// version is in no range. A pre-release is in a range only if the range itself names a pre-release of the same three
/// numbers, so that `>=2` does not let `3.0.0-rc.1` out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VersionRange {
    text: Box<str>,
    requirement: VersionReq,
}

/// Why a text is no range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// Nothing.
    #[error("the range is empty")]
    Empty,
    /// More than [`MAX_RANGE`] characters.
    #[error("the range is longer than {MAX_RANGE} characters")]
    TooLong,
    /// A version alone. Some tools mean this version by it, others also those compatible with it.
    #[error(
        "a version alone is ambiguous: write “=” before it for this version, “^” to allow compatible ones"
    )]
    Ambiguous,
    /// Not of the grammar.
    #[error("{reason}")]
    Malformed {
        /// What is wrong, in English.
        reason: String,
    },
}

impl VersionRange {
    /// The range as given.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a tag is a version in the range. Allocates nothing.
    pub fn matches(&self, tag: &Tag) -> bool {
        self.contains(Version::read(tag.as_str(), '_'))
    }

    /// Whether the name of an application's version is a version in the range, with or without a leading `v`. Allocates
    /// nothing.
    pub fn matches_version(&self, name: &str) -> bool {
        self.contains(Version::read(name, '+'))
    }

    /// Whether every version in the other range is in this one, too, as far as that can be proved from the two texts: `false` may
    /// only mean that it could not. Ranges that name a pre-release include only themselves.
    pub fn surely_includes(&self, other: &Self) -> bool {
        self.text == other.text || span::includes(&self.requirement, &other.requirement)
    }

    fn contains(&self, version: Option<Version<'_>>) -> bool {
        // `semver` would do the same with its own type of version, which allocates for a long pre-release.
        let Some(version) = version else { return false };
        let comparators = &self.requirement.comparators;
        comparators.iter().all(|one| version.satisfies(one))
            && (version.pre.is_empty() || comparators.iter().any(|one| version.is_pre_release_named_by(one)))
    }
}

/// What of a version is compared; its build metadata is not.
struct Version<'a> {
    numbers: [u64; 3],
    pre: &'a str,
}

impl<'a> Version<'a> {
    fn read(name: &'a str, build: char) -> Option<Self> {
        let text = name.strip_prefix('v').unwrap_or(name);
        let (text, build) = split(text, build);
        let (core, pre) = split(text, '-');
        if !build.is_none_or(|build| build.split('.').all(is_identifier)) {
            return None;
        }
        let is_pre_release = |one: &str| is_identifier(one) && (number(one).is_some() || !is_numeric(one));
        if !pre.is_none_or(|pre| pre.split('.').all(is_pre_release)) {
            return None;
        }
        let mut numbers = core.split('.').map(|part| number(part)?.parse().ok());
        let version = Self {
            numbers: [numbers.next()??, numbers.next()??, numbers.next()??],
            pre: pre.unwrap_or_default(),
        };
        numbers.next().is_none().then_some(version)
    }

    fn satisfies(&self, comparator: &Comparator) -> bool {
        let bound = [Some(comparator.major), comparator.minor, comparator.patch];
        let given = bound.iter().flatten().count();
        let whole = given == bound.len();
        let order = self.numbers.iter().zip(bound.iter().flatten()).map(|(own, other)| own.cmp(other));
        let numbers = order.clone().find(|one| one.is_ne()).unwrap_or(Ordering::Equal);
        let equal_in_first = |count| order.clone().take(count).all(Ordering::is_eq);
        let pre = compare_pre(self.pre, &comparator.pre);

        let exact = numbers.is_eq() && pre.is_eq();
        // A bound that leaves numbers out stands for all versions that begin with those given.
        let beyond = if whole { numbers.then(pre) } else { numbers };
        match comparator.op {
            Op::Exact | Op::Wildcard => exact,
            Op::Greater => beyond.is_gt(),
            Op::GreaterEq => exact || beyond.is_gt(),
            Op::Less => beyond.is_lt(),
            Op::LessEq => exact || beyond.is_lt(),
            Op::Tilde => equal_in_first(2) && numbers.then(pre).is_ge(),
            Op::Caret => {
                let first_above_zero = bound.iter().flatten().position(|&one| one > 0);
                equal_in_first(first_above_zero.map_or(given, |index| index + 1)) && beyond.is_ge()
            }
            // The crate may learn more; a range with one of those grants nothing until it is taught here.
            _ => false,
        }
    }

    fn is_pre_release_named_by(&self, comparator: &Comparator) -> bool {
        let [major, minor, patch] = self.numbers;
        !comparator.pre.is_empty()
            && (comparator.major, comparator.minor, comparator.patch) == (major, Some(minor), Some(patch))
    }
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|one| one.is_ascii_alphanumeric() || one == b'-')
}

fn is_numeric(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|one| one.is_ascii_digit())
}

/// The text, if it is digits without a zero in front.
fn number(text: &str) -> Option<&str> {
    (is_numeric(text) && (text == "0" || !text.starts_with('0'))).then_some(text)
}

/// Semantic Versioning 2.0.0, clause 11: none is after all; numbers by value and before others, others by character.
fn compare_pre(one: &str, other: &str) -> Ordering {
    let keys = |pre| {
        str::split(pre, '.').map(|part| {
            let numeric = is_numeric(part);
            // Without zeros in front, the longer number is the greater.
            (!numeric, if numeric { part.len() } else { 0 }, part)
        })
    };
    one.is_empty().cmp(&other.is_empty()).then_with(|| keys(one).cmp(keys(other)))
}

impl FromStr for VersionRange {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        if text.trim().is_empty() {
            return Err(RangeError::Empty);
        }
        if text.len() > MAX_RANGE {
            return Err(RangeError::TooLong);
        }
        let requirement: VersionReq = text
            .parse()
            .map_err(|error: semver::Error| RangeError::Malformed { reason: error.to_string() })?;
        let compatible = requirement.comparators.iter().filter(|one| one.op == Op::Caret).count();
        if compatible > text.matches('^').count() {
            return Err(RangeError::Ambiguous);
        }
        Ok(Self { text: text.into(), requirement })
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_in_a_range_or_not() {
        for (range, inside, outside) in [
            (
                ">=2, <3",
                vec!["2.0.0", "v2.9.1", "2.0.0_build.5"],
                vec!["1.9.9", "3.0.0", "v3.0.0", "2.1.0-rc.1"],
            ),
            ("^1.4", vec!["1.4.0", "1.10.0"], vec!["1.3.9", "2.0.0"]),
            ("^0.4.2", vec!["0.4.2", "0.4.9"], vec!["0.5.0", "0.4.1"]),
            ("~1.4.2", vec!["1.4.2", "1.4.9"], vec!["1.5.0", "1.4.1"]),
            ("=1.4.2", vec!["1.4.2", "v1.4.2_linux"], vec!["1.4.3"]),
            ("2.*", vec!["2.0.0", "2.1.5"], vec!["20.0.0", "2.0.0-rc.1"]),
            ("*", vec!["0.0.1"], vec!["0.0.1-rc.1", "latest"]),
            (
                ">=2.0.0-rc.1, <3",
                vec!["2.0.0-rc.1", "2.0.0-rc.20261124", "2.0.0"],
                vec!["2.0.0-beta.1", "2.0.0-rc.0", "2.0.1-rc.1"],
            ),
        ] {
            let parsed: VersionRange = range.parse().unwrap();
            for tag in inside {
                assert!(parsed.matches(&tag.parse().unwrap()), "{tag} is in {range}");
            }
            for tag in outside {
                assert!(!parsed.matches(&tag.parse().unwrap()), "{tag} is not in {range}");
            }
        }
    }

    #[test]
    fn tag_that_is_no_version_is_in_no_range() {
        let all: VersionRange = ">=0".parse().unwrap();
        for tag in
            ["latest", "2", "2.1", "2.1.0.0", "02.1.0", "vv2.1.0", "V2.1.0", "2.1.0_a_b", "2.1.0_", "2.1.0-"]
        {
            assert!(!all.matches(&tag.parse().unwrap()), "{tag}");
        }
    }

    #[test]
    fn texts_that_are_no_range_are_refused() {
        for (text, expected) in
            [("", RangeError::Empty), (" ", RangeError::Empty), ("1.4.2", RangeError::Ambiguous)]
        {
            assert_eq!(text.parse::<VersionRange>(), Err(expected), "{text:?}");
        }
        assert_eq!(">=2, 3".parse::<VersionRange>(), Err(RangeError::Ambiguous));
        assert_eq!("^1".repeat(MAX_RANGE).parse::<VersionRange>(), Err(RangeError::TooLong));
        for text in [">=2 || <1", ">=v2", "two", ">=2,", "<", "2.*.1", ">=2 <3"] {
            let parsed = text.parse::<VersionRange>();
            assert!(matches!(parsed, Err(RangeError::Malformed { .. })), "{text}: {parsed:?}");
        }
    }
}
