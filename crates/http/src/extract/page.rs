//! Which part of a list is wanted: `q`, `limit` and `cursor`.

use axum::extract::FromRequestParts;
use axum::response::Response;
use grantry_model::page::{Cursor, MAX_LIMIT, PageRequest};
use http::request::Parts;
use serde::Deserialize;

use crate::extract::Query;
use crate::problem::of_field;

/// The part that is wanted; without parameters the whole list.
pub(crate) struct Paging(pub(crate) PageRequest);

#[derive(Deserialize)]
struct Params {
    q: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let Query(Params { q, limit, cursor }) = Query::from_request_parts(parts, state).await?;
        let limit = limit.map(|text| parse_limit(&text)).transpose()?;
        let after = cursor.map(|text| parse_cursor(&text)).transpose()?;
        Ok(Self(PageRequest { search: q.filter(|text| !text.is_empty()), after, limit }))
    }
}

fn parse_limit(text: &str) -> Result<usize, Response> {
    text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit)).ok_or_else(|| {
        of_field("limit", "limit_out_of_range", format!("limit must be a number from 1 to {MAX_LIMIT}."))
    })
}

fn parse_cursor(text: &str) -> Result<Cursor, Response> {
    Cursor::decode(text).ok_or_else(|| {
        of_field(
            "cursor",
            "cursor_malformed",
            "cursor must be what the Link header of the page before names.",
        )
    })
}
