//! Parameters of queries that are more than text. An empty one is as if it were absent.

use std::str::FromStr;

use axum::response::Response;
use chrono::{DateTime, Utc};

use crate::problem::of_field;

/// A moment.
pub(super) fn time(field: &str, text: Option<&str>) -> Result<Option<DateTime<Utc>>, Response> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    DateTime::parse_from_rfc3339(text).map(|time| Some(time.to_utc())).map_err(|_| {
        of_field(
            field,
            "time_malformed",
            format!("{field} must be a time as in RFC 3339, for example 2026-11-24T12:00:00Z."),
        )
    })
}

/// An id.
pub(super) fn id<T: FromStr>(field: &str, text: Option<&str>) -> Result<Option<T>, Response> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| of_field(field, "id_malformed", format!("{field} must be a UUID.")))
}

/// A number.
pub(super) fn number<T: FromStr>(field: &str, text: Option<&str>) -> Result<Option<T>, Response> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    text.parse()
        .map(Some)
        .map_err(|_| of_field(field, "number_malformed", format!("{field} must be a number.")))
}

/// A parameter that there must be.
pub(super) fn required<T>(field: &str, value: Option<T>) -> Result<T, Response> {
    value.ok_or_else(|| of_field(field, "parameter_missing", format!("Give the parameter {field}.")))
}
