//! Bodies of forms, as browsers send them.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::Response;
use http::StatusCode;

use crate::app::App;
use crate::portal;

/// The fields of a form in the order in which they were sent; a name may occur several times.
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The value of a field; empty if there is none.
    pub(crate) fn text(&self, name: &str) -> String {
        self.all(name).next().unwrap_or_default()
    }

    /// All values of fields of this name, such as those of checked boxes.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = String> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.clone())
    }

    /// Reads the body of a request.
    pub(crate) async fn read(request: Request, app: &App) -> Result<Self, Response> {
        let body = Bytes::from_request(request, app).await.map_err(|rejection| {
            portal::error::page(rejection.status(), "The form is too large, or was not sent to its end.")
        })?;
        serde_urlencoded::from_bytes(&body).map(Self).map_err(|_| {
            let detail = "The form can't be read. Go back, reload the page and try again.";
            portal::error::page(StatusCode::BAD_REQUEST, detail)
        })
    }
}

/// What a form asks for. Nothing is checked here: a field that is missing is empty, and the operation judges it.
pub(crate) trait ReadForm: Send {
    /// Takes the values from their fields.
    fn read(fields: &Fields) -> Self;
}

/// A form without fields: a button.
impl ReadForm for () {
    fn read(_: &Fields) -> Self {}
}
