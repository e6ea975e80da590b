//! `POST /api/v1/license-keys`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::{TestHub, license_key};
use serde_json::{Value, json};

use crate::snapshot::check;

const KEYS: &str = "/api/v1/license-keys";

/// A license key with some members changed; null removes one.
fn with(changes: &Value) -> Value {
    let mut key = license_key("FLEET_MAIN", None);
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            key.as_object_mut().unwrap().remove(name);
        } else {
            key[name] = value.clone();
        }
    }
    key
}

both_engines! {
    async fn a_key_is_created_for_a_customer(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let member = hub.vendor(Role::ReadWrite).await;
        let created = member.post(KEYS, license_key("FLEET_MAIN", Some(&initech))).await.expect(200);
        check("license_key_create", &created);
        assert_eq!(member.get(&format!("{KEYS}/{}", created.id())).await.json(), created.json());
    }

    async fn a_key_without_customer_is_organization_wide(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let body = with(&json!({ "description": null, "payload": {}, "graceSeconds": 86_400, "name": " My Key " }));
        check("license_key_create_organization_wide", &hub.acme.admin.post(KEYS, body).await.expect(200));
    }

    async fn each_field_at_fault_is_named(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for (changes, code, field) in [
            (json!({ "name": " \t" }), "name_blank", "name"),
            (json!({ "name": "n".repeat(201) }), "name_too_long", "name"),
            (json!({ "name": "a\nb" }), "name_control_character", "name"),
            (json!({ "description": "d".repeat(2001) }), "description_too_long", "description"),
            (json!({ "payload": null }), "payload_missing", "payload"),
            (json!({ "notBefore": null }), "start_missing", "notBefore"),
            (json!({ "expiresAt": null }), "expiry_missing", "expiresAt"),
            (json!({ "expiresAt": "2026-11-24T12:00:00Z" }), "expiry_not_after_start", "expiresAt"),
            (json!({ "expiresAt": "2026-11-24T12:00:00.9Z" }), "expiry_not_after_start", "expiresAt"),
            (json!({ "notBefore": "1969-12-31T23:59:59Z" }), "time_out_of_range", "notBefore"),
            (json!({ "notBefore": "2026-11-24" }), "json_malformed", "notBefore"),
            (json!({ "graceSeconds": -1 }), "grace_out_of_range", "graceSeconds"),
            (json!({ "graceSeconds": 4_000_000_000_i64 }), "grace_out_of_range", "graceSeconds"),
            (json!({ "customerOrganizationId": "" }), "json_malformed", "customerOrganizationId"),
            (json!({ "customerOrganizationId": "initech" }), "json_malformed", "customerOrganizationId"),
        ] {
            hub.acme.admin.post(KEYS, with(&changes)).await.expect_problem(400, code, field);
        }
        let several = with(&json!({ "name": "", "payload": [], "notBefore": null, "graceSeconds": -1 }));
        check("license_key_create_fields_at_fault", &hub.acme.admin.post(KEYS, several).await);
        assert_eq!(hub.acme.admin.get(KEYS).await.json(), json!([]));
    }
}
