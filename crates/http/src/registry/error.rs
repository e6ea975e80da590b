//! Errors of the registry as clients get them.

use axum::body::Body;
use axum::response::Response;
use grantry_blobs::error::Error as StorageError;
use grantry_oci::error::{ErrorBody, ErrorCode};
use grantry_oci::range::received;
use grantry_oci::request::{Request, RequestError};
use grantry_oci::resource::Resource;
use grantry_oci::scope::Scope;
use grantry_ops::error::Error as OpsError;
use grantry_ops::registry::error::Error;
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HOST, LOCATION, RANGE, RETRY_AFTER, WWW_AUTHENTICATE,
};
use http::request::Parts;
use http::{HeaderValue, StatusCode};

use super::upload::UPLOAD_ID;
use crate::app::App;
use crate::extract::address::forwarded_scheme;
use crate::observe::Failure;

/// The result of a handler.
pub(super) type Result<T> = std::result::Result<T, Failed>;

/// Seconds after which a client may try again what failed for want of the database or the storage.
const RETRY: &str = "5";

/// Why a request failed, and what it asked for. Boxed, since it is the error of every handler.
#[derive(Debug)]
pub(super) struct Failed(Box<Refusal>);

#[derive(Debug)]
struct Refusal {
    cause: Cause,
    scopes: Vec<Scope>,
    upload: Option<Resource>,
}

#[derive(Debug)]
enum Cause {
    Request(RequestError),
    TooLarge,
    Operation(Error),
}

impl Failed {
    fn new(cause: Cause) -> Self {
        Self(Box::new(Refusal { cause, scopes: Vec::new(), upload: None }))
    }

    /// A body that is larger than a manifest may be.
    pub(super) fn too_large() -> Self {
        Self::new(Cause::TooLarge)
    }

    /// A failure to authenticate for what was asked.
    pub(super) fn asking(error: Error, request: Option<&Request>) -> Self {
        let failed = Self::from(error);
        match request {
            Some(request) => failed.of(request),
            None => failed,
        }
    }

    /// The failure of this request.
    pub(super) fn of(mut self, request: &Request) -> Self {
        let upload = match request {
            Request::UploadChunk { name, upload } | Request::UploadFinish { name, upload, .. } => {
                Some(Resource::Upload(name.clone(), *upload))
            }
            _ => None,
        };
        self.0.scopes = request.scopes();
        self.0.upload = upload;
        self
    }

    pub(super) fn render(self, app: &App, parts: &Parts) -> Response {
        let (status, code, message) = self.words();
        let body = serde_json::to_vec(&ErrorBody::saying(code, message)).unwrap_or_default();
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match &self.0.cause {
            Cause::Request(RequestError::Method { allow }) => {
                headers.insert(ALLOW, HeaderValue::from_static(allow));
            }
            Cause::Operation(Error::OutOfOrder { received: so_far } | Error::Busy { received: so_far }) => {
                insert(&mut response, RANGE, received(*so_far));
                if let Some(Resource::Upload(_, id)) = &self.0.upload {
                    insert(&mut response, UPLOAD_ID.clone(), id.to_string());
                }
                if let Some(upload) = &self.0.upload {
                    insert(&mut response, LOCATION, upload.to_string());
                }
            }
            Cause::Operation(Error::Unauthenticated) => {
                insert(&mut response, WWW_AUTHENTICATE, challenge(app, parts, &self.0.scopes, false));
            }
            Cause::Operation(Error::InsufficientScope) => {
                insert(&mut response, WWW_AUTHENTICATE, challenge(app, parts, &self.0.scopes, true));
            }
            Cause::Operation(Error::Hub(OpsError::Throttled { retry_after })) => {
                insert(&mut response, RETRY_AFTER, retry_after.as_secs().max(1).to_string());
            }
            _ if status == StatusCode::SERVICE_UNAVAILABLE => {
                insert(&mut response, RETRY_AFTER, RETRY.to_owned());
            }
            _ => {}
        }
        if let Cause::Operation(error) = &self.0.cause {
            response.extensions_mut().insert(Failure::of(error));
        }
        *response.body_mut() = Body::from(body);
        response
    }

