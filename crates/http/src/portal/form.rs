//! What forms of the portals have in common: days, ids and pages of lists.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use grantry_model::field::FieldError;
use grantry_model::id::CustomerId;
use grantry_model::page::{Cursor, PageRequest};
use serde::Deserialize;

/// Entries in a page of a list.
pub(crate) const ROWS: usize = 50;

/// Reads a day, as its first moment in UTC; an empty text is none.
pub(crate) fn day(field: &'static str, text: &str) -> Result<Option<DateTime<Utc>>, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let day = text.parse::<NaiveDate>().map_err(|_| {
        FieldError::new(field, "day_malformed", "Write the day as year, month and day: 2026-11-24.")
    })?;
    Ok(Some(day.and_time(NaiveTime::MIN).and_utc()))
}

/// Writes a moment's day as inputs of type `date` want it.
pub(crate) fn write_day(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}

/// Reads the choice of a customer; an empty text is none.
pub(crate) fn customer(text: &str) -> Result<Option<CustomerId>, FieldError> {
    if text.is_empty() {
        return Ok(None);
    }
    let unknown =
        |_| FieldError::new("customerOrganizationId", "customer_unknown", "Choose a customer from the list.");
    text.parse().map(Some).map_err(unknown)
}

/// Which part of a list is wanted.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ListQuery {
    /// The search text.
    #[serde(default)]
    pub(crate) q: String,
    /// The cursor of the page before.
    #[serde(default)]
    pub(crate) after: String,
}

impl ListQuery {
    /// As operations want it. A cursor that is none leads to the first page.
    pub(crate) fn request(&self) -> PageRequest {
        PageRequest {
            search: Some(self.q.clone()).filter(|text| !text.trim().is_empty()),
            after: Cursor::decode(&self.after),
            limit: Some(ROWS),
        }
    }
}
