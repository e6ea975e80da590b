//! Secrets: values that the templates of deployments read. Nobody is ever shown one again.

use std::fmt;

use chrono::{DateTime, Utc};
use zeroize::Zeroizing;

use crate::field::{Check, FieldError, Invalid};
use crate::id::{CustomerId, SecretId, UserId};

/// Most characters of a key.
pub const MAX_KEY: usize = 128;
/// Most bytes of a value.
pub const MAX_VALUE: usize = 64 * 1024;

/// What is known of a secret without its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// Its id.
    pub id: SecretId,
    /// Whose deployments read it; `None`: those at the vendor's own targets.
    pub customer: Option<CustomerId>,
    /// How templates name it.
    pub key: SecretKey,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When its value was last set.
    pub updated_at: DateTime<Utc>,
    /// Who set it; `None`: the hub's operator.
    pub updated_by: Option<UserId>,
    /// What they were called at the time.
    pub updated_by_name: String,
}

impl Secret {
    /// How a template names it: `{{ .Secrets.DB_PASSWORD }}`.
    pub fn reference(&self) -> String {
        format!("{{{{ .Secrets.{} }}}}", self.key)
    }
}

/// How templates name a secret: a letter, then letters, digits and underscores, all of ASCII. Unique among the secrets of a customer,
/// or of the vendor, without regard to case; templates name it in the case that it has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretKey(String);

impl SecretKey {
    /// Reads a key from input.
    ///
    /// # Errors
    /// Not of the grammar, or longer than [`MAX_KEY`].
    pub fn parse(field: &'static str, text: &str) -> Result<Self, FieldError> {
        let mut letters = text.chars();
        let is_well_formed = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
            && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if !is_well_formed {
            let message = "A key starts with a letter and goes on with letters, digits and underscores, for example “DB_PASSWORD”.";
            return Err(FieldError::new(field, "key_malformed", message));
        }
        if text.len() > MAX_KEY {
            let message = format!("The key is longer than {MAX_KEY} characters. Shorten it.");
            return Err(FieldError::new(field, "key_too_long", message));
        }
        Ok(Self(text.to_owned()))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What makes the key unique.
    pub fn fold(&self) -> String {
        crate::name::fold(&self.0)
    }
}

impl fmt::Display for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A secret's value. It is not printed, and wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretValue(Zeroizing<String>);

impl SecretValue {
    /// Reads a value from input, as it is.
    ///
    /// # Errors
    /// Empty, longer than [`MAX_VALUE`], or with a NUL character, which no environment can hold.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, FieldError> {
        if text.is_empty() {
            return Err(FieldError::new(field, "value_missing", "Enter a value."));
        }
        if text.len() > MAX_VALUE {
            let message = format!("The value is longer than {MAX_VALUE} bytes. Shorten it.");
            return Err(FieldError::new(field, "value_too_long", message));
        }
        if text.contains('\0') {
            return Err(FieldError::new(
                field,
                "nul_character",
                "The value holds a NUL character. Remove it.",
            ));
        }
        Ok(Self::of_stored(text.to_owned()))
    }

    /// A value that was read from input before.
    pub fn of_stored(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The value itself, for rendering and for masking it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretValue(…)")
    }
}

/// A secret to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretDraft {
    /// See [`Secret::key`].
    pub key: SecretKey,
    /// Its value.
    pub value: SecretValue,
}

impl SecretDraft {
    /// Reads both from input.
    ///
    /// # Errors
    /// All fields that are not valid.
    pub fn parse(key: &str, value: &str) -> Result<Self, Invalid> {
        let mut check = Check::new();
        let key = check.take(SecretKey::parse("key", key));
        let value = check.take(SecretValue::parse("value", value));
        check.finish(key.zip(value).map(|(key, value)| Self { key, value }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_can_stand_in_a_template() {
        for good in ["a", "DB_PASSWORD", "x1__", &"a".repeat(MAX_KEY)] {
            assert!(SecretKey::parse("key", good).is_ok(), "{good}");
        }
        for (bad, code) in [
            ("", "key_malformed"),
            ("1a", "key_malformed"),
            ("_a", "key_malformed"),
            ("a b", "key_malformed"),
            ("a-b", "key_malformed"),
            ("ä", "key_malformed"),
            ("a\n", "key_malformed"),
            (&"a".repeat(MAX_KEY + 1), "key_too_long"),
        ] {
            assert_eq!(SecretKey::parse("key", bad).unwrap_err().code, code, "{bad:?}");
        }
    }

    #[test]
    fn all_fields_at_fault_are_told() {
        for (key, value, codes) in [
            ("A", "x", &[][..]),
            ("", "", &["key_malformed", "value_missing"]),
            ("A", "a\0b", &["nul_character"]),
            ("A", &"x".repeat(MAX_VALUE + 1), &["value_too_long"]),
        ] {
            let found = match SecretDraft::parse(key, value) {
                Ok(_) => Vec::new(),
                Err(Invalid(errors)) => errors.iter().map(|error| error.code).collect(),
            };
            assert_eq!(found, codes, "{key:?}");
        }
    }

    #[test]
    fn a_value_is_not_printed() {
        let draft = SecretDraft::parse("A", "hunter2").unwrap();
        assert!(!format!("{draft:?}").contains("hunter2"));
        assert_eq!(draft.value.reveal(), "hunter2");
    }
}
