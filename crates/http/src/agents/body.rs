//! Bodies that agents send.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::Response;
use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::problem::{of_field, plain};

/// Most bytes of a body: as many lines as agents send at once, each as long as may be.
pub(super) const MAX_BODY: usize = 32 << 20;

/// A whole body.
pub(super) struct Body(Bytes);

impl FromRequest<App> for Body {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let read = Bytes::from_request(request, app).await;
        read.map(Self).map_err(|rejection| match rejection.status() {
            // Agents drop what is answered by 400 and send all else again, and this never becomes shorter.
            StatusCode::PAYLOAD_TOO_LARGE => {
                let detail = format!("The body is larger than {MAX_BODY} bytes. Send less at once.");
                plain(StatusCode::BAD_REQUEST, "body_too_large", detail)
            }
            _ => plain(
                StatusCode::REQUEST_TIMEOUT,
                "body_unreadable",
                "The body could not be read to its end.",
            ),
        })
    }
}

impl Body {
    /// The body as JSON. What it calls itself does not matter.
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T, Response> {
        let mut json = serde_json::Deserializer::from_slice(&self.0);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let field = error.path().to_string();
            let field = if matches!(&*field, "." | "?") { "" } else { &field };
            of_field(field, "json_malformed", format!("The body can't be read: {}.", error.inner()))
        })?;
        json.end().map_err(|_| {
            of_field("", "json_malformed", "The body goes on after its JSON value. Send one value.")
        })?;
        Ok(value)
    }
}
