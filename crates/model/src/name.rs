//! Names, slugs and e-mail addresses.

use std::fmt;

use crate::field::FieldError;

/// Most characters in a name.
pub const MAX_NAME: usize = 200;
/// Most characters in a slug.
pub const MAX_SLUG: usize = 64;
/// Most characters in an e-mail address, RFC 5321 4.5.3.1.
pub const MAX_EMAIL: usize = 254;

/// A name as people give it: trimmed, not blank, at most [`MAX_NAME`] characters, no control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// Reads a name from input.
    ///
    /// # Errors
    /// Blank, too long, or with control characters; the error is the one of `field`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(FieldError::new(field, "name_blank", "Enter a name."));
        }
        if text.chars().count() > MAX_NAME {
            let message = format!("The name is longer than {MAX_NAME} characters. Shorten it.");
            return Err(FieldError::new(field, "name_too_long", message));
        }
        if text.chars().any(char::is_control) {
            let message = "The name holds a line break or another control character. Remove it.";
            return Err(FieldError::new(field, "name_control_character", message));
        }
        Ok(Self(text.to_owned()))
    }

    /// The name as given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What makes the name unique: its text without regard to case.
    pub fn fold(&self) -> String {
        fold(&self.0)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text without regard to case, as names are compared and searched.
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// The organization's part of a registry path: lower-case words joined by `.`, `_`, `__` or hyphens, the grammar of a
/// name component in OCI Distribution 1.1.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slug(String);

impl Slug {
    /// Reads a slug from input.
    ///
    /// # Errors
    /// Not of the grammar, or longer than [`MAX_SLUG`].
    pub fn parse(field: &'static str, text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(FieldError::new(field, "slug_blank", "Enter a slug, for example “acme”."));
        }
        if text.len() > MAX_SLUG {
            let message = format!("The slug is longer than {MAX_SLUG} characters. Shorten it.");
            return Err(FieldError::new(field, "slug_too_long", message));
        }
        if !is_path_component(text) {
            let message = "A slug is made of lower-case letters and digits, with single dots, underscores or hyphens \
                           between them, for example “acme-robotics”.";
            return Err(FieldError::new(field, "slug_malformed", message));
        }
        Ok(Self(text.to_owned()))
    }

    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
fn is_path_component(text: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if !text.starts_with(word) || !text.ends_with(word) {
        return false;
    }
    text.split(word)
        .all(|separator| matches!(separator, "" | "." | "_" | "__") || separator.chars().all(|c| c == '-'))
}

/// An address that mail can be sent to; accounts are found by it without regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Reads an address from input. Only its shape is checked: whether it exists, mail alone can tell.
    ///
    /// # Errors
    /// No local part or domain, white space or control characters, or longer than [`MAX_EMAIL`].
    pub fn parse(field: &'static str, text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        let shaped = text.rsplit_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !local.contains('@') && !domain.is_empty() && !domain.starts_with('.')
        });
        if !shaped || text.len() > MAX_EMAIL || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            let message = "Enter an e-mail address, for example “mara@example.com”.";
            return Err(FieldError::new(field, "email_malformed", message));
        }
        Ok(Self(text.to_owned()))
    }

    /// The address as given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as accounts are found by it.
    pub fn fold(&self) -> String {
        fold(&self.0)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_never_blank() {
        assert_eq!(Name::parse("name", "  Initech GmbH ").unwrap().as_str(), "Initech GmbH");
        for (text, code) in [("", "name_blank"), (" \t ", "name_blank"), ("a\nb", "name_control_character")] {
            assert_eq!(Name::parse("name", text).unwrap_err().code, code, "{text:?}");
        }
        assert_eq!(Name::parse("name", &"é".repeat(MAX_NAME)).unwrap().as_str().chars().count(), MAX_NAME);
        assert_eq!(Name::parse("name", &"é".repeat(MAX_NAME + 1)).unwrap_err().code, "name_too_long");
    }

    #[test]
    fn names_are_the_same_without_regard_to_case() {
        let fold = |text| Name::parse("name", text).unwrap().fold();
        assert_eq!(fold("FLEET_Main"), fold("fleet_MAIN"));
        assert_eq!(fold("ÉCLAIR"), fold("éclair"));
    }

    #[test]
    fn slugs_follow_the_distribution_grammar() {
        for good in ["a", "acme", "acme-robotics", "a.b", "a_b", "a__b", "a---b", "0", "x1.y2_z3"] {
            assert!(Slug::parse("slug", good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "a..b", "a___b", "a.-b", "A", "a b", "a/b", "é", ".", "a_-b"] {
            assert!(Slug::parse("slug", bad).is_err(), "{bad}");
        }
        assert!(Slug::parse("slug", &"a".repeat(MAX_SLUG)).is_ok());
        assert!(Slug::parse("slug", &"a".repeat(MAX_SLUG + 1)).is_err());
    }

    #[test]
    fn addresses_have_a_local_part_and_a_domain() {
        for good in ["mara@example.com", " M.K+x@sub.example ", "a@localhost"] {
            assert!(Email::parse("email", good).is_ok(), "{good}");
        }
        for bad in ["", "mara", "@example.com", "mara@", "a b@example.com", "a@b@c", "a@.com", "a\u{0}@b"] {
            assert!(Email::parse("email", bad).is_err(), "{bad:?}");
        }
        assert_eq!(Email::parse("email", "Mara@Example.COM").unwrap().fold(), "mara@example.com");
    }
}
