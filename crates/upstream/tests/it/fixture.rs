//! What most tests need.

use std::fmt::Debug;
use std::net::SocketAddr;
use std::time::Duration;

use axum::response::Response;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use grantry_oci::digest::{Algorithm, Digest};
use grantry_oci::manifest::MediaType;
use grantry_oci::reference::Reference;
use grantry_upstream::address::Address;
use grantry_upstream::credentials::Credentials;
use grantry_upstream::error::{Defect, Error, Outage, Refusal, Result};
use grantry_upstream::guard::Guard;
use grantry_upstream::session::{BlobStream, Session};
use grantry_upstream::upstream::{Settings, Timeouts, Upstream};

use crate::server::{self, Seen};

pub(crate) const MANIFEST: &[u8] = br#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},"layers":[]}"#;

/// The path of [`MANIFEST`] under its tag.
pub(crate) const MANIFEST_PATH: &str = "/v2/acme/ship/manifests/1.0";

pub(crate) const BLOB: &[u8] = b"bytes of a layer";

pub(crate) fn settings(allowed: &[&str]) -> Settings {
    let guard = Guard::allowing(allowed.iter().map(|text| text.parse().unwrap()));
    Settings { guard, ..Settings::default() }
}

pub(crate) fn upstream(allowed: &[&str]) -> Upstream {
    Upstream::new(settings(allowed)).unwrap()
}

/// A session on `acme/ship` of a registry on this machine, which is allowed.
pub(crate) fn session(registry: SocketAddr) -> Session {
    open(&upstream(&["private"]), &registry.to_string(), None)
}

/// The same with credentials.
pub(crate) fn robot_session(registry: SocketAddr) -> Session {
    open(&upstream(&["private"]), &registry.to_string(), Some(robot()))
}

/// The same with time-outs of so many milliseconds for the next bytes and for a whole answer.
pub(crate) fn hasty_session(registry: SocketAddr, idle: u64, whole: u64) -> Session {
    let [idle, whole] = [idle, whole].map(Duration::from_millis);
    let timeouts = Timeouts { idle, whole, ..Timeouts::default() };
    let upstream = Upstream::new(Settings { timeouts, ..settings(&["private"]) }).unwrap();
    open(&upstream, &registry.to_string(), None)
}

pub(crate) fn open(upstream: &Upstream, registry: &str, credentials: Option<Credentials>) -> Session {
    upstream.open(&Address::parse(&format!("{registry}/acme/ship")).unwrap(), credentials)
}

pub(crate) fn robot() -> Credentials {
    Credentials { username: "robot".to_owned(), password: "hunter2".to_owned().into() }
}

/// The header that [`robot`] makes.
pub(crate) const ROBOT: &str = "Basic cm9ib3Q6aHVudGVyMg==";

pub(crate) fn tag() -> Reference {
    "1.0".parse().unwrap()
}

pub(crate) fn digest_of(bytes: &[u8]) -> Digest {
    Digest::of(Algorithm::Sha256, bytes)
}

/// The path of [`BLOB`].
pub(crate) fn blob_path() -> String {
    format!("/v2/acme/ship/blobs/{}", digest_of(BLOB))
}

/// [`MANIFEST`] as a registry sends it.
pub(crate) fn manifest() -> Response {
    typed(MediaType::OCI_MANIFEST, Some(digest_of(MANIFEST)), MANIFEST)
}

pub(crate) fn typed(media_type: &str, digest: Option<Digest>, bytes: impl Into<Bytes>) -> Response {
    let digest = digest.map(|digest| digest.to_string());
    let mut headers = vec![("Content-Type", media_type)];
    headers.extend(digest.iter().map(|digest| ("Docker-Content-Digest", &**digest)));
    server::answer(200, &headers, bytes.into())
}

/// A registry with [`MANIFEST`] and [`BLOB`].
pub(crate) fn content(seen: &Seen) -> Response {
    match seen.path() {
        "/v2/" => server::json("{}"),
        MANIFEST_PATH => manifest(),
        path if path == blob_path() => server::answer(200, &[], BLOB),
        "/v2/acme/ship/tags/list" => server::json(r#"{"name":"acme/ship","tags":["1.0"]}"#),
        _ => server::not_found(),
    }
}

pub(crate) async fn read(blob: BlobStream) -> Result<Vec<u8>> {
    let chunks: Vec<Bytes> = blob.stream.try_collect().await?;
    Ok(chunks.concat())
}

pub(crate) fn defect<T: Debug>(result: Result<T>) -> Defect {
    match result {
        Err(Error::Malformed { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn refusal<T: Debug>(result: Result<T>) -> Refusal {
    match result {
        Err(Error::Refused { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn outage<T: Debug>(result: Result<T>) -> Outage {
    match result {
        Err(Error::Unavailable { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn assert_forbidden<T: Debug>(result: &Result<T>) {
    assert!(matches!(result, Err(Error::Forbidden { .. })), "{result:?}");
}
