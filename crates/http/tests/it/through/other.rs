//! A registry of others: it gives its blobs out as slowly as a test wants, or wrongly, and counts how often it is asked.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use grantry_oci::digest::{Algorithm, Digest};
use grantry_testkit::registry::IMAGE;
use http::{Method, StatusCode};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Bytes that are sent at once.
const CHUNK: usize = 64 << 10;

pub(super) struct Other {
    address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
    stop: Arc<Notify>,
}

struct Shared {
    /// By tag and by digest.
    manifests: Mutex<BTreeMap<String, Bytes>>,
    blobs: Mutex<BTreeMap<String, Bytes>>,
    /// How many bytes of a blob may be sent.
    gate: watch::Sender<usize>,
    /// Whether connections break off where the gate is.
    breaks: AtomicBool,
    /// Whether it says how long a blob is.
    is_silent: AtomicBool,
    blob_gets: AtomicUsize,
    manifest_heads: AtomicUsize,
}

/// An image that a registry has.
pub(super) struct Image {
    pub(super) layer: String,
    pub(super) bytes: Bytes,
}

fn digest(bytes: &[u8]) -> String {
    Digest::of(Algorithm::Sha256, bytes).to_string()
}

/// Bytes that repeat nowhere near.
pub(super) fn sample(seed: u64, size: usize) -> Vec<u8> {
    let words =
        (0..size as u64 / 8 + 1).map(|word| (word + seed).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    let mut bytes: Vec<u8> = words.flatten().collect();
    bytes.truncate(size);
    bytes
}

impl Other {
    pub(super) async fn start() -> Self {
        let shared = Arc::new(Shared {
            manifests: Mutex::default(),
            blobs: Mutex::default(),
            gate: watch::Sender::new(usize::MAX),
            breaks: AtomicBool::new(false),
            is_silent: AtomicBool::new(false),
            blob_gets: AtomicUsize::new(0),
            manifest_heads: AtomicUsize::new(0),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let serving = axum::serve(listener, router)
            .with_graceful_shutdown(async move { stopped.notified().await })
            .into_future();
        #[expect(clippy::disallowed_methods, reason = "the task ends soon after this is dropped")]
        let serving = tokio::spawn(async move { serving.await.unwrap() });
        Self { address, shared, serving, stop }
    }

    /// Goes away, and with it the connections that were kept.
    pub(super) async fn leave(mut self) {
        self.stop.notify_one();
        (&mut self.serving).await.unwrap();
    }

    /// The address of its only repository.
    pub(super) fn repository(&self) -> String {
        format!("{}/other/big", self.address)
    }

    /// Lets a tag stand for an image with one layer of this size.
    pub(super) fn put(&self, tag: &str, seed: u64, size: usize) -> Image {
        let bytes = Bytes::from(sample(seed, size));
        let descriptor = |media_type: &str, bytes: &[u8]| json!({ "mediaType": media_type, "digest": digest(bytes), "size": bytes.len() });
        let manifest = json!({
            "schemaVersion": 2, "mediaType": IMAGE, "config": descriptor("application/vnd.oci.empty.v1+json", b"{}"),
            "layers": [descriptor("application/vnd.oci.image.layer.v1.tar+gzip", &bytes)],
        });
        let manifest = Bytes::from(manifest.to_string());
        let layer = digest(&bytes);
        let mut blobs = self.shared.blobs.lock().unwrap();
        blobs.insert(layer.clone(), bytes.clone());
        blobs.insert(digest(b"{}"), Bytes::from_static(b"{}"));
        let mut manifests = self.shared.manifests.lock().unwrap();
        manifests.insert(digest(&manifest), manifest.clone());
        manifests.insert(tag.to_owned(), manifest);
        Image { layer, bytes }
    }

    /// Gives out other bytes under the digest of a layer; nothing any more if there are none.
    pub(super) fn replace(&self, layer: &str, bytes: Option<Bytes>) {
        let mut blobs = self.shared.blobs.lock().unwrap();
        match bytes {
            Some(bytes) => blobs.insert(layer.to_owned(), bytes),
            None => blobs.remove(layer),
        };
    }

    /// Lets so many bytes of each blob pass.
    pub(super) fn let_pass(&self, bytes: usize) {
        self.shared.gate.send_replace(bytes);
    }

    /// Breaks connections off where the gate is.
    pub(super) fn break_off(&self) {
        self.shared.breaks.store(true, Ordering::SeqCst);
        self.shared.gate.send_modify(|_| {});
    }

    /// Does not say how long a blob is any more.
    pub(super) fn keep_lengths_secret(&self) {
        self.shared.is_silent.store(true, Ordering::SeqCst);
    }

    /// How often blobs were asked for, until now.
    pub(super) fn blob_gets(&self) -> usize {
        self.shared.blob_gets.load(Ordering::SeqCst)
    }

    /// How often it was asked what a reference stands for, until now.
    pub(super) fn manifest_heads(&self) -> usize {
        self.shared.manifest_heads.load(Ordering::SeqCst)
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        self.stop.notify_one();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let is_head = request.method() == Method::HEAD;
    if path == "/v2/" {
        return Response::new(Body::from("{}"));
    }
    if path.ends_with("/tags/list") {
        let manifests = shared.manifests.lock().unwrap();
        let tags: Vec<&String> = manifests.keys().filter(|key| !key.contains(':')).collect();
        return Response::new(Body::from(json!({ "name": "other/big", "tags": tags }).to_string()));
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    if path.contains("/manifests/") {
        shared.manifest_heads.fetch_add(usize::from(is_head), Ordering::SeqCst);
        let Some(bytes) = shared.manifests.lock().unwrap().get(last).cloned() else { return missing() };
        let response =
            Response::builder().header("content-type", IMAGE).header("content-length", bytes.len());
        let response = response.header("docker-content-digest", digest(&bytes));
        return response.body(if is_head { Body::empty() } else { Body::from(bytes) }).unwrap();
    }
    shared.blob_gets.fetch_add(1, Ordering::SeqCst);
    let Some(bytes) = shared.blobs.lock().unwrap().get(last).cloned() else { return missing() };
    let mut response = Response::builder();
    if !shared.is_silent.load(Ordering::SeqCst) {
        response = response.header("content-length", bytes.len());
    }
    response.body(slowly(shared, bytes)).unwrap()
}

fn missing() -> Response {
    Response::builder().status(StatusCode::NOT_FOUND).body(Body::empty()).unwrap()
}

fn slowly(shared: Arc<Shared>, bytes: Bytes) -> Body {
    let gate = shared.gate.subscribe();
    Body::from_stream(stream::try_unfold(
        (shared, gate, bytes, 0),
        |(shared, mut gate, bytes, sent)| async move {
            if sent == bytes.len() {
                return Ok(None);
            }
            let is_open = |open: &usize| *open > sent || shared.breaks.load(Ordering::SeqCst);
            let open = *gate.wait_for(is_open).await.map_err(std::io::Error::other)?;
            if open <= sent {
                return Err(std::io::Error::other("broken off"));
            }
            let end = open.min(bytes.len()).min(sent + CHUNK);
            Ok(Some((bytes.slice(sent..end), (shared, gate, bytes, end))))
        },
    ))
}
