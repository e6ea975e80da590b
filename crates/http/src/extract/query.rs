//! Query strings.

use axum::extract::FromRequestParts;
use axum::response::Response;
use http::StatusCode;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::portal;
use crate::problem::plain;

/// The query, as a struct of optional texts.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        #[expect(
            clippy::disallowed_types,
            reason = "the one place that turns axum's rejection into a problem"
        )]
        let query = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        query.map(|axum::extract::Query(query)| Self(query)).map_err(|_| {
            let detail = "The query of this address can't be read. Check its parameters.";
            if parts.uri.path().starts_with("/api/") {
                plain(StatusCode::BAD_REQUEST, "query_malformed", detail)
            } else {
                portal::error::page(StatusCode::BAD_REQUEST, detail)
            }
        })
    }
}
