//! Artifacts that are pulled through from another registry. The upstream is a second hub on a real socket.

mod blobs;
mod cache;
mod other;
mod schedule;

use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testdb::database::{Engine, TestDatabase};
use grantry_testkit::client::Client;
use grantry_testkit::hub::{START, TestHub};
use grantry_testkit::registry::Pushed;
use grantry_testkit::socket::Listening;
use http::Method;
use serde_json::{Value, json};

/// A hub that pulls through from another one.
struct Scene {
    hub: TestHub,
    upstream: TestHub,
    listening: Option<Listening>,
    index: Pushed,
    artifact: String,
}

impl Scene {
    async fn open(db: TestDatabase) -> Self {
        let upstream = TestHub::start(TestDatabase::create(Engine::Sqlite).await).await;
        let listening = upstream.listen().await;
        let index = upstream.acme.push_index("ship", "1.0", &["amd64", "arm64"]).await;
        let hub = TestHub::start(db).await;
        let body = pull_through(&listening.repository("acme/ship"), Some(upstream.acme.admin.secret()));
        let made = hub.acme.admin.post("/api/v1/artifacts", body).await.expect(201);
        let artifact = made.id();
        Self { hub, upstream, listening: Some(listening), index, artifact }
    }

    /// How often the upstream served a manifest that counts as a pull.
    async fn pulls_of_upstream(&self) -> usize {
        self.upstream.write_pulls().await;
        let pulls =
            self.upstream.acme.admin.get("/api/v1/artifact-pulls?count=1000").await.expect(200).json();
        pulls.as_array().unwrap().len()
    }
}

fn pull_through(url: &str, password: Option<&str>) -> Value {
    let auth = password.map(|password| json!({ "type": "basic", "username": "any", "password": password }));
    json!({ "name": "mirror/ship", "upstreamUrl": url, "upstreamAuth": auth })
}

/// Pulls an image as a client does: the index, a child, its configuration and its layer.
async fn pull_all(client: &Client, index: &Pushed) {
    let repository = "acme/mirror/ship";
    let pulled = client.pull(repository, "1.0").await.expect(200);
    assert_eq!(pulled.header("docker-content-digest"), index.digest);
    for child in &index.children {
        client.pull(repository, &child.digest).await.expect(200);
        client.pull_blob(repository, &child.config).await.expect(200);
        client.pull_blob(repository, &child.layer).await.expect(200);
    }
}

