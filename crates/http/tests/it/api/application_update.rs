//! `PUT` and `PATCH /api/v1/applications/{id}`, and `PUT` of a version.

use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::json;

const UNKNOWN: &str = "0193606c-8f3a-7000-8000-000000000001";

both_engines! {
    async fn only_the_name_changes(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let id = hub.acme.add_application("Fleet").await;
        hub.acme.add_application("Ship").await;
        hub.acme.add_version(&id, "1.0.0").await;
        let path = format!("/api/v1/applications/{id}");
        let before = admin.get(&path).await.json();
        let mut body = before.clone();
        body["name"] = json!("Armada");
        let changed = admin.put(&path, body.clone()).await.expect(200).json();
        assert_eq!(changed, body, "all else as it was");
        for (body, code, field) in [
            (json!({ "name": "Armada", "id": UNKNOWN }), "id_mismatch", "id"),
            (json!({ "name": "Armada", "type": "kubernetes" }), "type_fixed", "type"),
            (json!({ "name": "" }), "name_blank", "name"),
            (json!({}), "json_malformed", ""),
            (json!({ "name": "SHIP" }), "name_taken", "name"),
        ] {
            admin.put(&path, body).await.expect_problem(400, code, field);
        }
        assert_eq!(admin.get(&path).await.json(), changed);
    }

    async fn versions_are_archived_and_brought_back_all_or_none(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let (id, other) = (hub.acme.add_application("Fleet").await, hub.acme.add_application("Ship").await);
        let version = hub.acme.add_version(&id, "1.0.0").await;
        let foreign = hub.acme.add_version(&other, "1.0.0").await;
        let path = format!("/api/v1/applications/{id}");
        let archive = json!({ "id": version, "archivedAt": "2026-11-24T12:00:00Z" });
        for wrong in [UNKNOWN, &foreign] {
            let body = json!({ "name": "Armada", "versions": [archive, { "id": wrong }] });
            admin.patch(&path, body).await.expect_problem(400, "version_unknown", "versions");
        }
        let untouched = admin.get(&path).await.json();
        assert_eq!((&untouched["name"], untouched["versions"][0].get("archivedAt")), (&json!("Fleet"), None));
        let archived = admin.patch(&path, json!({ "versions": [archive] })).await.expect(200).json();
        assert_eq!(archived["versions"][0]["archivedAt"], "2026-11-24T12:00:00Z");
        let back = admin.patch(&path, json!({ "name": "Armada", "versions": [{ "id": version }] })).await.expect(200).json();
        assert_eq!((&back["name"], back["versions"][0].get("archivedAt")), (&json!("Armada"), None));
        assert_eq!(admin.patch(&path, json!({})).await.expect(200).json(), back);
        let out = json!({ "versions": [{ "id": version, "archivedAt": "1900-01-01T00:00:00Z" }] });
        admin.patch(&path, out).await.expect_problem(400, "time_out_of_range", "versions");
    }

    async fn a_version_is_renamed_but_never_out_of_a_range_that_grants_it(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let initech = hub.acme.add_customer("Initech").await;
        let id = hub.acme.add_application("Fleet").await;
        let version = hub.acme.add_version(&id, "1.0.0").await;
        hub.acme.add_version(&id, "1.1.0").await;
        let path = format!("/api/v1/applications/{id}/versions/{version}");
        let body = json!({ "id": version, "name": "1.0.1", "archivedAt": "2026-11-24T12:00:00Z" });
        let changed = admin.put(&path, body).await.expect(200).json();
        assert_eq!((&changed["name"], &changed["archivedAt"]), (&json!("1.0.1"), &json!("2026-11-24T12:00:00Z")));
        let back = admin.put(&path, json!({ "name": "1.0.1" })).await.expect(200).json();
        assert_eq!(back.get("archivedAt"), None, "what is absent brings it back");
        admin.put(&path, json!({ "name": "1.1.0" })).await.expect_problem(400, "name_taken", "name");
        admin.put(&path, json!({ "name": "2", "id": UNKNOWN })).await.expect_problem(400, "id_mismatch", "id");
        let scope = json!({ "scope": { "kind": "range", "expression": "^1" } });
        hub.acme.entitle_to((&initech, &id), "Gold", scope).await;
        let refused = admin.put(&path, json!({ "name": "2.0.0" })).await;
        refused.expect_problem(409, "would_narrow", "");
        assert!(refused.field("/detail").contains("“Gold” grants 1.0.1 to Initech"), "{refused}");
        admin.put(&path, json!({ "name": "1.9.0" })).await.expect(200);
    }
}
