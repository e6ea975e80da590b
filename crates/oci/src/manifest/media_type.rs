//! Media types of manifests.

use std::fmt;
use std::str::FromStr;

/// Most characters of a type and of a subtype each (RFC 6838, 4.2).
const MAX_PART: usize = 127;

/// A media type without parameters, for example `application/vnd.oci.image.manifest.v1+json`. Fit for a header.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaType(String);

/// A text that is no media type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("media type of the manifest is not <type>/<subtype>")]
pub struct InvalidMediaType;

impl MediaType {
    /// An image or artifact of OCI.
    pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    /// An index of OCI.
    pub const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
    /// An artifact of a draft of OCI 1.1.
    pub const OCI_ARTIFACT: &str = "application/vnd.oci.artifact.manifest.v1+json";
    /// An image of Docker, schema 2.
    pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
    /// An index of Docker.
    pub const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";

    /// Reads the value of a `Content-Type` header, without its parameters.
    ///
    /// # Errors
    /// It is none.
    pub fn from_header(value: &str) -> Result<Self, InvalidMediaType> {
        value.split(';').next().unwrap_or_default().trim().parse()
    }

    /// The type as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MediaType {
    type Err = InvalidMediaType;

    fn from_str(text: &str) -> Result<Self, InvalidMediaType> {
        let (first, second) = text.split_once('/').ok_or(InvalidMediaType)?;
        if is_restricted_name(first) && is_restricted_name(second) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidMediaType)
        }
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_restricted_name(text: &str) -> bool {
    let begins = text.bytes().next().is_some_and(|one| one.is_ascii_alphanumeric());
    let word = |one: u8| one.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&one);
    begins && text.bytes().all(word) && text.len() <= MAX_PART
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_left_out() {
        let check = |value: &str, expected: Result<&str, InvalidMediaType>| {
            let found = MediaType::from_header(value);
            assert_eq!(found.as_ref().map(MediaType::as_str).map_err(|error| *error), expected, "{value:?}");
        };
        check(MediaType::OCI_INDEX, Ok(MediaType::OCI_INDEX));
        check(" application/json ; charset=utf-8; x=\"a;b\"", Ok("application/json"));
        for value in [
            "",
            ";",
            "json",
            "a/",
            "/b",
            "a/b/c",
            "a/b c",
            "a/b\r\nx: y",
            "é/b",
            "a/.b",
            &format!("a/{}", "b".repeat(128)),
        ] {
            check(value, Err(InvalidMediaType));
        }
    }
}
