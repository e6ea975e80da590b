//! `PUT /api/v1/artifact-entitlements/{id}`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::{Value, json};

use super::seen_tags;
use crate::snapshot::check;

const ENTITLEMENTS: &str = "/api/v1/artifact-entitlements";

/// A hub with a customer who is entitled to one artifact of two by this scope; the paths and ids.
struct Scene {
    hub: TestHub,
    customer: String,
    ship: String,
    path: String,
}

impl Scene {
    async fn set(db: grantry_testdb::database::TestDatabase, scope: Value) -> Self {
        let hub = TestHub::start(db).await;
        let customer = hub.acme.add_customer("Initech").await;
        for tag in ["1.0", "2.0"] {
            hub.acme.push("ship", tag).await;
        }
        let ship = hub.acme.artifact_id("ship").await;
        let id = hub.acme.entitle(&customer, "Gold", json!([{ "artifactId": ship, "scope": scope }])).await;
        Self { customer, ship, path: format!("{ENTITLEMENTS}/{id}"), hub }
    }

    fn body(&self, artifacts: Value) -> Value {
        let mut body = json!({ "name": "Gold", "customerOrganizationId": self.customer });
        body["artifacts"] = artifacts;
        body
    }
}

both_engines! {
    async fn everything_but_the_id_is_replaced(db: TestDatabase) {
        let scene = Scene::set(db, json!({ "kind": "all" })).await;
        let hub = &scene.hub;
        hub.acme.push("charts/ship", "1.0").await;
        let chart = hub.acme.artifact_id("charts/ship").await;
        let hooli = hub.acme.add_customer("Hooli").await;
        let before = hub.customer(&scene.customer, Role::ReadOnly).await;
        let after = hub.customer(&hooli, Role::ReadOnly).await;
        let body = json!({
            "name": "Silver", "customerOrganizationId": hooli, "expiresAt": "2027-01-01T00:00:00Z",
            "artifacts": [{ "artifactId": chart, "scope": { "kind": "pattern", "expression": "1.*" } }],
        });
        check("artifact_entitlement_update", &hub.acme.admin.put(&scene.path, body.clone()).await);
        assert_eq!(seen_tags(&before, &scene.ship).await, [""; 0]);
        assert_eq!(seen_tags(&after, &chart).await, ["1.0"]);
        let event = hub.acme.admin.get("/api/v1/audit-events?limit=1").await.json();
        assert_eq!(event[0]["kind"], "artifact_entitlement.updated");
        assert_eq!(event[0]["details"]["before"]["name"], "Gold");
        assert_eq!(event[0]["details"]["after"]["artifacts"][0]["expression"], "1.*");
        hub.acme.admin.put(&scene.path, body).await.expect(200);
        let unchanged = hub.acme.admin.get("/api/v1/audit-events?limit=1").await.json();
        assert_eq!(unchanged[0]["id"], event[0]["id"], "what changes nothing is no event");
    }

    async fn what_is_sent_back_as_it_was_shown_changes_nothing(db: TestDatabase) {
        let scene = Scene::set(db, json!({ "kind": "current" })).await;
        let hub = &scene.hub;
        for tag in ["3.0", "4.0"] {
            hub.acme.push("ship", tag).await;
        }
        let shown = hub.acme.admin.get(&scene.path).await.expect(200);
        assert_eq!(shown.json()["artifacts"][0]["scope"], json!({ "kind": "current", "tags": ["1.0", "2.0"] }));
        assert_eq!(shown.json()["artifacts"][0]["versionIds"].as_array().unwrap().len(), 2);
        let again = hub.acme.admin.put(&scene.path, shown.json()).await.expect(200);
        assert_eq!(again.body, shown.body);
        let saved_anew = scene.body(json!([{ "artifactId": scene.ship, "scope": { "kind": "current" } }]));
        let saved_anew = hub.acme.admin.put(&scene.path, saved_anew).await.expect(200).json();
        assert_eq!(saved_anew["artifacts"][0]["scope"]["tags"], json!(["1.0", "2.0", "3.0", "4.0"]));
        for scope in [
            json!({ "kind": "pattern", "expression": "2.*" }),
            json!({ "kind": "range", "expression": ">=2" }),
            json!({ "kind": "all" }),
            json!({ "kind": "chosen", "tags": ["1.0", "3.0"] }),
        ] {
            let body = scene.body(json!([{ "artifactId": scene.ship, "scope": scope }]));
            let shown = hub.acme.admin.put(&scene.path, body).await.expect(200);
            assert_eq!(hub.acme.admin.put(&scene.path, shown.json()).await.expect(200).body, shown.body);
        }
    }

    async fn a_client_that_knows_no_scopes_widens_nothing(db: TestDatabase) {
        let scene = Scene::set(db, json!({ "kind": "pattern", "expression": "1.*" })).await;
        let (hub, ship) = (&scene.hub, &scene.ship);
        // It sends back what it understands: the ids, of which a pattern has none.
        let ids_only = |shown: &Value| scene.body(json!([{ "artifactId": ship, "versionIds": shown["artifacts"][0]["versionIds"] }]));
        let shown = hub.acme.admin.get(&scene.path).await.json();
        let sent = hub.acme.admin.put(&scene.path, ids_only(&shown)).await.expect(200).json();
        assert_eq!(sent["artifacts"][0]["scope"], json!({ "kind": "pattern", "tags": [], "expression": "1.*" }));
        let chosen = scene.body(json!([{ "artifactId": ship, "scope": { "kind": "chosen", "tags": ["1.0"] } }]));
        let shown = hub.acme.admin.put(&scene.path, chosen).await.expect(200).json();
        let sent = hub.acme.admin.put(&scene.path, ids_only(&shown)).await.expect(200).json();
        assert_eq!(sent["artifacts"][0]["scope"], json!({ "kind": "chosen", "tags": ["1.0"] }));
        // The only chosen tag goes when the entitlement has ended; then there is no id to send back.
        let mut ended = sent.clone();
        ended["expiresAt"] = "2026-11-24T11:00:00Z".into();
        hub.acme.admin.put(&scene.path, ended).await.expect(200);
        hub.acme.admin.delete(&format!("/api/v1/artifacts/{ship}/tags/1.0")).await.expect(204);
        let shown = hub.acme.admin.get(&scene.path).await.json();
        assert_eq!(shown["artifacts"][0]["versionIds"], json!([]));
        let sent = hub.acme.admin.put(&scene.path, ids_only(&shown)).await.expect(200).json();
        assert_eq!(sent["artifacts"][0]["scope"], json!({ "kind": "chosen", "tags": ["1.0"] }));
    }

    async fn a_chosen_tag_that_is_gone_may_stay_chosen(db: TestDatabase) {
        let scene = Scene::set(db, json!({ "kind": "chosen", "tags": ["1.0"] })).await;
        let (hub, ship) = (&scene.hub, &scene.ship);
        let chosen = |tags: Value| scene.body(json!([{ "artifactId": ship, "scope": { "kind": "chosen", "tags": tags } }]));
        let mut ended = chosen(json!(["1.0"]));
        ended["expiresAt"] = "2026-11-24T11:00:00Z".into();
        hub.acme.admin.put(&scene.path, ended).await.expect(200);
        hub.acme.admin.delete(&format!("/api/v1/artifacts/{ship}/tags/1.0")).await.expect(204);
        let kept = hub.acme.admin.put(&scene.path, chosen(json!(["1.0", "2.0"]))).await.expect(200).json();
        assert_eq!(kept["artifacts"][0]["scope"]["tags"], json!(["1.0", "2.0"]));
        let refused = hub.acme.admin.put(&scene.path, chosen(json!(["1.0", "7.0"]))).await;
        refused.expect_problem(400, "tag_unknown", "artifacts");
        assert!(refused.text().contains("“7.0”") && !refused.text().contains("“1.0”"), "{refused}");
        // Once it is left out it is gone for good.
        hub.acme.admin.put(&scene.path, chosen(json!(["2.0"]))).await.expect(200);
        hub.acme.admin.put(&scene.path, chosen(json!(["1.0"]))).await.expect_problem(400, "tag_unknown", "artifacts");
    }

    async fn a_refused_change_changes_nothing(db: TestDatabase) {
        let scene = Scene::set(db, json!({ "kind": "chosen", "tags": ["1.0"] })).await;
        let hub = &scene.hub;
        let before = hub.acme.admin.get(&scene.path).await.body;
        hub.acme.entitle(&scene.customer, "Silver", json!([{ "artifactId": scene.ship }])).await;
        let mut taken = scene.body(json!([{ "artifactId": scene.ship }]));
        taken["name"] = "silver".into();
        hub.acme.admin.put(&scene.path, taken).await.expect_problem(400, "name_taken", "name");
        let unknown = scene.body(json!([{ "artifactId": scene.ship, "versionIds": [scene.customer] }]));
        hub.acme.admin.put(&scene.path, unknown).await.expect_problem(400, "version_unknown", "artifacts");
        assert_eq!(hub.acme.admin.get(&scene.path).await.body, before);
        let reader = hub.vendor(Role::ReadOnly).await;
        reader.put(&scene.path, scene.body(json!([{ "artifactId": scene.ship }]))).await.expect_problem(403, "forbidden", "");
    }
}
