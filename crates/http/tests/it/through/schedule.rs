//! Tags are compared on schedule, by one process.

use chrono::TimeDelta;
use grantry_ops::registry::sync::due;
use grantry_testdb::both_engines;
use grantry_testdb::database::TestDatabase;
use grantry_testkit::hub::{START, TestHub};
use http::Method;
use serde_json::{Value, json};

use super::other::Other;

struct Scene {
    hub: TestHub,
    other: Other,
    path: String,
}

impl Scene {
    async fn open(db: TestDatabase) -> Self {
        let other = Other::start().await;
        other.put("1.0", 1, 100);
        let hub = TestHub::start(db).await;
        let body = json!({ "name": "mirror/big", "upstreamUrl": other.repository(), "upstreamSyncHours": 6 });
        let artifact = hub.acme.admin.post("/api/v1/artifacts", body).await.expect(201).id();
        Self { hub, other, path: format!("/api/v1/artifacts/{artifact}") }
    }

    /// How many artifacts are compared at this time.
    async fn at(&self, hours: i64) -> usize {
        self.hub.clock.set(START + TimeDelta::hours(hours));
        due(&self.hub.ops).await.unwrap()
    }

    async fn tags(&self) -> Value {
        let list = self.hub.acme.admin.registry(Method::GET, "/v2/acme/mirror/big/tags/list");
        list.send().await.expect(200).json()["tags"].clone()
    }
}

both_engines! {
    async fn tags_are_compared_when_their_time_has_come(db: TestDatabase) {
        let scene = Scene::open(db).await;
        assert_eq!(scene.at(0).await, 1, "at once");
        assert_eq!(scene.tags().await, json!(["1.0"]));
        scene.other.put("2.0", 2, 100);
        assert_eq!(scene.at(5).await, 0);
        assert_eq!(scene.tags().await, json!(["1.0"]));
        assert_eq!(scene.at(6).await, 1);
        assert_eq!(scene.tags().await, json!(["1.0", "2.0"]));
        assert_eq!(scene.other.blob_gets(), 0, "what nobody pulls is not fetched");
        let shown = scene.hub.acme.admin.get(&scene.path).await.expect(200);
        assert_eq!(shown.field("/lastSyncedAt"), "2026-11-24T18:00:00Z");
        scene.hub.acme.admin.patch(&scene.path, json!({ "upstreamSyncHours": null })).await.expect(200);
        assert_eq!(scene.at(1_000).await, 0);
    }

    async fn of_many_processes_one_compares(db: TestDatabase) {
        let scene = Scene::open(db).await;
        let mut processes = vec![scene.hub.ops.clone()];
        for _ in 0..3 {
            processes.push(scene.hub.beside().await.0);
        }
        let compared = futures_util::future::join_all(processes.iter().map(due)).await;
        assert_eq!(compared.into_iter().map(Result::unwrap).sum::<usize>(), 1);
        assert_eq!(scene.other.manifest_heads(), 1);
    }

    async fn an_upstream_that_is_away_is_tried_again(db: TestDatabase) {
        let scene = Scene::open(db).await;
        let Scene { hub, other, path } = scene;
        other.leave().await;
        assert_eq!(due(&hub.ops).await.unwrap(), 1);
        let shown = hub.acme.admin.get(&path).await.expect(200);
        assert!(shown.field("/lastSyncError").contains("not available"), "{shown}");
        assert_eq!(due(&hub.ops).await.unwrap(), 0);
        hub.clock.set(START + TimeDelta::hours(6));
        assert_eq!(due(&hub.ops).await.unwrap(), 1);
    }

    async fn what_a_process_did_not_end_another_does(db: TestDatabase) {
        let scene = Scene::open(db).await;
        // As a process leaves it that dies right after it took the comparison over.
        let mut tx = scene.hub.database.write().await.unwrap();
        let until = START + TimeDelta::minutes(30);
        tx.execute("update artifact set sync_due_at = $1", grantry_store::params![until]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(scene.at(0).await, 0);
        assert_eq!(scene.at(1).await, 1);
    }
}
