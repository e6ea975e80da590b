//! `PUT /api/v1/license-keys/{id}`

use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::json;

use crate::snapshot::check;

const KEYS: &str = "/api/v1/license-keys";

both_engines! {
    async fn other_content_makes_a_revision(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let path = format!("{KEYS}/{}", hub.acme.add_license_key("FLEET", Some(&initech)).await);
        let member = hub.vendor(Role::ReadWrite).await;
        hub.clock.advance(TimeDelta::hours(1));
        let body = json!({ "payload": { "seats": 250 }, "expiresAt": "2028-01-01T00:00:00+01:00", "graceSeconds": 3600 });
        check("license_key_update", &member.put(&path, body).await.expect(200));
        assert_eq!(hub.acme.admin.get(&path).await.json()["payload"], json!({ "seats": 250 }));
    }

    async fn a_description_changes_in_place_and_null_clears_it(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let path = format!("{KEYS}/{}", hub.acme.add_license_key("FLEET", None).await);
        let admin = &hub.acme.admin;
        for (body, description) in [
            (json!({}), json!("Main fleet")),
            (json!({ "description": "Spare fleet" }), json!("Spare fleet")),
            (json!({ "payload": null, "notBefore": null, "expiresAt": null, "graceSeconds": null }), json!("Spare fleet")),
            (json!({ "description": null }), json!(null)),
            (json!({ "description": "  " }), json!(null)),
        ] {
            let changed = admin.put(&path, body.clone()).await.expect(200).json();
            assert_eq!(changed.get("description").cloned().unwrap_or_default(), description, "{body}");
            assert_eq!(changed["revision"], 1, "{body}");
            assert_eq!(changed["affectedDeployments"], json!([]));
        }
        assert_eq!(admin.get(&format!("{path}/revisions")).await.json().as_array().unwrap().len(), 1);
    }

    async fn equal_content_makes_no_revision(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let path = format!("{KEYS}/{}", hub.acme.add_license_key("FLEET", None).await);
        let before = hub.acme.admin.get(&path).await.json();
        hub.clock.advance(TimeDelta::hours(1));
        let body = r#"{ "payload": {"features":["sso","audit"], "seats" : 1e2, "plan":"gold"},
            "notBefore": "2026-11-24T13:00:00.25+01:00", "expiresAt": "2027-11-24T12:00:00Z", "graceSeconds": 0 }"#;
        let call = hub.acme.admin.request(http::Method::PUT, &path).header("content-type", "application/json");
        let changed = call.body(body).send().await.expect(200).json();
        assert_eq!(changed["revision"], 1);
        assert_eq!(hub.acme.admin.get(&path).await.json(), before);
        let audited = hub.acme.admin.get("/api/v1/audit-events?kind=license_key.").await.json();
        assert_eq!(audited.as_array().unwrap().len(), 1, "only the creation: {audited}");
    }

    async fn name_and_customer_stay(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        let path = format!("{KEYS}/{}", hub.acme.add_license_key("FLEET", Some(&initech)).await);
        let body = json!({ "name": "OTHER", "customerOrganizationId": hooli });
        let changed = hub.acme.admin.put(&path, body).await.expect(200);
        assert_eq!((changed.field("/name"), changed.field("/customerOrganizationId")), ("FLEET".to_owned(), initech));
    }

    async fn each_field_at_fault_is_named_and_nothing_changes(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let path = format!("{KEYS}/{}", hub.acme.add_license_key("FLEET", None).await);
        let before = hub.acme.admin.get(&path).await.json();
        for (body, code, field) in [
            (json!({ "description": "d".repeat(2001) }), "description_too_long", "description"),
            (json!({ "description": "x", "payload": [] }), "payload_not_an_object", "payload"),
            (json!({ "description": "x", "payload": { "exp": 1 } }), "payload_reserved_name", "payload"),
            (json!({ "expiresAt": "2026-11-24T12:00:00Z" }), "expiry_not_after_start", "expiresAt"),
            (json!({ "notBefore": "2028-01-01T00:00:00Z" }), "expiry_not_after_start", "expiresAt"),
            (json!({ "graceSeconds": -1 }), "grace_out_of_range", "graceSeconds"),
            (json!({ "graceSeconds": 1.5 }), "json_malformed", "graceSeconds"),
            (json!([]), "json_malformed", ""),
        ] {
            hub.acme.admin.put(&path, body).await.expect_problem(400, code, field);
            assert_eq!(hub.acme.admin.get(&path).await.json(), before);
        }
    }

    async fn of_two_edits_at_once_none_is_lost(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let path = format!("{KEYS}/{}", hub.acme.add_license_key("FLEET", None).await);
        let mut tasks = tokio::task::JoinSet::new();
        for seats in 0..8 {
            let (admin, path) = (hub.acme.admin.clone(), path.clone());
            tasks.spawn(async move { admin.put(&path, json!({ "payload": { "seats": seats } })).await });
        }
        let mut made = 1;
        while let Some(reply) = tasks.join_next().await {
            match reply.unwrap() {
                reply if reply.status == 200 => made += 1,
                reply => reply.expect_problem(409, "revised_meanwhile", ""),
            }
        }
        let revisions = hub.acme.admin.get(&format!("{path}/revisions")).await.json();
        assert_eq!(revisions.as_array().unwrap().len(), made);
    }
}
