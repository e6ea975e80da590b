//! Why a deployment could not be brought to where it should be.

use std::fmt;

/// The longest message that is reported, in characters.
const LIMIT: usize = 2_000;

/// Why something failed, in words for who reads the deployment's status. Holds no secret and is of limited length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure(String);

impl Failure {
    /// A failure in these words. Of a text that is too long the end stays: programs complain last.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        let text: String = text.into();
        let count = text.chars().count();
        if count <= LIMIT {
            return Self(text);
        }
        let end: String = text.chars().skip(count - LIMIT).collect();
        Self(format!("… {end}"))
    }

    /// A failure to do something, with its cause.
    pub(crate) fn of(what: impl fmt::Display, cause: &anyhow::Error) -> Self {
        Self::new(format!("{what}: {cause:#}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_text_the_end_stays() {
        let text = format!("{}é the cause", "x".repeat(5_000));
        let failure = Failure::new(text).to_string();
        assert!(failure.starts_with("… x") && failure.ends_with("é the cause"));
        assert_eq!(failure.chars().count(), LIMIT + 2);
        assert_eq!(Failure::new("short").to_string(), "short");
    }
}
