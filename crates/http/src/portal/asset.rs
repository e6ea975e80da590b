//! Stylesheet, scripts and icons. Their names carry a hash of their content, so a browser asks for each once.

use axum::response::{IntoResponse, Response};
use grantry_ui::asset::asset;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{StatusCode, Uri};

use crate::portal::error;

/// One file.
pub(crate) async fn show(uri: Uri) -> Response {
    let name = uri.path().rsplit('/').next().unwrap_or_default();
    let Some(asset) = asset(name) else {
        return error::page(StatusCode::NOT_FOUND, "There is nothing at this address.");
    };
    let headers =
        [(CONTENT_TYPE, asset.content_type), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, asset.bytes).into_response()
}
