//! What is kept of an upstream is kept within limits, and whoever may pull something still can when it was let go of.

use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_ops::registry::collect::collect;
use grantry_ops::registry::evict::{Evicted, evict};
use grantry_testdb::both_engines;
use grantry_testdb::database::TestDatabase;
use grantry_testkit::client::Client;
use grantry_testkit::hub::{START, TestHub};
use http::Method;
use serde_json::{Value, json};

use super::other::{Image, Other};
use crate::registry::stored_files;

const REPOSITORY: &str = "acme/mirror/big";
const SIZE: usize = 100_000;
/// The bytes of all configurations, which are the same.
const CONFIG: u64 = 2;

struct Scene {
    hub: TestHub,
    other: Other,
    /// Under the tags 1, 2 and 3.
    images: Vec<Image>,
    artifact: String,
}

impl Scene {
    /// A hub that keeps as it is told of a registry with three images.
    async fn open(db: TestDatabase, upkeep: Value) -> Self {
        let other = Other::start().await;
        let images = (1..=3).map(|number| other.put(&number.to_string(), number, SIZE)).collect();
        let hub = TestHub::start(db).await;
        let mut body = json!({ "name": "mirror/big", "upstreamUrl": other.repository() });
        body.as_object_mut().unwrap().extend(upkeep.as_object().unwrap().clone());
        let artifact = hub.acme.admin.post("/api/v1/artifacts", body).await.expect(201).id();
        Self { hub, other, images, artifact }
    }

    /// Pulls an image with all it lists, at a time after the start.
    async fn pull(&self, number: usize, minutes: i64) {
        self.hub.clock.set(START + TimeDelta::minutes(minutes));
        self.pull_as(&self.hub.acme.admin, number).await;
    }

    async fn pull_as(&self, client: &Client, number: usize) {
        let manifest = client.pull(REPOSITORY, &number.to_string()).await.expect(200).json();
        let config = manifest["config"]["digest"].as_str().unwrap();
        client.pull_blob(REPOSITORY, config).await.expect(200);
        self.pull_layer(client, number).await;
    }

    async fn pull_layer(&self, client: &Client, number: usize) {
        let image = &self.images[number - 1];
        assert!(client.pull_blob(REPOSITORY, &image.layer).await.expect(200).body == image.bytes);
    }

    /// Which of the layers are asked of the upstream when all are pulled.
    async fn missing(&self) -> Vec<usize> {
        let mut missing = Vec::new();
        for number in 1..=3 {
            let before = self.other.blob_gets();
            self.pull_layer(&self.hub.acme.admin, number).await;
            if self.other.blob_gets() > before {
                missing.push(number);
            }
        }
        missing
    }
}

fn evicted(blobs: u64, bytes: u64) -> Evicted {
    Evicted { blobs, bytes }
}

