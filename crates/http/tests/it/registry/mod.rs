//! The registry: each rule of the OCI Distribution specification and of its clients, and who may see and pull what.

mod answers;
mod blob;
mod grants;
mod immediate;
mod isolation;
mod manifest_pull;
mod manifest_push;
mod mount;
mod outage;
mod pushed;
mod referrers;
mod remove;
mod replica;
mod tags;
mod token;
mod upload;
mod wire;

use std::path::PathBuf;

use grantry_oci::digest::{Algorithm, Digest};
use grantry_store::db::params;
use grantry_testkit::client::Client;
use grantry_testkit::hub::TestHub;
use grantry_testkit::registry::IMAGE;
use grantry_testkit::reply::Reply;
use http::Method;
use serde_json::{Value, json};

/// The SHA-256 of bytes, as digests are written.
fn sha256(bytes: impl AsRef<[u8]>) -> String {
    Digest::of(Algorithm::Sha256, bytes.as_ref()).to_string()
}

/// The SHA-512 of bytes.
fn sha512(bytes: impl AsRef<[u8]>) -> String {
    Digest::of(Algorithm::Sha512, bytes.as_ref()).to_string()
}

/// Requires an error as clients of registries read it: JSON with one code and a sentence, of the length it says.
#[track_caller]
fn expect_error(reply: &Reply, status: u16, code: &str) {
    assert_eq!(reply.status.as_u16(), status, "{reply}");
    assert_eq!(reply.header("content-type"), "application/json", "{reply}");
    assert_eq!(reply.header("docker-distribution-api-version"), "registry/2.0");
    assert_eq!(reply.header("content-length"), reply.body.len().to_string());
    let errors = reply.json();
    let errors = errors["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{reply}");
    assert_eq!(errors[0]["code"], code, "{reply}");
    assert!(!errors[0]["message"].as_str().unwrap().is_empty(), "{reply}");
}

async fn get(client: &Client, path: &str) -> Reply {
    client.registry(Method::GET, path).send().await
}

async fn head(client: &Client, path: &str) -> Reply {
    client.registry(Method::HEAD, path).send().await
}

async fn delete(client: &Client, path: &str) -> Reply {
    client.registry(Method::DELETE, path).send().await
}

/// Begins an upload; its place.
async fn begin(client: &Client, repository: &str) -> String {
    let begun = client.registry(Method::POST, &format!("/v2/{repository}/blobs/uploads/")).send().await;
    begun.expect(202).header("location").to_owned()
}

/// Sends a chunk, with the range that it claims to have unless that is empty.
async fn chunk(client: &Client, place: &str, range: &str, bytes: &[u8]) -> Reply {
    let mut call = client.registry(Method::PATCH, place).header("content-length", &bytes.len().to_string());
    if !range.is_empty() {
        call = call.header("content-range", range);
    }
    call.body(bytes.to_vec()).send().await
}

/// Ends an upload with its last bytes.
async fn finish(client: &Client, place: &str, digest: &str, bytes: &[u8]) -> Reply {
    let call = client.registry(Method::PUT, &format!("{place}?digest={digest}"));
    call.header("content-length", &bytes.len().to_string()).body(bytes.to_vec()).send().await
}

/// Pushes a manifest of this type, or of no type said if that is empty.
async fn push_as(client: &Client, path: &str, media_type: &str, body: impl Into<Vec<u8>>) -> Reply {
    let mut call = client.registry(Method::PUT, path);
    if !media_type.is_empty() {
        call = call.header("content-type", media_type);
    }
    call.body(body.into()).send().await
}

/// What a manifest says of bytes that it needs.
fn part(media_type: &str, bytes: impl AsRef<[u8]>) -> Value {
    json!({ "mediaType": media_type, "digest": sha256(&bytes), "size": bytes.as_ref().len() })
}

/// An image whose configuration is `{}`, with these layers; another one for each name.
fn image_of(name: &str, layers: &[&str]) -> Value {
    let layers: Vec<_> =
        layers.iter().map(|layer| part("application/vnd.oci.image.layer.v1.tar+gzip", layer)).collect();
    json!({
        "schemaVersion": 2, "mediaType": IMAGE, "config": part("application/vnd.oci.empty.v1+json", "{}"),
        "layers": layers, "annotations": { "name": name },
    })
}

/// What a query counts, looking behind the hub's back.
pub(crate) async fn count(hub: &TestHub, sql: &'static str) -> i64 {
    let mut tx = hub.database.read().await.unwrap();
    tx.query_opt(sql, params![]).await.unwrap().unwrap().get(0).unwrap()
}

/// The files that the hub keeps blobs and parts of them in.
pub(crate) fn stored_files(hub: &TestHub) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![hub.blobs_folder().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found
}

/// Changes the database behind the hub's back.
async fn alter(hub: &TestHub, sql: &'static str) {
    let mut tx = hub.database.write().await.unwrap();
    assert!(tx.execute(sql, params![]).await.unwrap() > 0, "{sql} finds something");
    tx.commit().await.unwrap();
}
