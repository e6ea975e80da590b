//! What a form brings back when it is refused: the values as they were typed and the errors by field. Secrets are
//! never among the values, so they have to be typed again.

use std::fmt;

use grantry_model::field::FieldError;

/// The values and errors of a form. Inputs have the names that fields have on the wire, so that an error finds its
/// input by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormState<V> {
    /// The values as typed, without secrets.
    pub values: V,
    /// What was refused; empty for a fresh form.
    pub errors: Vec<FieldError>,
}

impl<V> FormState<V> {
    /// A form that nobody has sent yet.
    pub fn fresh(values: V) -> Self {
        Self { values, errors: Vec::new() }
    }

    /// A form that was refused.
    pub fn refused(values: V, errors: Vec<FieldError>) -> Self {
        Self { values, errors }
    }

    /// The first error of a field.
    pub fn error(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.field == field).map(|error| error.message.as_str())
    }

    /// The errors that belong to none of the given fields; they stand above the form.
    pub fn others(&self, fields: &[&str]) -> Vec<&str> {
        let other = self.errors.iter().filter(|error| !fields.contains(&error.field));
        other.map(|error| error.message.as_str()).collect()
    }
}

/// A text of several lines as it was meant: browsers send each end of a line as CR and LF (HTML, 4.10.22.4).
pub fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// What a button of the form asks for: its value, in the field `step`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Save it. Everything but this shows the form again and saves nothing.
    Save,
    /// Show what the form would do now.
    Preview,
    /// Add a row.
    Add,
    /// Take the row of that number away.
    Remove(usize),
}

impl Step {
    /// Reads the value; anything unknown only shows the form again.
    pub fn of(text: &str) -> Self {
        match text {
            "save" => Self::Save,
            "add" => Self::Add,
            other => match other.strip_prefix("remove-").and_then(|number| number.parse().ok()) {
                Some(row) => Self::Remove(row),
                None => Self::Preview,
            },
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Save => f.write_str("save"),
            Self::Preview => f.write_str("preview"),
            Self::Add => f.write_str("add"),
            Self::Remove(row) => write!(f, "remove-{row}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_error_is_lost() {
        let errors = vec![FieldError::new("name", "a", "Name."), FieldError::new("else", "b", "Else.")];
        let form = FormState::refused((), errors);
        assert_eq!(form.error("name"), Some("Name."));
        assert_eq!(form.error("payload"), None);
        assert_eq!(form.others(&["name", "payload"]), ["Else."]);
    }

    #[test]
    fn steps_are_read_back_and_nothing_else_saves() {
        for step in [Step::Save, Step::Preview, Step::Add, Step::Remove(17)] {
            assert_eq!(Step::of(&step.to_string()), step);
        }
        for text in ["", "remove-", "remove--1", "Save"] {
            assert_eq!(Step::of(text), Step::Preview, "{text}");
        }
    }
}
