//! Blobs on their way out, whole or in parts.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use grantry_oci::digest::Digest;
use grantry_oci::error::{ErrorBody, ErrorCode};
use grantry_oci::name::Name;
use grantry_oci::range::{ByteRange, Selection, select, unsatisfied};
use grantry_oci::validator::{allows_range, is_unchanged};
use grantry_ops::Ops;
use grantry_ops::registry::blob::{self, Blob, Part};
use grantry_ops::registry::client::Client;
use http::header::{
    ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, IF_NONE_MATCH, IF_RANGE, RANGE,
};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::answer::{describe, empty, json, with};
use super::error::Result;

const OCTETS: &str = "application/octet-stream";
/// Between the parts of an answer to several ranges. Content that holds it does no harm: clients go by the lengths, and a
/// boundary is preceded by a line break and followed by the header that the hub writes.
const BOUNDARY: &str = "grantry-part-8f2d0b7c41e94a6f";

pub(super) async fn pull(
    ops: &Ops,
    client: &Client,
    (name, digest): (&Name, &Digest),
    headers: &HeaderMap,
) -> Result<Response> {
    if is_known(headers, digest) {
        // What the client has already is not fetched from an upstream.
        blob::head(ops, client, name, digest).await?;
        return Ok(describe(empty(StatusCode::NOT_MODIFIED), digest));
    }
    let blob = blob::pull(ops, client, name, digest).await?;
    match selection(headers, &blob) {
        Selection::Whole => whole(blob).await,
        Selection::One(range) => one(blob, range).await,
        Selection::Several(ranges) => Ok(several(blob, ranges)),
        Selection::Unsatisfiable => {
            let message = format!("The blob has {} bytes, and none of those asked for.", blob.size);
            let body = serde_json::to_string(&ErrorBody::saying(ErrorCode::SizeInvalid, message));
            let response = json(StatusCode::RANGE_NOT_SATISFIABLE, body.unwrap_or_default());
            Ok(with(response, CONTENT_RANGE, unsatisfied(blob.size)))
        }
    }
}

pub(super) async fn head(
    ops: &Ops,
    client: &Client,
    (name, digest): (&Name, &Digest),
    headers: &HeaderMap,
) -> Result<Response> {
    let size = blob::head(ops, client, name, digest).await?;
    if is_known(headers, digest) {
        // The length is that of what a 200 would describe (RFC 9110, 8.6).
        return Ok(sized(describe(empty(StatusCode::NOT_MODIFIED), digest), size));
    }
    Ok(sized(described(StatusCode::OK, digest), size))
}

pub(super) async fn delete(ops: &Ops, client: &Client, name: &Name, digest: &Digest) -> Result<Response> {
    blob::delete(ops, client, name, digest).await?;
    Ok(empty(StatusCode::ACCEPTED))
}

fn is_known(headers: &HeaderMap, digest: &Digest) -> bool {
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    known.is_some_and(|known| is_unchanged(known, digest))
}

fn selection(headers: &HeaderMap, blob: &Blob) -> Selection {
    let text = |name| headers.get(name).and_then(|value| HeaderValue::to_str(value).ok());
    match text(RANGE) {
        Some(range) if text(IF_RANGE).is_none_or(|known| allows_range(known, &blob.digest)) => {
            select(range, blob.size)
        }
        _ => Selection::Whole,
    }
}

fn described(status: StatusCode, digest: &Digest) -> Response {
    let response = with(describe(empty(status), digest), ACCEPT_RANGES, "bytes");
    with(response, CONTENT_TYPE, OCTETS)
}

fn sized(mut response: Response, size: u64) -> Response {
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(size));
    response
}

async fn whole(blob: Blob) -> Result<Response> {
    let part = blob.read(0..blob.size).await?;
    let mut response = sized(described(StatusCode::OK, &blob.digest), blob.size);
    *response.body_mut() = body(part);
    Ok(response)
}

async fn one(blob: Blob, range: ByteRange) -> Result<Response> {
    let part = blob.read(range.start()..range.end() + 1).await?;
    let response = sized(described(StatusCode::PARTIAL_CONTENT, &blob.digest), range.len());
    let mut response = with(response, CONTENT_RANGE, range.content_range(blob.size));
    *response.body_mut() = body(part);
    Ok(response)
}

fn body(part: Part) -> Body {
    match part {
        Part::Whole(bytes) => Body::from(bytes),
        Part::Stream(content) => Body::from_stream(content),
    }
}

/// `multipart/byteranges` (RFC 9110, 14.6): clients of zstd:chunked layers ask for it.
fn several(blob: Blob, ranges: Vec<ByteRange>) -> Response {
    let heads: Vec<String> = ranges.iter().map(|range| part_head(*range, blob.size)).collect();
    let end = format!("\r\n--{BOUNDARY}--\r\n");
    let lengths = heads.iter().zip(&ranges).map(|(head, range)| head.len() as u64 + range.len());
    let size = lengths.sum::<u64>() + end.len() as u64;
    let mut response = sized(describe(empty(StatusCode::PARTIAL_CONTENT), &blob.digest), size);
    response = with(response, ACCEPT_RANGES, "bytes");
    response = with(response, CONTENT_TYPE, format!("multipart/byteranges; boundary={BOUNDARY}"));
    let blob = std::sync::Arc::new(blob);
    let parts = stream::iter(heads.into_iter().zip(ranges)).then(move |(head, range)| {
        let blob = std::sync::Arc::clone(&blob);
        async move {
            let part = blob.read(range.start()..range.end() + 1).await?;
            let head = stream::once(async { Ok(Bytes::from(head)) });
            let bytes = match part {
                Part::Whole(bytes) => stream::once(async { Ok(bytes) }).left_stream(),
                Part::Stream(content) => {
                    content.map_err(grantry_ops::registry::error::Error::from).right_stream()
                }
            };
            Ok::<_, grantry_ops::registry::error::Error>(head.chain(bytes))
        }
    });
    let end = stream::once(async { Ok(Bytes::from(end)) });
    *response.body_mut() = Body::from_stream(parts.try_flatten().chain(end));
    response
}

fn part_head(range: ByteRange, size: u64) -> String {
    format!(
        "\r\n--{BOUNDARY}\r\nContent-Type: {OCTETS}\r\nContent-Range: {}\r\n\r\n",
        range.content_range(size)
    )
}
