//! Patterns over the names of tags.

use std::fmt;
use std::str::FromStr;

use grantry_oci::reference::Tag;

/// Most characters of a pattern.
pub const MAX_GLOB: usize = 100;

/// A pattern over the names of tags: `*` stands for any characters, also for none, `?` for exactly one, and every other
/// character for itself. Upper and lower case differ, as they do in tags.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Glob(Box<str>);

/// Why a text is no pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GlobError {
    /// Nothing.
    #[error("the pattern is empty")]
    Empty,
    /// More than [`MAX_GLOB`] characters.
    #[error("the pattern is longer than {MAX_GLOB} characters")]
    TooLong,
    /// A character that no tag holds, so that nothing could ever match.
    #[error("no tag holds “{0}”; a pattern is made of letters, digits, “_”, “.”, “-”, and “*” and “?”")]
    Character(char),
}

impl Glob {
    /// The pattern as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a tag's name matches. Takes time in proportion to the tag and the pattern, whatever they are, and allocates
    /// nothing.
    pub fn matches(&self, tag: &Tag) -> bool {
        let pattern = self.as_str();
        let begins = pattern.find(['*', '?']).unwrap_or(pattern.len());
        let Some(name) = tag.as_str().strip_prefix(&pattern[..begins]) else { return false };
        // Most patterns end with their only `*`.
        match &pattern[begins..] {
            "*" => true,
            rest => simulate(rest.as_bytes(), name.as_bytes()),
        }
    }
}

/// Runs all ways to match at the same time, so that none is ever gone back to. A way's state is how many of the pattern's
/// single characters it has behind it, and stands for one bit.
fn simulate(pattern: &[u8], name: &[u8]) -> bool {
    const { assert!(MAX_GLOB < u128::BITS as usize, "a state for each character, and one before the first") };
    let mut leads_on = [0_u128; 128];
    let (mut any_leads_on, mut stays) = (0_u128, 0_u128);
    let mut state = 1_u128;
    for one in pattern {
        match one {
            b'*' => stays |= state,
            b'?' => any_leads_on |= state,
            // Patterns and tags are ASCII.
            _ => leads_on[usize::from(one % 128)] |= state,
        }
        if *one != b'*' {
            state <<= 1;
        }
    }
    let matched = state;
    let reached = name.iter().fold(1, |reached, one| {
        let further = reached & (any_leads_on | leads_on[usize::from(one % 128)]);
        (further << 1) | (reached & stays)
    });
    reached & matched != 0
}

impl FromStr for Glob {
    type Err = GlobError;

    fn from_str(text: &str) -> Result<Self, GlobError> {
        if text.is_empty() {
            return Err(GlobError::Empty);
        }
        let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '*' | '?');
        if let Some(other) = text.chars().find(|&c| !known(c)) {
            return Err(GlobError::Character(other));
        }
        if text.len() > MAX_GLOB { Err(GlobError::TooLong) } else { Ok(Self(text.into())) }
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_stand_for_others() {
        for (pattern, matching, other) in [
            ("2.*", vec!["2.0", "2.10.1-rc.1", "2."], vec!["2", "20", "12.0", "v2.0"]),
            ("v2.?", vec!["v2.0", "v2.x"], vec!["v2.", "v2.10", "V2.0"]),
            ("*-lts", vec!["24.04-lts", "a-lts-lts"], vec!["lts", "24.04-lts.1", "24.04-LTS"]),
            ("*1*2*", vec!["12", "a1b2c", "1.1.2"], vec!["21", "1"]),
            ("latest", vec!["latest"], vec!["latest-dev", "lates", "late"]),
            ("*", vec!["a", "1.0"], vec![]),
            ("?*?", vec!["ab", "abc"], vec!["a"]),
        ] {
            let glob: Glob = pattern.parse().unwrap();
            for tag in matching {
                assert!(glob.matches(&tag.parse().unwrap()), "{pattern} matches {tag}");
            }
            for tag in other {
                assert!(!glob.matches(&tag.parse().unwrap()), "{pattern} does not match {tag}");
            }
        }
    }

    #[test]
    fn longest_pattern_matches_to_its_end() {
        let name = "a".repeat(MAX_GLOB);
        let glob: Glob = "?".repeat(MAX_GLOB).parse().unwrap();
        assert!(glob.matches(&name.parse().unwrap()));
        assert!(!glob.matches(&format!("{name}a").parse().unwrap()));
        assert!(!glob.matches(&name[1..].parse().unwrap()));
    }

    #[test]
    fn what_no_tag_could_match_is_no_pattern() {
        for (text, error) in [
            ("", GlobError::Empty),
            ("[0-9]*", GlobError::Character('[')),
            ("{1,2}.*", GlobError::Character('{')),
            ("2.* ", GlobError::Character(' ')),
            ("ü*", GlobError::Character('ü')),
            (&"*".repeat(MAX_GLOB + 1), GlobError::TooLong),
        ] {
            assert_eq!(text.parse::<Glob>(), Err(error), "{text}");
        }
    }
}