both_engines! {
    async fn what_was_not_pulled_for_longest_goes_first(db: TestDatabase) {
        let limit = 2 * SIZE as u64 + CONFIG;
        let scene = Scene::open(db, json!({ "upstreamCacheLimit": limit })).await;
        scene.pull(1, 0).await;
        scene.pull(2, 20).await;
        assert_eq!(evict(&scene.hub.ops).await.unwrap(), evicted(0, 0), "it is within its limit");
        // The first is pulled once more, so the second is the one that waits longest.
        scene.pull(1, 40).await;
        scene.pull(3, 60).await;
        assert_eq!(evict(&scene.hub.ops).await.unwrap(), evicted(1, SIZE as u64));
        assert_eq!(evict(&scene.hub.ops).await.unwrap(), evicted(0, 0), "once");
        assert_eq!(scene.missing().await, [2]);
    }

    async fn what_nobody_pulls_goes_after_days(db: TestDatabase) {
        let scene = Scene::open(db, json!({ "upstreamCacheDays": 7 })).await;
        scene.pull(1, 0).await;
        scene.pull(2, 0).await;
        scene.pull(2, 24 * 60 * 5).await;
        scene.pull(3, 24 * 60 * 5).await;
        assert_eq!(evict(&scene.hub.ops).await.unwrap(), evicted(0, 0));
        scene.hub.clock.set(START + TimeDelta::days(8));
        assert_eq!(evict(&scene.hub.ops).await.unwrap(), evicted(1, SIZE as u64));
        assert_eq!(scene.missing().await, [1]);
    }

    async fn without_limits_all_is_kept_for_ever(db: TestDatabase) {
        let scene = Scene::open(db, json!({})).await;
        scene.pull(1, 0).await;
        scene.hub.acme.push("ship", "1.0").await;
        scene.hub.clock.set(START + TimeDelta::days(4_000));
        assert_eq!(evict(&scene.hub.ops).await.unwrap(), evicted(0, 0));
    }

    async fn the_collection_gives_the_space_back(db: TestDatabase) {
        let scene = Scene::open(db, json!({ "upstreamCacheLimit": 1 })).await;
        scene.pull(1, 0).await;
        assert_eq!(stored_files(&scene.hub).len(), 2);
        assert_eq!(evict(&scene.hub.ops).await.unwrap(), evicted(2, SIZE as u64 + CONFIG));
        collect(&scene.hub.ops).await.unwrap();
        assert_eq!(stored_files(&scene.hub).len(), 2, "for a while, for who reads it");
        scene.hub.clock.set(START + TimeDelta::hours(25));
        let collected = collect(&scene.hub.ops).await.unwrap();
        assert_eq!((collected.blobs, collected.manifests), (2, 0));
        assert_eq!(stored_files(&scene.hub).len(), 0);
        scene.pull_layer(&scene.hub.acme.admin, 1).await;
    }

    async fn who_could_pull_something_still_can(db: TestDatabase) {
        let scene = Scene::open(db, json!({ "upstreamCacheLimit": 1 })).await;
        let customer = scene.hub.acme.add_customer("Globex").await;
        let puller = scene.hub.customer(&customer, Role::ReadOnly).await;
        let granted = json!([{ "artifactId": scene.artifact, "scope": { "kind": "pattern", "expression": "1*" } }]);
        scene.hub.acme.entitle(&customer, "Ship", granted).await;
        scene.pull_as(&puller, 1).await;
        scene.pull(2, 0).await;
        let digest = puller.pull(REPOSITORY, "1").await.header("docker-content-digest").to_owned();
        scene.hub.write_pulls().await;
        let pulls = scene.hub.acme.admin.get("/api/v1/artifact-pulls?count=1000").await.json();
        assert_eq!(evict(&scene.hub.ops).await.unwrap(), evicted(3, 2 * SIZE as u64 + CONFIG));
        scene.hub.clock.set(START + TimeDelta::days(30));
        collect(&scene.hub.ops).await.unwrap();
        // By digest too, which nobody could tell to be of a granted tag if its manifest were gone.
        puller.pull(REPOSITORY, &digest).await.expect(200);
        let tags = puller.registry(Method::GET, &format!("/v2/{REPOSITORY}/tags/list")).send().await.expect(200).json();
        assert_eq!(tags["tags"], json!(["1"]));
        scene.pull_as(&puller, 1).await;
        puller.pull(REPOSITORY, "2").await.expect(404);
        puller.pull_blob(REPOSITORY, &scene.images[1].layer).await.expect(404);
        assert_eq!(scene.hub.acme.admin.get("/api/v1/artifact-pulls?count=1000").await.json(), pulls);
    }

    async fn what_an_entitlement_names_is_held(db: TestDatabase) {
        let scene = Scene::open(db, json!({ "upstreamCacheLimit": 1, "upstreamCacheDays": 1 })).await;
        let customer = scene.hub.acme.add_customer("Globex").await;
        for number in 1..=3 {
            scene.pull(number, 0).await;
        }
        let shown = scene.hub.acme.admin.get(&format!("/api/v1/artifacts/{}", scene.artifact)).await.expect(200).json();
        let versions = shown["versions"].as_array().unwrap();
        let second = versions.iter().find(|one| one["tags"][0]["name"] == "2").unwrap();
        let until = "2026-12-24T12:00:00Z";
        let entitlement = json!({
            "name": "Fixed", "customerOrganizationId": customer, "expiresAt": until,
            "artifacts": [{
                "artifactId": scene.artifact, "versionIds": [second["id"]], "scope": { "kind": "chosen", "tags": ["1"] },
            }],
        });
        scene.hub.acme.admin.post("/api/v1/artifact-entitlements", entitlement).await.expect(200);
        scene.hub.clock.set(START + TimeDelta::days(10));
        // The configuration is the same in all of them, so it is held, too.
        assert_eq!(evict(&scene.hub.ops).await.unwrap(), evicted(1, SIZE as u64));
        assert_eq!(scene.missing().await, [3]);
        // Until it expires.
        scene.hub.clock.set(START + TimeDelta::days(31));
        assert_eq!(evict(&scene.hub.ops).await.unwrap(), evicted(4, 3 * SIZE as u64 + CONFIG));
    }

    async fn another_artifact_keeps_what_it_has(db: TestDatabase) {
        let scene = Scene::open(db, json!({ "upstreamCacheLimit": 1 })).await;
        let image = &scene.images[0];
        scene.hub.acme.push_blob("ship", &image.bytes).await;
        scene.pull(1, 0).await;
        assert_eq!(evict(&scene.hub.ops).await.unwrap().blobs, 2);
        scene.hub.clock.set(START + TimeDelta::hours(23));
        assert!(scene.hub.acme.admin.pull_blob("acme/ship", &image.layer).await.expect(200).body == image.bytes);
    }

    async fn limits_are_numbers_and_can_be_taken_away(db: TestDatabase) {
        let scene = Scene::open(db, json!({ "upstreamCacheLimit": 5, "upstreamCacheDays": 6, "upstreamSyncHours": 7 })).await;
        let (admin, path) = (&scene.hub.acme.admin, format!("/api/v1/artifacts/{}", scene.artifact));
        let upkeep = |shown: &Value| ["CacheLimit", "CacheDays", "SyncHours"].map(|name| shown[format!("upstream{name}")].clone());
        assert_eq!(upkeep(&admin.get(&path).await.expect(200).json()), [json!(5), json!(6), json!(7)]);
        let some = admin.patch(&path, json!({ "upstreamCacheLimit": 9, "upstreamCacheDays": null })).await.expect(200).json();
        assert_eq!(upkeep(&some), [json!(9), Value::Null, json!(7)]);
        for (body, field) in [
            (json!({ "upstreamCacheLimit": 0 }), "upstreamCacheLimit"),
            (json!({ "upstreamCacheLimit": 1_u64 << 60 }), "upstreamCacheLimit"),
            (json!({ "upstreamCacheDays": 4_000 }), "upstreamCacheDays"),
            (json!({ "upstreamSyncHours": 0 }), "upstreamSyncHours"),
        ] {
            admin.patch(&path, body).await.expect_problem(400, "out_of_range", field);
        }
        assert_eq!(admin.patch(&path, json!({ "upstreamCacheDays": -1 })).await.status, 400);
        let pushed = admin.post("/api/v1/artifacts", json!({ "name": "a", "upstreamCacheDays": 1 })).await;
        pushed.expect_problem(400, "upstream_missing", "upstreamUrl");
        assert_eq!(upkeep(&admin.get(&path).await.expect(200).json()), [json!(9), Value::Null, json!(7)]);
    }
}
