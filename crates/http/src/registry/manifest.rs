//! Manifests.

use axum::body::Body;
use axum::response::Response;
use grantry_oci::manifest::MAX_MANIFEST_BYTES;
use grantry_oci::name::Name;
use grantry_oci::reference::{Reference, Tag};
use grantry_oci::resource::Resource;
use grantry_oci::validator::is_unchanged;
use grantry_ops::Ops;
use grantry_ops::registry::client::Client;
use grantry_ops::registry::manifest::{self, Found};
use grantry_ops::registry::push;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::answer::{created, describe, empty, with};
use super::body;
use super::error::Result;

static SUBJECT: HeaderName = HeaderName::from_static("oci-subject");
static TAG: HeaderName = HeaderName::from_static("oci-tag");

pub(super) async fn pull(
    ops: &Ops,
    client: &Client,
    (name, reference): (&Name, &Reference),
    headers: &HeaderMap,
) -> Result<Response> {
    if headers.contains_key(IF_NONE_MATCH) {
        // What the client has already is not pulled.
        let found = manifest::head(ops, client, name, reference).await?;
        if is_known(headers, &found) {
            return Ok(describe(empty(StatusCode::NOT_MODIFIED), &found.digest));
        }
    }
    let found = manifest::pull(ops, client, name, reference).await?;
    Ok(present(found))
}

pub(super) async fn head(
    ops: &Ops,
    client: &Client,
    (name, reference): (&Name, &Reference),
    headers: &HeaderMap,
) -> Result<Response> {
    let found = manifest::head(ops, client, name, reference).await?;
    let is_known = is_known(headers, &found);
    let mut response = present(found);
    if is_known {
        // Its headers are those that a 200 would have (RFC 9110, 15.4.5).
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    Ok(response)
}

fn is_known(headers: &HeaderMap, found: &Found) -> bool {
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    known.is_some_and(|known| is_unchanged(known, &found.digest))
}

fn present(found: Found) -> Response {
    let mut response = with(empty(StatusCode::OK), CONTENT_TYPE, &found.media_type);
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(found.size));
    let mut response = describe(response, &found.digest);
    if let Some(content) = found.content {
        *response.body_mut() = Body::from(content);
    }
    response
}

pub(super) async fn push(
    ops: &Ops,
    client: &Client,
    (name, reference, tags): (&Name, &Reference, &[Tag]),
    (headers, body): (&HeaderMap, Body),
) -> Result<Response> {
    let content = body::whole(body, headers, MAX_MANIFEST_BYTES).await?;
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let pushed = push::push(ops, client, (name, reference), tags, (content_type, &content)).await?;
    let mut response = created(&Resource::Manifest(name.clone(), reference.clone()), &pushed.digest);
    if let Some(subject) = pushed.subject {
        response = with(response, SUBJECT.clone(), subject.to_string());
    }
    for tag in tags {
        response = with(response, TAG.clone(), tag.as_str());
    }
    Ok(response)
}

pub(super) async fn delete(
    ops: &Ops,
    client: &Client,
    name: &Name,
    reference: &Reference,
) -> Result<Response> {
    manifest::delete(ops, client, name, reference).await?;
    Ok(empty(StatusCode::ACCEPTED))
}
