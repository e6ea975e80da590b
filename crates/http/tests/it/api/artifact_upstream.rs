//! Artifacts that are pulled through: making them, and changing where from.

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use http::Method;
use serde_json::json;

use super::names;
use crate::snapshot::check;

const ARTIFACTS: &str = "/api/v1/artifacts";

// Nothing listens on the first ports of this machine: an upstream there is away, which is no reason to refuse it.

both_engines! {
    async fn an_artifact_that_pulls_through_is_made_without_telling_its_password(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let body = json!({
            "name": "mirror/ship", "upstreamUrl": "127.0.0.1:1/acme/ship",
            "upstreamAuth": { "type": "basic", "username": "robot", "password": "hunter2!" },
        });
        let created = hub.vendor(Role::ReadWrite).await.post(ARTIFACTS, body.clone()).await;
        check("artifact_create", &created);
        hub.acme.admin.post(ARTIFACTS, body).await.expect_problem(409, "name_taken", "");
        let shown = hub.acme.admin.get(&format!("{ARTIFACTS}/{}", created.id())).await.expect(200);
        assert_eq!(shown.field("/upstreamUrl"), "127.0.0.1:1/acme/ship");
        let log = hub.acme.admin.get("/api/v1/audit-events").await;
        for answer in [&created, &shown, &log] {
            assert!(!answer.text().contains("hunter2"), "{answer}");
        }
        let initech = hub.acme.add_customer("Initech").await;
        let member = hub.customer(&initech, Role::Admin).await;
        let seen = member.get(ARTIFACTS).await;
        assert_eq!(names(&seen), ["mirror/ship"]);
        assert!(!seen.text().contains("127.0.0.1:1") && !seen.text().contains("robot"), "{seen}");
    }

    async fn wrong_names_addresses_and_credentials_are_refused(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let long = "x".repeat(300);
        for (body, code, field) in [
            (json!({ "name": "", "upstreamUrl": "ghcr.io/a/b" }), "name_blank", "name"),
            (json!({ "name": "Ship", "upstreamUrl": "ghcr.io/a/b" }), "artifact_name_malformed", "name"),
            (json!({ "name": "a//b", "upstreamUrl": "ghcr.io/a/b" }), "artifact_name_malformed", "name"),
            (json!({ "name": "../b", "upstreamUrl": "ghcr.io/a/b" }), "artifact_name_malformed", "name"),
            (json!({ "name": long, "upstreamUrl": "ghcr.io/a/b" }), "artifact_name_malformed", "name"),
            (json!({ "name": "a", "upstreamUrl": " " }), "upstream_blank", "upstreamUrl"),
            (json!({ "name": "a", "upstreamUrl": "https://ghcr.io/a/b" }), "upstream_malformed", "upstreamUrl"),
            (json!({ "name": "a", "upstreamUrl": "ghcr.io/a/b:1.0" }), "upstream_malformed", "upstreamUrl"),
            (json!({ "name": "a", "upstreamUrl": "library/nginx" }), "upstream_malformed", "upstreamUrl"),
            (json!({ "name": "a", "upstreamAuth": { "username": "u", "password": "p" } }), "upstream_missing", "upstreamUrl"),
            (json!({ "name": "a", "upstreamUrl": "ghcr.io/a/b", "upstreamAuth": { "type": "aws_ecr" } }), "auth_type_unknown", "upstreamAuth"),
            (json!({ "name": "a", "upstreamUrl": "ghcr.io/a/b", "upstreamAuth": { "username": "u" } }), "credentials_malformed", "upstreamAuth"),
            (json!({ "name": "a", "upstreamUrl": "ghcr.io/a/b", "upstreamAuth": { "username": "u:v", "password": "p" } }), "credentials_malformed", "upstreamAuth"),
            (json!({ "name": "a", "upstreamUrl": "ghcr.io/a/b", "upstreamAuth": { "username": "u", "password": "p\r\n" } }), "credentials_malformed", "upstreamAuth"),
        ] {
            hub.acme.admin.post(ARTIFACTS, body).await.expect_problem(400, code, field);
        }
        assert_eq!(hub.acme.admin.get(ARTIFACTS).await.json(), json!([]));
    }

    async fn credentials_do_not_follow_to_another_registry(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let body = json!({
            "name": "ship", "upstreamUrl": "127.0.0.1:1/acme/ship", "upstreamAuth": { "username": "robot", "password": "p" },
        });
        let path = format!("{ARTIFACTS}/{}", hub.acme.admin.post(ARTIFACTS, body).await.expect(201).id());
        let admin = &hub.acme.admin;
        let same = admin.patch(&path, json!({ "upstreamUrl": "127.0.0.1:1/acme/other" })).await.expect(200).json();
        assert_eq!((&same["upstreamUrl"], &same["upstreamUsername"]), (&json!("127.0.0.1:1/acme/other"), &json!("robot")));
        let other = admin.patch(&path, json!({ "upstreamUrl": "127.0.0.1:3/acme/ship" })).await;
        other.expect_problem(400, "credentials_of_another_registry", "upstreamAuth");
        let given = json!({ "upstreamUrl": "127.0.0.1:2/acme/ship", "auth": { "username": "two", "password": "q" } });
        assert_eq!(admin.patch(&path, given).await.expect(200).field("/upstreamUsername"), "two");
        let none = admin.patch(&path, json!({ "auth": null })).await.expect(200).json();
        assert_eq!((&none["upstreamUrl"], none.get("upstreamUsername")), (&json!("127.0.0.1:2/acme/ship"), None));
        admin.patch(&path, json!({ "upstreamUrl": "127.0.0.1:1/acme/ship" })).await.expect(200);
        admin.patch(&path, json!({ "upstreamUrl": "" })).await.expect_problem(400, "upstream_blank", "upstreamUrl");
        let events = admin.get("/api/v1/audit-events?kind=artifact.updated").await.json();
        assert_eq!(events.as_array().unwrap().len(), 4);
    }

    async fn what_is_pushed_to_has_no_upstream_and_what_is_not_takes_no_push(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push("ship", "1.0").await;
        let path = format!("{ARTIFACTS}/{}", hub.acme.artifact_id("ship").await);
        let refused = hub.acme.admin.patch(&path, json!({ "upstreamUrl": "127.0.0.1:1/acme/ship" })).await;
        refused.expect_problem(400, "artifact_not_pull_through", "upstreamUrl");
        let refused = hub.acme.admin.request(Method::POST, &format!("{path}/sync")).send().await;
        refused.expect_problem(400, "artifact_not_pull_through", "upstreamUrl");
        hub.acme.admin.post(ARTIFACTS, json!({ "name": "empty" })).await.expect(201);
        hub.acme.push("empty", "1.0").await;
        assert_eq!(names(&hub.acme.admin.get(ARTIFACTS).await).len(), 2);
    }
}
