//! Repository names.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// Most bytes of a name. Clients count the host in, and stop at 255.
pub const MAX_NAME: usize = 255;

/// The name of a repository: `<organization slug>/<artifact>`, where the artifact's part may have slashes itself.
///
/// Components are of the grammar `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`; names are at most [`MAX_NAME`] bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    text: String,
    /// Where the first slash is.
    slash: usize,
}

/// Why a text is no repository name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Longer than [`MAX_NAME`].
    #[error("repository name is longer than {MAX_NAME} bytes")]
    TooLong,
    /// A single component: every repository belongs to an organization.
    #[error("repository name has no organization: it is <organization>/<artifact>")]
    NoOrganization,
    /// A component is not of the grammar.
    #[error(
        "repository name is not made of lower-case letters and digits with single separators between them"
    )]
    Malformed,
}

impl Name {
    /// The organization's slug: the first component.
    pub fn organization(&self) -> &str {
        &self.text[..self.slash]
    }

    /// The artifact within the organization: everything after the first slash.
    pub fn artifact(&self) -> &str {
        &self.text[self.slash + 1..]
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.len() > MAX_NAME {
            return Err(NameError::TooLong);
        }
        if !text.split('/').all(is_component) {
            return Err(NameError::Malformed);
        }
        let slash = text.find('/').ok_or(NameError::NoOrganization)?;
        Ok(Self { text: text.to_owned(), slash })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text)
    }
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
fn is_component(text: &str) -> bool {
    let alphanumeric = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit();
    let ends = text.starts_with(alphanumeric) && text.ends_with(alphanumeric);
    let separator = |one: &str| matches!(one, "" | "." | "_" | "__") || one.bytes().all(|byte| byte == b'-');
    ends && text.split(alphanumeric).all(separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<(&str, &str), NameError>) {
        let found = text.parse::<Name>();
        let found = found.as_ref().map(|name| (name.organization(), name.artifact())).map_err(|error| *error);
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn names_split_at_the_first_slash() {
        check("acme/app", Ok(("acme", "app")));
        check("acme/team/app", Ok(("acme", "team/app")));
        check("0/1", Ok(("0", "1")));
        check("a/b.c_d__e-f--g---h", Ok(("a", "b.c_d__e-f--g---h")));
        check("a/blobs/b", Ok(("a", "blobs/b")));
        check("x/tags", Ok(("x", "tags")));
    }

    #[test]
    fn names_outside_the_grammar_are_refused() {
        for text in [
            "", "/", "a/", "/a", "a//b", "A/b", "a/B", "a/b.", "a/.b", "a/_b", "a/b..c", "a/b___c", "a/b._c",
            "a/b-_c", "a/b c", "a/b:c", "a/é", "a/b\n", "..", "a/../b", "a/b%2fc", "a/b@c",
        ] {
            check(text, Err(NameError::Malformed));
        }
    }

    #[test]
    fn name_needs_an_organization() {
        check("app", Err(NameError::NoOrganization));
    }

    #[test]
    fn length_is_limited() {
        let longest = format!("a/{}", "b".repeat(MAX_NAME - 2));
        assert_eq!(longest.parse::<Name>().map(|name| name.to_string()), Ok(longest.clone()));
        check(&format!("{longest}b"), Err(NameError::TooLong));
    }
}
