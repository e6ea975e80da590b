//! The registry of the real hub: nothing acknowledged is lost by `kill -9`, and a second process knows at once.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use grantry_oci::digest::{Algorithm, Digest};
use grantry_testdb::database::{Engine, TestDatabase};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::hub::{Hub, set_up, set_up_with};
use crate::program::Program;

const ROUNDS: u32 = 4;
const PUSHERS: u32 = 4;
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// An image that was acknowledged: its repository and tag, and the digests of manifest, configuration and layer.
#[derive(Clone)]
struct Image {
    repository: String,
    tag: String,
    manifest: String,
    blobs: [String; 2],
}

fn client() -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().timeout(Duration::from_secs(30)).build().unwrap()
}

fn digest(bytes: &[u8]) -> String {
    Digest::of(Algorithm::Sha256, bytes).to_string()
}

/// A member at a hub.
#[derive(Clone)]
struct Member {
    client: Client,
    address: String,
    secret: String,
}

impl Member {
    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Pushes an image by a session with a chunk, as docker does; `None` if the hub went away.
    async fn push(&self, repository: &str, tag: &str, content: &str) -> Option<Image> {
        let config = json!({ "os": "linux", "architecture": "amd64", "content": content }).to_string();
        let layer = content.repeat(2_000);
        let mut blobs = Vec::new();
        for bytes in [config.into_bytes(), layer.into_bytes()] {
            let digest = digest(&bytes);
            let start = self.client.post(self.url(&format!("/v2/{repository}/blobs/uploads/")));
            let location = self.sent(start, 202).await?.headers()["location"].to_str().unwrap().to_owned();
            self.sent(self.client.patch(self.url(&location)).body(bytes.clone()), 202).await?;
            self.sent(self.client.put(self.url(&format!("{location}?digest={digest}"))), 201).await?;
            blobs.push((digest, bytes.len()));
        }
        let part = |media_type: &str, index: usize| json!({ "mediaType": media_type, "digest": blobs[index].0, "size": blobs[index].1 });
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": part("application/vnd.oci.image.config.v1+json", 0),
            "layers": [part("application/vnd.oci.image.layer.v1.tar", 1)],
        })
        .to_string();
        let push = self.client.put(self.url(&format!("/v2/{repository}/manifests/{tag}")));
        self.sent(push.header("content-type", MANIFEST).body(manifest.clone()), 201).await?;
        Some(Image {
            repository: repository.to_owned(),
            tag: tag.to_owned(),
            manifest: digest(manifest.as_bytes()),
            blobs: [blobs[0].0.clone(), blobs[1].0.clone()],
        })
    }

    async fn sent(&self, request: reqwest::RequestBuilder, status: u16) -> Option<reqwest::Response> {
        let answer = request.basic_auth("any", Some(&self.secret)).send().await.ok()?;
        assert_eq!(answer.status().as_u16(), status, "{}", answer.url());
        Some(answer)
    }

    async fn status(&self, path: &str) -> StatusCode {
        let request = self.client.get(self.url(path)).basic_auth("any", Some(&self.secret));
        request.send().await.unwrap().status()
    }

    /// Pulls everything of an image, and checks it.
    async fn require(&self, image: &Image) {
        let Image { repository, tag, manifest, blobs } = image;
        let pulled = self.client.get(self.url(&format!("/v2/{repository}/manifests/{tag}")));
        let pulled = self.sent(pulled, 200).await.unwrap().bytes().await.unwrap();
        assert_eq!(digest(&pulled), *manifest, "{repository}:{tag} is another image");
        for blob in blobs {
            let pulled = self.client.get(self.url(&format!("/v2/{repository}/blobs/{blob}")));
            let pulled = self.sent(pulled, 200).await.unwrap().bytes().await.unwrap();
            assert_eq!(digest(&pulled), *blob, "a blob of {repository}:{tag} has changed");
        }
    }

    async fn api(&self, method: reqwest::Method, path: &str, body: Value) -> Value {
        let request = self.client.request(method, self.url(path)).bearer_auth(&self.secret).json(&body);
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap_or_default()
    }
}

