//! The registry: the OCI Distribution API under `/v2/`, on the hub's listener or on one of its own.
//!
//! A request is parsed once into an [`oci::Request`](grantry_oci::request::Request), which is then authorized and dispatched.

mod answer;
mod blob;
mod body;
mod credential;
mod error;
mod manifest;
mod token;
mod upload;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request as HttpRequest, State};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{any, get};
use grantry_oci::request::Request;
use http::header::{CONNECTION, EXPECT};
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode};

use crate::app::App;
use error::{Failed, Result};

static API_VERSION: HeaderName = HeaderName::from_static("docker-distribution-api-version");

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/v2/token", get(token::by_query).post(token::by_form).fallback(token::by_other_method))
        .route("/v2", any(serve))
        .route("/v2/", any(serve))
        .route("/v2/{*rest}", any(serve))
        .layer(map_response(mark))
}

async fn serve(State(app): State<App>, request: HttpRequest) -> Response {
    let (parts, body) = request.into_parts();
    let (body, rest) = body::returning(body);
    let failed = match dispatch(&app, &parts, body).await {
        Ok(response) => return response,
        Err(failed) => failed,
    };
    // A client that is still sending would not hear the answer. One that waits to be asked for the body hears it; reading
    // would ask (RFC 9110, 10.1.1).
    let is_waiting = parts.headers.contains_key(EXPECT);
    let is_whole = !is_waiting && rest.drain().await;
    let mut response = failed.render(&app, &parts);
    if !is_whole {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Docker asks on every answer, also on how to sign in, whether this is a registry.
async fn mark(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(API_VERSION.clone(), HeaderValue::from_static("registry/2.0"));
    headers.insert(http::header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn dispatch(app: &App, parts: &Parts, body: Body) -> Result<Response> {
    let parsed =
        Request::parse(parts.method.as_str(), parts.uri.path(), parts.uri.query().unwrap_or_default());
    // Who is not known learns nothing but how to sign in, not even whether the request is a good one.
    let client =
        credential::client(app, parts).map_err(|error| Failed::asking(error, parsed.as_ref().ok()))?;
    let request = parsed?;
    let (ops, client) = (&app.ops, &client);
    let answered = match &request {
        Request::Ping => {
            let checked = grantry_ops::registry::client::check(ops, client).await;
            checked.map(|()| answer::json(StatusCode::OK, "{}")).map_err(Failed::from)
        }
        Request::Catalog(page) => answer::catalog(ops, client, page).await,
        Request::Tags { name, page } => answer::tags(ops, client, name, page).await,
        Request::Referrers { name, digest, artifact_type, last } => {
            answer::referrers(ops, client, (name, digest), artifact_type.as_deref(), last.as_ref()).await
        }
        Request::ManifestGet { name, reference } => {
            manifest::pull(ops, client, (name, reference), &parts.headers).await
        }
        Request::ManifestHead { name, reference } => {
            manifest::head(ops, client, (name, reference), &parts.headers).await
        }
        Request::ManifestPut { name, reference, tags } => {
            manifest::push(ops, client, (name, reference, tags), (&parts.headers, body)).await
        }
        Request::ManifestDelete { name, reference } => manifest::delete(ops, client, name, reference).await,
        Request::BlobGet { name, digest } => blob::pull(ops, client, (name, digest), &parts.headers).await,
        Request::BlobHead { name, digest } => blob::head(ops, client, (name, digest), &parts.headers).await,
        Request::BlobDelete { name, digest } => blob::delete(ops, client, name, digest).await,
        Request::BlobPost { name, digest } => {
            upload::push(ops, client, (name, digest), (&parts.headers, body)).await
        }
        Request::BlobMount { name, digest, from } => {
            upload::mount(ops, client, (name, digest), from.as_ref()).await
        }
        Request::UploadStart { name, .. } => upload::start(ops, client, name).await,
        Request::UploadStatus { name, upload } => upload::status(ops, client, name, *upload).await,
        Request::UploadChunk { name, upload } => {
            upload::append(ops, client, (name, *upload), (&parts.headers, body)).await
        }
        Request::UploadFinish { name, upload, digest } => {
            upload::finish(ops, client, (name, *upload, digest), (&parts.headers, body)).await
        }
        Request::UploadCancel { name, upload } => upload::cancel(ops, client, name, *upload).await,
    };
    answered.map_err(|failed| failed.of(&request))
}
