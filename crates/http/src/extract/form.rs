//! Bodies of forms, as browsers send them: urlencoded, or as `multipart/form-data` if files may be among the fields.

use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request};
use axum::response::Response;
use http::StatusCode;
use http::header::CONTENT_TYPE;

use crate::MAX_FILE;
use crate::app::App;
use crate::portal;

/// The fields of a form in the order in which they were sent; a name may occur several times.
pub(crate) struct Fields {
    texts: Vec<(String, String)>,
    /// What was chosen for fields that take any file, see [`ReadForm::FILES`].
    files: Vec<(String, Bytes)>,
}

impl Fields {
    /// The value of a field; empty if there is none.
    pub(crate) fn text(&self, name: &str) -> String {
        self.all(name).next().unwrap_or_default()
    }

    /// All values of fields of this name, such as those of checked boxes.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = String> {
        self.texts.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.clone())
    }

    /// The bytes of a chosen file, of which no more are kept than it takes to see that they are too many; empty if none was
    /// chosen.
    pub(crate) fn file(&self, name: &str) -> Bytes {
        self.files.iter().find(|(found, _)| found == name).map(|(_, bytes)| bytes.clone()).unwrap_or_default()
    }

    /// Reads the body of a request, for a form that takes any file in `files`.
    pub(crate) async fn read(request: Request, app: &App, files: &[&str]) -> Result<Self, Response> {
        if is_multipart(&request) {
            return Self::read_parts(request, app, files).await;
        }
        let body = Bytes::from_request(request, app)
            .await
            .map_err(|rejection| portal::error::page(rejection.status(), INCOMPLETE))?;
        serde_urlencoded::from_bytes(&body)
            .map(|texts| Self { texts, files: Vec::new() })
            .map_err(|_| portal::error::page(StatusCode::BAD_REQUEST, UNREADABLE))
    }

    async fn read_parts(request: Request, app: &App, files: &[&str]) -> Result<Self, Response> {
        let unreadable = |_| portal::error::page(StatusCode::BAD_REQUEST, UNREADABLE);
        let incomplete = |error: MultipartError| portal::error::page(error.status(), INCOMPLETE);
        let mut parts = Multipart::from_request(request, app).await.map_err(unreadable)?;
        let (mut texts, mut chosen) = (Vec::new(), Vec::new());
        while let Some(mut part) = parts.next_field().await.map_err(incomplete)? {
            let name = part.name().unwrap_or_default().to_owned();
            if files.contains(&name.as_str()) {
                let mut bytes = Vec::new();
                while let Some(chunk) = part.chunk().await.map_err(incomplete)? {
                    let room = (MAX_FILE + 1).saturating_sub(bytes.len());
                    bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
                }
                chosen.push((name, bytes.into()));
                continue;
            }
            let bytes = part.bytes().await.map_err(incomplete)?;
            let text = String::from_utf8(bytes.into()).map_err(|_| {
                let detail = "A chosen file is no text in UTF-8. Go back and choose another one.";
                portal::error::page(StatusCode::UNPROCESSABLE_ENTITY, detail)
            })?;
            texts.push((name, text));
        }
        Ok(Self { texts, files: chosen })
    }
}

const INCOMPLETE: &str = "The form is too large, or was not sent to its end.";
const UNREADABLE: &str = "The form can't be read. Go back, reload the page and try again.";

fn is_multipart(request: &Request) -> bool {
    let media = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media.trim_start().to_ascii_lowercase().starts_with("multipart/form-data")
}

/// What a form asks for. Nothing is checked here: a field that is missing is empty, and the operation judges it.
pub(crate) trait ReadForm: Send {
    /// Names of the fields that take any file; those of others are texts.
    const FILES: &'static [&'static str] = &[];

    /// Takes the values from their fields.
    fn read(fields: &Fields) -> Self;
}

/// A form without fields: a button.
impl ReadForm for () {
    fn read(_: &Fields) -> Self {}
}
