//! What a form brings back when it is refused: the values as they were typed and the errors by field. Secrets are
//! never among the values, so they have to be typed again.

/// An error of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The name of the input, as in the form's HTML; a name that the form does not have stands for the whole form.
    pub field: String,
    /// A sentence that says what is wrong and what to do.
    pub message: String,
}

/// The values and errors of a form.
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

    /// The errors that belong to none of the given fields.
    pub fn others(&self, fields: &[&str]) -> Vec<&str> {
        let other = self.errors.iter().filter(|error| !fields.contains(&error.field.as_str()));
        other.map(|error| error.message.as_str()).collect()
    }
}
