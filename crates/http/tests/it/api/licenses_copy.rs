//! `POST /api/v1/customer-organizations/{id}/copy-licenses`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::{Value, json};

use super::{names, seen_tags};

fn path(customer: &str) -> String {
    format!("/api/v1/customer-organizations/{customer}/copy-licenses")
}

async fn of(hub: &TestHub, customer: &str) -> Value {
    let all = hub.acme.admin.get("/api/v1/licenses").await.expect(200).json();
    let found = all.as_array().unwrap().iter().find(|one| one["customerOrganization"]["id"] == customer);
    found.unwrap().clone()
}

both_engines! {
    async fn a_customer_gets_what_another_has_with_an_end_of_its_own(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        for tag in ["1.0", "2.0"] {
            hub.acme.push("ship", tag).await;
        }
        let ship = hub.acme.artifact_id("ship").await;
        let scope = json!([{ "artifactId": ship, "scope": { "kind": "chosen", "tags": ["1.0"] } }]);
        hub.acme.entitle(&initech, "Gold", scope).await;
        hub.acme.entitle(&initech, "Range", json!([{ "artifactId": ship, "scope": { "kind": "range", "expression": ">=9" } }])).await;
        hub.acme.add_license_key("FLEET", Some(&initech)).await;
        hub.acme.add_license_key("fleet_2", None).await;
        let body = json!({ "from": initech, "kinds": ["artifact_entitlements", "license_keys"], "expiresAt": "2027-05-01T00:00:00Z" });
        let copied = hub.vendor(Role::ReadWrite).await.post(&path(&hooli), body.clone()).await.expect(200).json();
        assert_eq!(copied["artifactEntitlementIds"].as_array().unwrap().len(), 2);
        assert_eq!(copied["licenseKeyIds"].as_array().unwrap().len(), 1);
        let events = hub.acme.admin.get("/api/v1/audit-events?kind=artifact_entitlement.").await.json();
        let kinds: Vec<_> = events.as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap().to_owned()).collect();
        assert_eq!(kinds, ["artifact_entitlement.created"; 4], "two were made and two copied");
        let (before, after) = (of(&hub, &initech).await, of(&hub, &hooli).await);
        for (index, name) in ["Gold", "Range"].into_iter().enumerate() {
            let one = &after["artifactEntitlements"][index];
            assert_eq!((&one["name"], &one["expiresAt"]), (&json!(name), &json!("2027-05-01T00:00:00Z")));
            assert_eq!(one["artifacts"], before["artifactEntitlements"][index]["artifacts"]);
        }
        let key = &after["licenseKeys"][0];
        assert_eq!((&key["name"], &key["notBefore"], &key["expiresAt"]), (&json!("FLEET_3"), &json!("2026-11-24T12:00:00Z"), &json!("2027-05-01T00:00:00Z")));
        assert_eq!(key["payload"], before["licenseKeys"][0]["payload"]);
        let member = hub.customer(&hooli, Role::ReadOnly).await;
        assert_eq!(seen_tags(&member, &ship).await, ["1.0"]);
        let token = member.get(&format!("/api/v1/license-keys/{}/token", key["id"].as_str().unwrap())).await;
        assert!(token.expect(200).field("/token").starts_with("eyJ"));

        // Once more the names are taken, and not even the key is copied.
        let again = hub.acme.admin.post(&path(&hooli), body).await;
        again.expect_problem(400, "name_taken", "kinds");
        assert!(again.text().contains("“Gold”"), "{again}");
        assert_eq!(of(&hub, &hooli).await, after);
    }

    async fn what_can_not_be_copied_is_refused_whole(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        hub.acme.push("ship", "1.0").await;
        let ship = hub.acme.artifact_id("ship").await;
        hub.acme.entitle(&initech, "Gold", json!([{ "artifactId": ship }])).await;
        hub.acme.add_license_key("FLEET", Some(&initech)).await;
        let end = json!("2027-05-01T00:00:00Z");
        for (from, kinds, expires_at, code, field) in [
            (&initech, json!([]), &end, "kinds_missing", "kinds"),
            (&initech, json!(["everything"]), &end, "kind_unknown", "kinds"),
            (&hooli, json!(["license_keys"]), &end, "customer_same", "from"),
            (&initech, json!(["artifact_entitlements"]), &json!("2026-11-24T12:00:00Z"), "expiry_past", "expiresAt"),
            (&initech, json!(["artifact_entitlements", "license_keys"]), &json!(null), "expiry_missing", "expiresAt"),
        ] {
            let body = json!({ "from": from, "kinds": kinds, "expiresAt": expires_at });
            let refused = hub.acme.admin.post(&path(&hooli), body).await;
            refused.expect_problem(400, code, field);
        }
        let none = json!({ "from": hooli, "kinds": ["license_keys", "artifact_entitlements"], "expiresAt": end });
        hub.acme.admin.post(&path(&initech), none).await.expect_problem(400, "nothing_to_copy", "kinds");
        let globex = hub.add_vendor("Globex", "globex").await;
        let foreign = globex.add_customer("Hooli").await;
        let body = json!({ "from": initech, "kinds": ["license_keys"], "expiresAt": end });
        globex.admin.post(&path(&foreign), body.clone()).await.expect_problem(404, "not_found", "");
        hub.acme.admin.post(&path(&foreign), body.clone()).await.expect_problem(404, "not_found", "");
        hub.vendor(Role::ReadOnly).await.post(&path(&hooli), body).await.expect_problem(403, "forbidden", "");
        assert_eq!(names(&hub.acme.admin.get("/api/v1/artifact-entitlements").await), ["Gold"]);
        assert_eq!(names(&hub.acme.admin.get("/api/v1/license-keys").await), ["FLEET"]);
        let without_end = json!({ "from": initech, "kinds": ["artifact_entitlements"] });
        hub.acme.admin.post(&path(&hooli), without_end).await.expect(200);
        assert_eq!(of(&hub, &hooli).await["artifactEntitlements"][0].get("expiresAt"), None);
    }
}