both_engines! {
    async fn what_is_pulled_once_is_here(db: TestDatabase) {
        let mut scene = Scene::open(db).await;
        pull_all(&scene.hub.acme.admin, &scene.index).await;
        drop(scene.listening.take());
        pull_all(&scene.hub.acme.admin, &scene.index).await;
        // Also when the tag would be compared again: what is here is served while the upstream is away.
        scene.hub.clock.set(START + TimeDelta::hours(2));
        pull_all(&scene.hub.acme.admin, &scene.index).await;
        let missing = scene.hub.acme.admin.pull("acme/mirror/ship", "2.0").await.expect(503);
        assert_eq!(missing.header("retry-after"), "5");
    }

    async fn what_the_upstream_lacks_is_not_there(db: TestDatabase) {
        let scene = Scene::open(db).await;
        let admin = &scene.hub.acme.admin;
        admin.pull("acme/mirror/ship", "9.9").await.expect(404);
        let nothing = format!("sha256:{}", "0".repeat(64));
        admin.pull("acme/mirror/ship", &nothing).await.expect(404);
        admin.pull_blob("acme/mirror/ship", &nothing).await.expect(404);
    }

    async fn a_blob_is_fetched_only_if_a_manifest_lists_it(db: TestDatabase) {
        let scene = Scene::open(db).await;
        let secret = scene.upstream.acme.push_blob("ship", b"not part of any image").await;
        let layer = &scene.index.children[0].layer;
        scene.hub.acme.admin.pull_blob("acme/mirror/ship", layer).await.expect(404);
        pull_all(&scene.hub.acme.admin, &scene.index).await;
        scene.hub.acme.admin.pull_blob("acme/mirror/ship", layer).await.expect(200);
        scene.hub.acme.admin.pull_blob("acme/mirror/ship", &secret).await.expect(404);
    }

    async fn a_tag_that_moves_is_followed_after_a_while(db: TestDatabase) {
        let scene = Scene::open(db).await;
        let admin = &scene.hub.acme.admin;
        pull_all(admin, &scene.index).await;
        let sql = "update organization set tags_mutable = $1";
        let mut tx = scene.upstream.database.write().await.unwrap();
        tx.execute(sql, grantry_store::params![true]).await.unwrap();
        tx.commit().await.unwrap();
        let moved = scene.upstream.acme.push_image("ship", "1.0", "new content").await;
        let before = admin.pull("acme/mirror/ship", "1.0").await.expect(200);
        assert_eq!(before.header("docker-content-digest"), scene.index.digest, "still fresh");
        scene.hub.clock.set(START + TimeDelta::minutes(11));
        let after = admin.pull("acme/mirror/ship", "1.0").await.expect(200);
        assert_eq!(after.header("docker-content-digest"), moved.digest);
    }

    async fn the_upstream_is_not_asked_for_what_a_customer_may_not_have(db: TestDatabase) {
        let scene = Scene::open(db).await;
        scene.upstream.acme.push("ship", "2.0").await;
        let customer = scene.hub.acme.add_customer("Globex").await;
        let puller = scene.hub.customer(&customer, Role::ReadOnly).await;
        let entitlement = json!({
            "name": "Ship", "customerOrganizationId": customer,
            "artifacts": [{ "artifactId": scene.artifact, "versionIds": [], "scope": { "kind": "pattern", "expression": "1.*" } }],
        });
        scene.hub.acme.admin.post("/api/v1/artifact-entitlements", entitlement).await.expect(200);
        puller.pull("acme/mirror/ship", "2.0").await.expect(404);
        assert_eq!(scene.pulls_of_upstream().await, 0);
        pull_all(&puller, &scene.index).await;
        assert!(scene.pulls_of_upstream().await > 0);
        let second = scene.hub.acme.admin.pull("acme/mirror/ship", "2.0").await.expect(200);
        let layer = second.json()["layers"][0]["digest"].as_str().unwrap().to_owned();
        puller.pull_blob("acme/mirror/ship", &layer).await.expect(404);
    }

    async fn a_signature_under_a_tag_comes_with_an_image_that_is_granted(db: TestDatabase) {
        let scene = Scene::open(db).await;
        let later = scene.upstream.acme.push("ship", "2.0").await;
        let signed = [scene.index.clone(), later];
        for image in &signed {
            scene.upstream.acme.sign("ship", image).await;
        }
        let customer = scene.hub.acme.add_customer("Globex").await;
        let puller = scene.hub.customer(&customer, Role::ReadOnly).await;
        let entitlement = json!({
            "name": "Ship", "customerOrganizationId": customer,
            "artifacts": [{ "artifactId": scene.artifact, "versionIds": [], "scope": { "kind": "pattern", "expression": "1.*" } }],
        });
        scene.hub.acme.admin.post("/api/v1/artifact-entitlements", entitlement).await.expect(200);
        pull_all(&puller, &scene.index).await;
        puller.pull("acme/mirror/ship", &signed[0].attached_tag(".sig")).await.expect(200);
        puller.pull("acme/mirror/ship", &signed[1].attached_tag(".sig")).await.expect(404);
    }

    async fn many_who_ask_at_once_are_one_for_the_upstream(db: TestDatabase) {
        let scene = Scene::open(db).await;
        let pulls = (0..8).map(|_| pull_all(&scene.hub.acme.admin, &scene.index));
        futures_util::future::join_all(pulls).await;
        assert_eq!(scene.pulls_of_upstream().await, 1);
    }

    async fn it_can_be_pulled_from_only(db: TestDatabase) {
        let scene = Scene::open(db).await;
        let admin = &scene.hub.acme.admin;
        let start = admin.registry(Method::POST, "/v2/acme/mirror/ship/blobs/uploads/").send().await.expect(405);
        assert!(start.text().contains("pulled through"), "{}", start.text());
        let manifest = admin.registry(Method::PUT, "/v2/acme/mirror/ship/manifests/1.0");
        manifest.body("{}").send().await.expect(405);
    }

    async fn all_tags_are_compared_on_demand(db: TestDatabase) {
        let mut scene = Scene::open(db).await;
        scene.upstream.acme.push("ship", "1.1").await;
        let path = format!("/api/v1/artifacts/{}/sync", scene.artifact);
        let admin = &scene.hub.acme.admin;
        let synced = admin.post(&path, json!({})).await.expect(200).json();
        assert_eq!(synced["lastSyncedAt"], "2026-11-24T12:00:00Z");
        assert_eq!(synced["lastSyncError"], Value::Null);
        let tags = admin.registry(Method::GET, "/v2/acme/mirror/ship/tags/list").send().await.expect(200).json();
        assert_eq!(tags["tags"], json!(["1.0", "1.1"]));
        drop(scene.listening.take());
        let failed = scene.hub.acme.admin.post(&path, json!({})).await.expect(200).json();
        assert!(failed["lastSyncError"].as_str().unwrap().contains("not available"), "{failed}");
        assert_eq!(failed["lastSyncedAt"], "2026-11-24T12:00:00Z", "the time of the last success");
    }

    async fn wrong_credentials_are_refused_when_they_are_given(db: TestDatabase) {
        let upstream = TestHub::start(TestDatabase::create(Engine::Sqlite).await).await;
        let listening = upstream.listen().await;
        let hub = TestHub::start(db).await;
        let url = listening.repository("acme/ship");
        let refused = hub.acme.admin.post("/api/v1/artifacts", pull_through(&url, Some("hunter2"))).await;
        refused.expect_problem(400, "upstream_refused", "upstreamUrl");
        assert!(!refused.text().contains("hunter2"));
        let refused = hub.acme.admin.post("/api/v1/artifacts", pull_through(&url, None)).await;
        refused.expect_problem(400, "upstream_refused", "upstreamUrl");
    }

    async fn a_signature_comes_with_its_image(db: TestDatabase) {
        let scene = Scene::open(db).await;
        let sbom = scene.upstream.acme.attach("ship", &scene.index, "application/spdx+json").await;
        let path = format!("/v2/acme/mirror/ship/referrers/{}", scene.index.digest);
        pull_all(&scene.hub.acme.admin, &scene.index).await;
        let found = scene.hub.acme.admin.registry(Method::GET, &path).send().await.expect(200).json();
        assert_eq!(found["manifests"][0]["digest"], sbom.digest.as_str());
        scene.hub.acme.admin.pull_blob("acme/mirror/ship", &sbom.layer).await.expect(200);
    }
}
