//! Lists, and what answers have in common.

use axum::body::Body;
use axum::response::Response;
use grantry_oci::digest::Digest;
use grantry_oci::list::{Catalog, Page, TagList, next_link};
use grantry_oci::manifest::MediaType;
use grantry_oci::name::Name;
use grantry_oci::referrers::{FILTER, Referrers};
use grantry_oci::resource::Resource;
use grantry_ops::Ops;
use grantry_ops::registry::client::Client;
use grantry_ops::registry::list;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, LINK, LOCATION, VARY};
use http::{HeaderName, HeaderValue, StatusCode};

use super::error::Result;

pub(super) static CONTENT_DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");
static FILTERS_APPLIED: HeaderName = HeaderName::from_static("oci-filters-applied");

/// An answer of one status without a body.
pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    if status != StatusCode::NO_CONTENT {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    response
}

/// An answer with JSON.
pub(super) fn json(status: StatusCode, body: impl Into<String>) -> Response {
    typed(status, "application/json", body.into())
}

fn typed(status: StatusCode, media_type: &'static str, body: String) -> Response {
    let mut response = empty(status);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    *response.body_mut() = Body::from(body);
    response
}

/// Adds a header whose value the hub has made of valid parts.
pub(super) fn with(mut response: Response, name: HeaderName, value: impl AsRef<str>) -> Response {
    if let Ok(value) = HeaderValue::try_from(value.as_ref()) {
        response.headers_mut().append(name, value);
    }
    response
}

/// An answer to what was stored.
pub(super) fn created(at: &Resource, digest: &Digest) -> Response {
    let response = with(empty(StatusCode::CREATED), LOCATION, at.to_string());
    with(response, CONTENT_DIGEST.clone(), digest.to_string())
}

/// What every answer with content says of it. Shared caches must not keep it: who may have it is decided each time.
pub(super) fn describe(response: Response, digest: &Digest) -> Response {
    let response = with(response, CONTENT_DIGEST.clone(), digest.to_string());
    let response = with(response, ETAG, grantry_oci::validator::etag(digest));
    let response = with(response, CACHE_CONTROL, "private, no-cache");
    with(response, VARY, "Authorization")
}

pub(super) async fn catalog(ops: &Ops, client: &Client, page: &Page) -> Result<Response> {
    let listed = list::catalog(ops, client, page).await?;
    let body = serde_json::to_string(&Catalog { repositories: &listed.items }).unwrap_or_default();
    let response = json(StatusCode::OK, body);
    Ok(match listed.items.last() {
        Some(last) if listed.has_more => {
            with(response, LINK, next_link(&Resource::Catalog, listed.limit, last.as_str()))
        }
        _ => response,
    })
}

pub(super) async fn tags(ops: &Ops, client: &Client, name: &Name, page: &Page) -> Result<Response> {
    let listed = list::tags(ops, client, name, page).await?;
    let body = serde_json::to_string(&TagList { name, tags: &listed.items }).unwrap_or_default();
    let response = json(StatusCode::OK, body);
    Ok(match listed.items.last() {
        Some(last) if listed.has_more => {
            with(response, LINK, next_link(&Resource::Tags(name.clone()), listed.limit, last.as_str()))
        }
        _ => response,
    })
}

pub(super) async fn referrers(
    ops: &Ops,
    client: &Client,
    (name, digest): (&Name, &Digest),
    artifact_type: Option<&str>,
    last: Option<&Digest>,
) -> Result<Response> {
    let found = list::referrers(ops, client, (name, digest), artifact_type, last).await?;
    let page = Referrers::page(found);
    let next = page.next_link(name, *digest, artifact_type);
    let body = serde_json::to_string(&page).unwrap_or_default();
    let mut response = typed(StatusCode::OK, MediaType::OCI_INDEX, body);
    if artifact_type.is_some() {
        response = with(response, FILTERS_APPLIED.clone(), FILTER);
    }
    Ok(match next {
        Some(link) => with(response, LINK, link),
        None => response,
    })
}
