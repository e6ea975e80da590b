//! Uploads of blobs.

use axum::body::Body;
use axum::response::Response;
use grantry_oci::digest::Digest;
use grantry_oci::name::Name;
use grantry_oci::range::received;
use grantry_oci::resource::{Resource, UploadId};
use grantry_ops::Ops;
use grantry_ops::registry::client::Client;
use grantry_ops::registry::{blob, upload};
use http::header::{LOCATION, RANGE};
use http::{HeaderMap, HeaderName, StatusCode};

use super::answer::{created, empty, with};
use super::body;
use super::error::Result;

pub(super) static UPLOAD_ID: HeaderName = HeaderName::from_static("docker-upload-uuid");

/// Where a session is, and how far it came.
fn session(status: StatusCode, (name, id): (&Name, UploadId), offset: u64) -> Response {
    let response = with(empty(status), LOCATION, Resource::Upload(name.clone(), id).to_string());
    let response = with(response, UPLOAD_ID.clone(), id.to_string());
    with(response, RANGE, received(offset))
}

pub(super) async fn start(ops: &Ops, client: &Client, name: &Name) -> Result<Response> {
    let id = upload::start(ops, client, name).await?;
    Ok(session(StatusCode::ACCEPTED, (name, id), 0))
}

pub(super) async fn mount(
    ops: &Ops,
    client: &Client,
    (name, digest): (&Name, &Digest),
    from: Option<&Name>,
) -> Result<Response> {
    if blob::mount(ops, client, (name, digest), from).await? {
        return Ok(created(&Resource::Blob(name.clone(), *digest), digest));
    }
    start(ops, client, name).await
}

pub(super) async fn push(
    ops: &Ops,
    client: &Client,
    (name, digest): (&Name, &Digest),
    (headers, body): (&HeaderMap, Body),
) -> Result<Response> {
    let chunk = body::chunk(headers)?;
    upload::push(ops, client, (name, digest), chunk, body::stream(body)).await?;
    Ok(created(&Resource::Blob(name.clone(), *digest), digest))
}

pub(super) async fn status(ops: &Ops, client: &Client, name: &Name, id: UploadId) -> Result<Response> {
    let offset = upload::status(ops, client, name, id).await?;
    Ok(session(StatusCode::NO_CONTENT, (name, id), offset))
}

pub(super) async fn append(
    ops: &Ops,
    client: &Client,
    (name, id): (&Name, UploadId),
    (headers, body): (&HeaderMap, Body),
) -> Result<Response> {
    let chunk = body::chunk(headers)?;
    let offset = upload::append(ops, client, (name, id), chunk, body::stream(body)).await?;
    Ok(session(StatusCode::ACCEPTED, (name, id), offset))
}

pub(super) async fn finish(
    ops: &Ops,
    client: &Client,
    (name, id, digest): (&Name, UploadId, &Digest),
    (headers, body): (&HeaderMap, Body),
) -> Result<Response> {
    let chunk = body::chunk(headers)?;
    upload::finish(ops, client, (name, id, digest), chunk, body::stream(body)).await?;
    Ok(created(&Resource::Blob(name.clone(), *digest), digest))
}

pub(super) async fn cancel(ops: &Ops, client: &Client, name: &Name, id: UploadId) -> Result<Response> {
    upload::cancel(ops, client, name, id).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
