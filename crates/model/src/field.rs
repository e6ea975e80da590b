//! Input that is not valid, field by field.

use std::fmt;

/// What is wrong with one field of a request or form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field as named on the wire, for example `expiresAt`.
    pub field: &'static str,
    /// A stable code that a program can act on, for example `name_taken`.
    pub code: &'static str,
    /// A sentence for a person: what is wrong and what to do.
    pub message: String,
}

impl FieldError {
    /// An error of `field`.
    pub fn new(field: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self { field, code, message: message.into() }
    }
}

/// One or more fields that are not valid. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Invalid(pub Vec<FieldError>);

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}{}", error.message)?;
        }
        Ok(())
    }
}

impl From<FieldError> for Invalid {
    fn from(error: FieldError) -> Self {
        Self(vec![error])
    }
}

/// Collects the errors of several fields, so that a form reports all of them at once.
#[derive(Debug, Default)]
pub struct Check(Vec<FieldError>);

impl Check {
    /// No errors yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps the value, or its error.
    pub fn take<T>(&mut self, result: Result<T, FieldError>) -> Option<T> {
        result.map_err(|error| self.0.push(error)).ok()
    }

    /// Adds an error.
    pub fn fail(&mut self, error: FieldError) {
        self.0.push(error);
    }

    /// The value put together from the fields, which is there if each of them was taken.
    ///
    /// # Errors
    /// All errors collected.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Invalid> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(Invalid(self.0)),
        }
    }
}
