//! `GET /api/v1/access/explain` and `/access/sight` of applications, and copying and counting their entitlements.

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::json;

use crate::snapshot::check;

both_engines! {
    async fn every_answer_says_why(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        let fleet = hub.acme.add_application("Fleet Main").await;
        let old = hub.acme.add_version(&fleet, "1.0.0").await;
        hub.acme.add_version(&fleet, "2.0.0").await;
        let explain = async |customer: &str, application: &str, version: &str| {
            let query = format!("customer={customer}&application={application}&version={version}");
            admin.get(&format!("/api/v1/access/explain?{query}")).await.expect(200)
        };
        assert_eq!(explain(&initech, "fleet%20main", "1.0.0").await.json()["code"], "unrestricted");
        hub.acme.entitle_to((&initech, &fleet), "Gold", json!({ "versions": [{ "id": old }] })).await;
        let ended = json!({ "expiresAt": "2026-11-24T13:00:00Z" });
        hub.acme.entitle_to((&hooli, &fleet), "Trial", ended).await;
        for (customer, application, version, code) in [
            (&initech, "fleet%20main", "1.0.0", "granted"),
            (&initech, fleet.as_str(), old.as_str(), "granted"),
            (&initech, &fleet, "", "granted"),
            (&initech, &fleet, "2.0.0", "outside_scope"),
            (&initech, &fleet, "9.9", "unknown"),
            (&initech, "nothing", "1.0.0", "unknown"),
            (&initech, "%00", "%00", "unknown"),
            (&hooli, &fleet, "2.0.0", "granted"),
        ] {
            let answer = explain(customer, application, version).await.json();
            assert_eq!((&answer["code"], &answer["allowed"]), (&json!(code), &json!(code == "granted")), "{answer}");
        }
        let whole = explain(&initech, &fleet, "").await.field("/sentence");
        assert_eq!(whole, "“Gold” grants versions of this application, without end.");
        check("access_explain_application", &explain(&initech, &fleet, "1.0.0").await);
        hub.clock.advance(chrono::TimeDelta::hours(2));
        check("access_explain_application_expired", &explain(&hooli, &fleet, "2.0.0").await);
        let archive = json!({ "versions": [{ "id": old, "archivedAt": "2026-11-24T12:00:00Z" }] });
        admin.patch(&format!("/api/v1/applications/{fleet}"), archive).await.expect(200);
        let sentence = explain(&initech, &fleet, "1.0.0").await.field("/sentence");
        assert!(sentence.ends_with("It is archived, so it can't be deployed anew."), "{sentence}");
        let sight = admin.get(&format!("/api/v1/access/sight?customer={initech}&of=applications")).await;
        check("access_sight_applications", &sight);
        let nothing = admin.get(&format!("/api/v1/access/sight?customer={hooli}&of=applications")).await.json();
        assert_eq!(nothing, json!({ "sees": "granted", "artifacts": [], "applications": [] }));
        let wrong = admin.get(&format!("/api/v1/access/sight?customer={hooli}&of=houses")).await;
        wrong.expect_problem(400, "kind_unknown", "of");
        let member = hub.customer(&initech, Role::Admin).await;
        member.get(&format!("/api/v1/access/explain?customer={initech}&application={fleet}")).await
            .expect_problem(403, "forbidden", "");
    }

    async fn entitlements_are_copied_counted_and_go_with_their_customer(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        let fleet = hub.acme.add_application("Fleet").await;
        hub.acme.add_version(&fleet, "1.0.0").await;
        let rest = json!({
            "scope": { "kind": "range", "expression": "^1" },
            "registryUrl": "registry.example.com", "registryUsername": "robot", "registryPassword": "hunter2",
        });
        hub.acme.entitle_to((&initech, &fleet), "Gold", rest).await;
        let copy = json!({ "from": initech, "kinds": ["application_entitlements"] });
        let path = format!("/api/v1/customer-organizations/{hooli}/copy-licenses");
        let copied = admin.post(&path, copy.clone()).await.expect(200);
        let id = copied.field("/applicationEntitlementIds/0");
        let shown = admin.get(&format!("/api/v1/application-entitlements/{id}")).await.expect(200);
        assert_eq!(shown.json()["scope"], json!({ "kind": "range", "expression": "^1" }));
        assert!(!shown.text().contains("registry"), "credentials may be the customer's own: {shown}");
        admin.post(&path, copy).await.expect_problem(400, "name_taken", "kinds");
        let licenses = admin.get("/api/v1/licenses").await.expect(200).json();
        assert_eq!(licenses[0]["applicationEntitlements"], json!([shown.json()]));
        let customers = admin.get("/api/v1/customer-organizations").await.json();
        assert_eq!(customers[0]["applicationEntitlementCount"], 1);
        admin.delete(&format!("/api/v1/customer-organizations/{hooli}")).await.expect(204);
        admin.get(&format!("/api/v1/application-entitlements/{id}")).await.expect_problem(404, "not_found", "");
        let left = admin.get("/api/v1/application-entitlements").await.json();
        assert_eq!(left.as_array().unwrap().len(), 1);
    }
}
