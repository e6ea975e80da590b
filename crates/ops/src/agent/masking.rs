//! Keeping secrets out of logs.

use aho_corasick::{AhoCorasick, MatchKind};
use grantry_model::log_line::MASK;
use grantry_store::agent::Read;

use crate::error::{Error, Result};

/// Shorter texts are left alone: they would turn up in any line, and hiding them there would tell what they are.
const SHORTEST: usize = 4;

/// What stands in no line of a target's logs: values of the secrets and the license tokens that its templates can read.
pub(super) struct Masks {
    /// The numbers for which this holds.
    pub(super) read: Read,
    found: Option<AhoCorasick>,
    masks: Vec<&'static str>,
}

impl Masks {
    /// Masks these. Of a text of several lines each is masked, since logs come line by line.
    pub(super) fn of(read: Read, texts: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self> {
        let mut parts: Vec<String> = Vec::new();
        for text in texts {
            let text = text.as_ref();
            let lines = text.lines().map(str::trim);
            parts.extend(lines.chain([text]).filter(|part| part.len() >= SHORTEST).map(str::to_owned));
            // As an env file holds it.
            if text.contains('\n') {
                parts.push(text.replace('\n', "\\n"));
            }
        }
        parts.sort_unstable();
        parts.dedup();
        let masks = vec![MASK; parts.len()];
        let found = if parts.is_empty() {
            None
        } else {
            let built = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&parts);
            Some(built.map_err(Error::internal)?)
        };
        Ok(Self { read, found, masks })
    }

    /// The text without them.
    pub(super) fn apply(&self, text: &str) -> String {
        match &self.found {
            Some(found) => found.replace_all(text, &self.masks),
            None => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_wherever_they_stand_and_the_longest_first() {
        let masks =
            Masks::of(Read::default(), ["hunter2", "hunter2-and-more", "abc", "first line\nsecond line\nx"])
                .unwrap();
        for (line, masked) in [
            ("password=hunter2", "password=********"),
            ("hunter2hunter2-and-more!", "****************!"),
            ("abc stays, it is too short", "abc stays, it is too short"),
            ("the second line is hidden", "the ******** is hidden"),
            (r"A=first line\nsecond line\nx.", "A=********."),
            ("", ""),
        ] {
            assert_eq!(masks.apply(line), masked, "{line}");
        }
        assert_eq!(Masks::of(Read::default(), [""; 0]).unwrap().apply("hunter2"), "hunter2");
    }
}