    /// Status, code and sentence.
    fn words(&self) -> (StatusCode, ErrorCode, String) {
        let of = |code: ErrorCode| {
            StatusCode::from_u16(code.descriptor().status).unwrap_or(StatusCode::BAD_REQUEST)
        };
        let error = match &self.0.cause {
            Cause::Request(error) => {
                let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
                return (status, error.code(), error.to_string());
            }
            Cause::TooLarge => {
                let message = "A manifest has at most 8 MiB.".to_owned();
                return (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::SizeInvalid, message);
            }
            Cause::Operation(error) => error,
        };
        let (status, code) = match error {
            Error::Unauthenticated | Error::InsufficientScope | Error::Hub(OpsError::Unauthenticated) => {
                (StatusCode::UNAUTHORIZED, ErrorCode::Unauthorized)
            }
            Error::Refused { code, .. } => (of(*code), *code),
            Error::OutOfOrder { .. } | Error::Busy { .. } => {
                (StatusCode::RANGE_NOT_SATISFIABLE, ErrorCode::BlobUploadInvalid)
            }
            Error::Body(_) => (StatusCode::BAD_REQUEST, ErrorCode::BlobUploadInvalid),
            Error::Storage(StorageError::Unavailable { .. } | StorageError::Full(_)) => {
                (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unsupported)
            }
            Error::Storage(_) => (StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Unsupported),
            Error::Hub(error) => of_hub(error),
        };
        let message = match error {
            // What is wrong inside is for the log.
            Error::Storage(_) if status == StatusCode::INTERNAL_SERVER_ERROR => {
                "Something went wrong inside the hub.".to_owned()
            }
            error => error.to_string(),
        };
        (status, code, message)
    }
}

fn of_hub(error: &OpsError) -> (StatusCode, ErrorCode) {
    match error {
        OpsError::Unauthenticated => (StatusCode::UNAUTHORIZED, ErrorCode::Unauthorized),
        OpsError::Denied(_) => (StatusCode::FORBIDDEN, ErrorCode::Denied),
        OpsError::NotFound(_) => (StatusCode::NOT_FOUND, ErrorCode::NameUnknown),
        OpsError::Invalid(_) => (StatusCode::BAD_REQUEST, ErrorCode::Unsupported),
        OpsError::Conflict(_) | OpsError::Affects(_) => {
            (StatusCode::METHOD_NOT_ALLOWED, ErrorCode::Unsupported)
        }
        OpsError::Throttled { .. } => (StatusCode::TOO_MANY_REQUESTS, ErrorCode::TooManyRequests),
        OpsError::Unavailable { .. } => (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unsupported),
        OpsError::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Unsupported),
    }
}

fn insert(response: &mut Response, name: http::HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}

/// Where and for what a client gets a token. The realm is on the host that the client has reached, which it can reach again.
fn challenge(app: &App, parts: &Parts, scopes: &[Scope], is_insufficient: bool) -> String {
    let public = app.ops.settings().public_url.as_str();
    let (public_scheme, public_host) = public.split_once("://").unwrap_or(("http", public));
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.or(parts.uri.authority().map(http::uri::Authority::as_str));
    let is_host = |host: &&str| !host.is_empty() && !host.contains(['"', '\\', '/', '@', '?', '#']);
    let host = host.filter(is_host).unwrap_or(public_host);
    // The hub speaks no TLS itself. A proxy that does says so, or is known by its name; who names a port besides has come past
    // it.
    let is_direct = host != public_host && host.trim_end_matches(|c: char| c.is_ascii_digit()).ends_with(':');
    let scheme = forwarded_scheme(app, &parts.headers, &parts.extensions);
    let scheme = scheme.unwrap_or(if is_direct { "http" } else { public_scheme });
    let mut challenge = format!("Bearer realm=\"{scheme}://{host}/v2/token\",service=\"{host}\"");
    if !scopes.is_empty() {
        let scopes: Vec<String> = scopes.iter().map(ToString::to_string).collect();
        challenge.push_str(&format!(",scope=\"{}\"", scopes.join(" ")));
    }
    if is_insufficient {
        challenge.push_str(",error=\"insufficient_scope\"");
    }
    challenge
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::new(Cause::Operation(error))
    }
}

impl From<RequestError> for Failed {
    fn from(error: RequestError) -> Self {
        Self::new(Cause::Request(error))
    }
}