/// Lets several members push until enough was acknowledged, and kills the hub in the midst of it.
async fn push_and_kill(folder: &Path, secret: &str, round: u32) -> Vec<Image> {
    let hub = Hub::start(folder, &[]);
    let member = Member { client: client(), address: hub.address.clone(), secret: secret.to_owned() };
    let is_over = Arc::new(AtomicBool::new(false));
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let mut pushers = JoinSet::new();
    for pusher in 0..PUSHERS {
        let (member, is_over, tell) = (member.clone(), Arc::clone(&is_over), tell.clone());
        pushers.spawn(async move {
            for number in 0.. {
                // Half of the content is the same for all, so that they also race for it.
                let content = if number % 2 == 0 {
                    format!("shared {round} {number} ")
                } else {
                    format!("own {pusher} {number} ")
                };
                let repository = format!("acme/ship-{pusher}");
                let pushed = member.push(&repository, &format!("{round}.{number}"), &content).await;
                let Some(image) = pushed else {
                    assert!(is_over.load(Ordering::SeqCst), "the hub went away by itself");
                    return;
                };
                tell.send(image).unwrap();
            }
        });
    }
    drop(tell);
    let mut acknowledged = Vec::new();
    while acknowledged.len() < 12 + round as usize * 5 {
        acknowledged.push(told.recv().await.unwrap());
    }
    is_over.store(true, Ordering::SeqCst);
    hub.kill();
    while let Some(image) = told.recv().await {
        acknowledged.push(image);
    }
    while let Some(ended) = pushers.join_next().await {
        ended.unwrap();
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread")]
async fn no_image_that_was_acknowledged_is_lost_by_kill_9() {
    let folder = TempDir::new().unwrap();
    let secret = set_up(folder.path(), "acme");
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        acknowledged.extend(push_and_kill(folder.path(), &secret, round).await);
        let hub = Hub::start(folder.path(), &[]);
        let member = Member { client: client(), address: hub.address.clone(), secret: secret.clone() };
        for image in &acknowledged {
            member.require(image).await;
        }
        let fsck =
            Program::new(folder.path(), &["registry", "fsck", "--verify", "--data-dir", "data"]).output();
        assert!(fsck.status.success(), "{}", String::from_utf8_lossy(&fsck.stdout));
        let gc = Program::new(folder.path(), &["registry", "gc", "--sweep", "--data-dir", "data"]).output();
        assert!(gc.status.success(), "{}", String::from_utf8_lossy(&gc.stderr));
        hub.kill();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_and_its_end_act_at_once_on_another_process() {
    let database = TestDatabase::create(Engine::Postgres).await;
    let folder = TempDir::new().unwrap();
    let settings = ["--database-url", database.url.as_str()];
    let secret = set_up_with(folder.path(), "acme", &settings);
    let (one, other) = (Hub::start(folder.path(), &settings), Hub::start(folder.path(), &settings));
    let vendor = Member { client: client(), address: one.address.clone(), secret };
    vendor.push("acme/ship", "1.0", "the ship ").await.unwrap();
    let customer = vendor
        .api(reqwest::Method::POST, "/api/v1/customer-organizations", json!({ "name": "Globex" }))
        .await;
    let customer_id = customer["id"].as_str().unwrap().to_owned();
    let puller = join(&vendor, &customer_id, &other.address).await;
    let artifacts = vendor.api(reqwest::Method::GET, "/api/v1/artifacts", json!({})).await;
    let artifact = artifacts[0]["id"].clone();

    let pull = "/v2/acme/ship/manifests/1.0";
    assert_eq!(puller.status(pull).await, 200, "nothing is restricted yet");
    let entitlement = json!({ "name": "Ship", "customerOrganizationId": customer_id, "artifacts": [{ "artifactId": artifact, "versionIds": [] }] });
    for _ in 0..20 {
        let made =
            vendor.api(reqwest::Method::POST, "/api/v1/artifact-entitlements", entitlement.clone()).await;
        assert_eq!(puller.status(pull).await, 200, "the next request on the other process is granted");
        let id = made["id"].as_str().unwrap();
        let path = format!("/api/v1/artifact-entitlements/{id}");
        vendor.api(reqwest::Method::DELETE, &path, json!({})).await;
        assert_eq!(puller.status(pull).await, 404, "the next request on the other process is refused");
    }
    other.kill();
    one.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_registry_can_have_a_listener_of_its_own() {
    let folder = TempDir::new().unwrap();
    let secret = set_up(folder.path(), "acme");
    let hub = Hub::start(folder.path(), &["--registry-listen", "127.0.0.1:0"]);
    let line = hub.line_with("listener of its own");
    let address = line.rsplit("address=").next().unwrap().trim().to_owned();
    let member = Member { client: client(), address: hub.address.clone(), secret };
    let image = member.push("acme/ship", "1.0", "the ship ").await.unwrap();
    let beside = Member { address, ..member };
    beside.require(&image).await;
    assert_eq!(beside.status("/api/v1/artifacts").await, 404, "nothing but the registry is there");
    assert_eq!(hub.stop(), Some(0));
}

/// A member of a customer, with an access token, who talks to the hub at `address`.
async fn join(vendor: &Member, customer: &str, address: &str) -> Member {
    let invitation = json!({ "email": "gus@globex.test", "name": "Gus", "userRole": "read_only", "customerOrganizationId": customer });
    let invited = vendor.api(reqwest::Method::POST, "/api/v1/user-accounts", invitation).await;
    let link = invited["inviteUrl"].as_str().unwrap();
    let invited = Member { secret: link.rsplit('/').next().unwrap().to_owned(), ..vendor.clone() };
    let accepted = json!({ "password": "correct horse battery" });
    let session = invited.api(reqwest::Method::POST, "/api/v1/auth/invite/accept", accepted).await;
    let session = Member { secret: session["token"].as_str().unwrap().to_owned(), ..vendor.clone() };
    let token =
        session.api(reqwest::Method::POST, "/api/v1/settings/tokens", json!({ "label": "docker" })).await;
    let secret = token["key"].as_str().unwrap().to_owned();
    Member { client: vendor.client.clone(), address: address.to_owned(), secret }
}
