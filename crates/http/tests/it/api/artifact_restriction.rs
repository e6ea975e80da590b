//! The switches of `PUT /api/v1/organization`: who sees artifacts, and whether tags move.

use grantry_model::role::Role;
use grantry_ops::organization::artifacts;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::{Value, json};

use super::seen_tags;
use crate::portal::calling;

const ORGANIZATION: &str = "/api/v1/organization";

async fn switch(hub: &TestHub, switches: Value) -> Value {
    let mut body = json!({ "name": "Acme Robotics" });
    body.as_object_mut().unwrap().extend(switches.as_object().unwrap().clone());
    hub.acme.admin.put(ORGANIZATION, body).await.expect(200).json()
}

both_engines! {
    async fn an_administrator_opens_and_closes_the_artifacts(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push("ship", "1.0").await;
        let ship = hub.acme.artifact_id("ship").await;
        let initech = hub.acme.add_customer("Initech").await;
        let member = hub.customer(&initech, Role::ReadOnly).await;
        // Closed from the start, before anybody is entitled.
        assert_eq!(switch(&hub, json!({ "artifactsRestricted": true })).await["artifactsRestricted"], json!(true));
        assert_eq!(member.get("/api/v1/artifacts").await.json(), json!([]));
        member.pull("acme/ship", "1.0").await.expect(404);
        assert_eq!(switch(&hub, json!({})).await["artifactsRestricted"], json!(true), "what is absent stays");
        let entitlement = hub.acme.entitle(&initech, "Gold", json!([{ "artifactId": ship }])).await;
        assert_eq!(seen_tags(&member, &ship).await, ["1.0"]);
        let caller = calling(&hub.ops, &hub.acme.admin).await;
        let effects = artifacts::preview(&hub.ops, &caller).await.unwrap();
        assert_eq!(effects, artifacts::Effects { customers: 1, entitled: 1, artifacts: 1 });
        hub.acme.admin.delete(&format!("/api/v1/artifact-entitlements/{entitlement}")).await.expect(204);
        assert_eq!(seen_tags(&member, &ship).await, [""; 0], "the last entitlement opens nothing");
        switch(&hub, json!({ "artifactsRestricted": false })).await;
        assert_eq!(seen_tags(&member, &ship).await, ["1.0"]);
        member.pull("acme/ship", "1.0").await.expect(200);
        // Opened with entitlements there, it stays open when more are made.
        hub.acme.entitle(&initech, "Gold", json!([{ "artifactId": ship }])).await;
        switch(&hub, json!({ "artifactsRestricted": false })).await;
        hub.acme.entitle(&initech, "Silver", json!([{ "artifactId": ship }])).await;
        assert_eq!(hub.acme.admin.get(ORGANIZATION).await.json()["artifactsRestricted"], json!(false));
        let events = hub.acme.admin.get("/api/v1/audit-events?kind=organization.artifact_restriction_changed").await.json();
        assert_eq!(events.as_array().unwrap().len(), 4);
    }

    async fn only_administrators_decide_and_customers_are_not_told(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        for switches in [json!({ "artifactsRestricted": true }), json!({ "artifactVersionMutable": true })] {
            let mut body = json!({ "name": "Acme" });
            body.as_object_mut().unwrap().extend(switches.as_object().unwrap().clone());
            hub.vendor(Role::ReadWrite).await.put(ORGANIZATION, body.clone()).await.expect_problem(403, "forbidden", "");
            hub.customer(&initech, Role::Admin).await.put(ORGANIZATION, body).await.expect_problem(403, "forbidden", "");
        }
        let unchanged = hub.acme.admin.get(ORGANIZATION).await.json();
        assert_eq!((&unchanged["artifactsRestricted"], &unchanged["artifactVersionMutable"]), (&json!(false), &json!(false)));
        let member = hub.customer(&initech, Role::ReadOnly).await;
        assert_eq!(member.get(ORGANIZATION).await.json().get("artifactsRestricted"), None);
        assert_eq!(member.get("/api/v1/context").await.json()["organization"].get("artifactsRestricted"), None);
    }

    async fn tags_move_only_if_the_organization_lets_them(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let first = hub.acme.push_image("ship", "stable", "one").await;
        assert_eq!(switch(&hub, json!({ "artifactVersionMutable": true })).await["features"], json!(["licensing", "artifact_version_mutable"]));
        let second = hub.acme.push_image("ship", "stable", "two").await;
        assert_ne!(first.digest, second.digest);
        assert_eq!(switch(&hub, json!({ "artifactVersionMutable": false })).await["artifactVersionMutable"], json!(false));
        hub.acme.push_image("ship", "stable", "two").await;
        let manifest = hub.acme.admin.pull("acme/ship", &first.digest).await.expect(200);
        let push = hub.acme.admin.registry(http::Method::PUT, "/v2/acme/ship/manifests/stable");
        let refused = push.header("content-type", first.media_type).body(manifest.body).send().await.expect(403);
        assert!(refused.text().contains("DENIED"), "{refused}");
        let events = hub.acme.admin.get("/api/v1/audit-events?kind=organization.tag_mutability_changed").await.json();
        assert_eq!(events.as_array().unwrap().len(), 2);
        assert_eq!(events[1]["details"], json!({ "before": { "tagsMutable": false }, "after": { "tagsMutable": true } }));
    }
}
