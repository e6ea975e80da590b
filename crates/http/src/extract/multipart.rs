//! Bodies of `multipart/form-data`, RFC 7578.

use axum::body::Bytes;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart as Reader, Request};
use axum::response::{IntoResponse, Response};
use grantry_ops::once;
use http::StatusCode;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::problem::{ApiProblem, of_field, plain};
use crate::{MAX_BODY, MAX_FILE};

/// Most parts of a body.
const MAX_PARTS: usize = 20;

/// The media types that a file may come with; it may also come without.
const FILE_TYPES: [&str; 5] =
    ["application/json", "application/yaml", "text/yaml", "text/x-yaml", "application/x-yaml"];

/// The parts of a form, each name once, with how the request is recognized when it comes again.
pub(crate) struct Multipart {
    parts: Vec<(String, Part)>,
    pub(crate) request: Option<once::Request>,
}

struct Part {
    content_type: Option<String>,
    bytes: Bytes,
}

impl Multipart {
    /// A part that is no file.
    ///
    /// # Errors
    /// The form has none of this name.
    pub(crate) fn require(&mut self, name: &'static str) -> Result<Bytes, Response> {
        self.take(name)
            .map(|part| part.bytes)
            .ok_or_else(|| of_field(name, "part_missing", format!("The form has no part “{name}”. Add it.")))
    }

    /// A file, if the form has it.
    ///
    /// # Errors
    /// It is too large, or of a media type that it may not have.
    pub(crate) fn file(&mut self, name: &'static str) -> Result<Option<Bytes>, Response> {
        let Some(part) = self.take(name) else { return Ok(None) };
        fits(name, &part.bytes)?;
        let media = part.content_type.as_deref().map(|text| text.split(';').next().unwrap_or("").trim());
        if media.is_some_and(|media| !FILE_TYPES.iter().any(|one| one.eq_ignore_ascii_case(media))) {
            let detail = format!("Send “{name}” as application/yaml, or without a content type.");
            return Err(plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type_unsupported", detail));
        }
        Ok(Some(part.bytes))
    }

    /// An image, whose content type is not asked: its bytes say what it is.
    ///
    /// # Errors
    /// The form has none of this name, or it is too large.
    pub(crate) fn image(&mut self, name: &'static str) -> Result<Bytes, Response> {
        let bytes = self.require(name)?;
        fits(name, &bytes)?;
        Ok(bytes)
    }

    /// A word, if the form has it and it is not empty.
    ///
    /// # Errors
    /// It is no text.
    pub(crate) fn word(&mut self, name: &'static str) -> Result<Option<String>, Response> {
        let Some(part) = self.take(name) else { return Ok(None) };
        let text = String::from_utf8(part.bytes.into()).map_err(|_| {
            of_field(name, "text_malformed", format!("“{name}” is no text in UTF-8. Correct it."))
        })?;
        Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
    }

    fn take(&mut self, name: &str) -> Option<Part> {
        let index = self.parts.iter().position(|(one, _)| one == name)?;
        Some(self.parts.swap_remove(index).1)
    }

    async fn read(mut reader: Reader) -> Result<Vec<(String, Part)>, Response> {
        let mut parts: Vec<(String, Part)> = Vec::new();
        while let Some(field) = reader.next_field().await.map_err(|error| unreadable(&error))? {
            let name = field.name().unwrap_or_default().to_owned();
            if parts.len() == MAX_PARTS {
                let detail = format!("The form has more than {MAX_PARTS} parts.");
                return Err(of_field("", "too_many_parts", detail));
            }
            if parts.iter().any(|(one, _)| *one == name) {
                let detail = format!("The form has two parts “{name}”. Send one.");
                return Err(of_field(&name, "part_twice", detail));
            }
            parts.push((name, Part::read(field).await?));
        }
        parts.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        Ok(parts)
    }
}

impl Part {
    async fn read(field: Field<'_>) -> Result<Self, Response> {
        let content_type = field.content_type().map(str::to_owned);
        Ok(Self { content_type, bytes: field.bytes().await.map_err(|error| unreadable(&error))? })
    }
}

fn fits(name: &str, bytes: &Bytes) -> Result<(), Response> {
    if bytes.len() <= MAX_FILE {
        return Ok(());
    }
    let detail = format!("“{name}” is larger than {} KiB. Shorten it.", MAX_FILE / 1024);
    Err(plain(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large", detail))
}

fn unreadable(error: &MultipartError) -> Response {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let detail = format!("The body is larger than {MAX_BODY} bytes. Send less at once.");
        return plain(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail);
    }
    of_field("", "multipart_malformed", "The body is no well-formed multipart/form-data.")
}

impl FromRequest<App> for Multipart {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let target = format!("{} {}", request.method(), request.uri().path());
        let key = request.headers().get("idempotency-key").map(|key| key.to_str().unwrap_or("").to_owned());
        let reader = Reader::from_request(request, app).await.map_err(|_| {
            let detail = "Send the body as multipart/form-data.";
            plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type_unsupported", detail)
        })?;
        let parts = Self::read(reader).await?;
        let request = key.map(|key| {
            once::Request::new(&key, hash(&target, &parts))
                .map_err(|error| ApiProblem::from(error).into_response())
        });
        Ok(Self { parts, request: request.transpose()? })
    }
}

/// What was asked for, whatever boundary stands between the parts: a client makes a new one each time.
fn hash(target: &str, parts: &[(String, Part)]) -> String {
    let mut hash = Sha256::new();
    hash.update(target);
    for (name, part) in parts {
        for bytes in [name.as_bytes(), &part.bytes] {
            hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(bytes);
        }
    }
    hex::encode(hash.finalize())
}
