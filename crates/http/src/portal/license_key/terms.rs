//! What the forms of license keys have in common: days and grace as people type them.

use chrono::{DateTime, Utc};
use grantry_model::field::{Check, FieldError};
use grantry_model::license_key::{Terms, TermsInput};
use grantry_ui::pages::license_key::fields::KeyValues;
use grantry_ui::token::pretty;

use crate::extract::form::{Fields, ReadForm};
use crate::portal::form::{day, write_day};

const DAY: u32 = 24 * 3600;

impl ReadForm for KeyValues {
    fn read(fields: &Fields) -> Self {
        Self {
            name: fields.text("name"),
            description: fields.text("description"),
            customer: fields.text("customerOrganizationId"),
            not_before: fields.text("notBefore"),
            expires_at: fields.text("expiresAt"),
            grace_days: fields.text("graceDays"),
            // Browsers send every line break of a text as two characters.
            payload: fields.text("payload").replace("\r\n", "\n"),
        }
    }
}

/// The values of the form for an existing key.
pub(super) fn written(description: &str, terms: &Terms) -> KeyValues {
    let days = f64::from(terms.grace) / f64::from(DAY);
    KeyValues {
        description: description.to_owned(),
        not_before: write_day(terms.not_before),
        expires_at: write_day(terms.expires_at),
        grace_days: days.to_string(),
        payload: pretty(terms.payload.as_str()),
        ..KeyValues::default()
    }
}

/// What was typed, as an operation takes it.
///
/// # Errors
/// What can't even be read. All else is for the operation to judge.
pub(super) fn typed(values: &KeyValues) -> Result<TermsInput<'_>, Vec<FieldError>> {
    read(values, |_| true)
}

/// What was typed into the form that stood at `before`, as an operation takes it: what nobody touched is left out, so
/// that it keeps what the form can't show, such as the hour of a day.
///
/// # Errors
/// What can't even be read, or was removed.
pub(super) fn touched<'v>(
    values: &'v KeyValues,
    before: &KeyValues,
) -> Result<TermsInput<'v>, Vec<FieldError>> {
    let mut input = read(values, |field| match field {
        Field::NotBefore => values.not_before != before.not_before,
        Field::ExpiresAt => values.expires_at != before.expires_at,
        Field::Grace => values.grace_days != before.grace_days,
    })?;
    input.payload = input.payload.filter(|payload| *payload != before.payload);
    Ok(input)
}

#[derive(Clone, Copy)]
enum Field {
    NotBefore,
    ExpiresAt,
    Grace,
}

fn read(values: &KeyValues, wanted: impl Fn(Field) -> bool) -> Result<TermsInput<'_>, Vec<FieldError>> {
    let mut check = Check::new();
    let mut moment = |field, name, text| {
        if wanted(field) { check.take(required_day(name, text)) } else { Some(None) }
    };
    let not_before = moment(Field::NotBefore, "notBefore", &values.not_before);
    let expires_at = moment(Field::ExpiresAt, "expiresAt", &values.expires_at);
    let grace = if wanted(Field::Grace) { check.take(grace(&values.grace_days)) } else { Some(None) };
    let all = not_before.zip(expires_at).zip(grace).map(|((not_before, expires_at), grace)| TermsInput {
        payload: Some(values.payload.as_str()),
        not_before,
        expires_at,
        grace,
    });
    check.finish(all).map_err(|invalid| invalid.0)
}

fn required_day(field: &'static str, text: &str) -> Result<Option<DateTime<Utc>>, FieldError> {
    match day(field, text)? {
        Some(at) => Ok(Some(at)),
        None => Err(FieldError::new(field, "day_missing", "Choose a day.")),
    }
}

fn grace(text: &str) -> Result<Option<i64>, FieldError> {
    let text = text.trim();
    let days = if text.is_empty() { Ok(0) } else { text.parse::<i64>() };
    let seconds = days.ok().and_then(|days| days.checked_mul(DAY.into()));
    let message = "Write the grace as whole days, 0 for none.";
    seconds.map(Some).ok_or_else(|| FieldError::new("graceDays", "grace_malformed", message))
}

#[cfg(test)]
mod tests {
    use grantry_license::Payload;

    use super::*;

    fn terms() -> Terms {
        Terms {
            payload: Payload::parse(r#"{"seats":5}"#).unwrap(),
            not_before: "2026-11-24T09:30:00Z".parse().unwrap(),
            expires_at: "2027-11-24T00:00:00Z".parse().unwrap(),
            grace: 3600,
        }
    }

    #[test]
    fn what_nobody_touched_is_left_out() {
        let before = written("", &terms());
        let input = touched(&before, &before).unwrap();
        assert!(input.payload.is_none() && input.not_before.is_none() && input.expires_at.is_none());
        assert_eq!(input.grace, None);
    }

    #[test]
    fn what_was_touched_is_read_as_days() {
        let before = written("", &terms());
        let values =
            KeyValues { not_before: "2026-11-25".to_owned(), grace_days: "14".to_owned(), ..before.clone() };
        let input = touched(&values, &before).unwrap();
        assert_eq!(input.not_before, Some("2026-11-25T00:00:00Z".parse().unwrap()));
        assert_eq!((input.expires_at, input.grace), (None, Some(14 * 86_400)));
    }

    #[test]
    fn all_that_cannot_be_read_is_reported() {
        let values = KeyValues {
            not_before: "24.11.2026".to_owned(),
            grace_days: "two".to_owned(),
            ..KeyValues::default()
        };
        let fields: Vec<_> = typed(&values).unwrap_err().iter().map(|error| error.field).collect();
        assert_eq!(fields, ["notBefore", "expiresAt", "graceDays"]);
    }
}
