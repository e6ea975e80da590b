//! What a customer is not entitled to looks like what does not exist, on every route of applications (also those of versions,
//! their files and documents), and so does what is another vendor's.

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::TestHub;
use serde_json::json;

const UNKNOWN: &str = "0193606c-8f3a-7000-8000-000000000001";
const PARTS: [&str; 5] = ["", "/compose-file", "/values-file", "/template-file", "/resources"];

/// Whether somebody reads a version, by all of its routes alike; what they are told otherwise is what they are told of a version
/// that does not exist.
async fn reads(client: &Client, application: &str, version: &str) -> bool {
    let mut answers = Vec::new();
    for part in PARTS {
        let reply = client.get(&format!("/api/v1/applications/{application}/versions/{version}{part}")).await;
        if reply.status != 200 {
            let unknown =
                client.get(&format!("/api/v1/applications/{UNKNOWN}/versions/{UNKNOWN}{part}")).await;
            assert_eq!((reply.status.as_u16(), &reply.body), (404, &unknown.body), "{part}");
        }
        answers.push(reply.status == 200);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "all parts alike: {answers:?}");
    answers[0]
}

both_engines! {
    async fn nobody_reads_what_they_are_not_entitled_to(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let globex = hub.add_vendor("Globex", "globex").await;
        let fleet = hub.acme.add_application("Fleet").await;
        let ship = hub.acme.add_application("Ship").await;
        let old = hub.acme.add_version(&fleet, "1.0.0").await;
        let new = hub.acme.add_version(&fleet, "2.0.0").await;
        let mut customers = Vec::new();
        for (name, rest) in [
            ("full", Some(json!({}))),
            ("partial", Some(json!({ "versions": [{ "id": old }] }))),
            ("expired", Some(json!({ "expiresAt": "2020-01-01T00:00:00Z" }))),
            ("other application", None),
            ("none", None),
        ] {
            let customer = hub.acme.add_customer(name).await;
            let application = if name == "other application" { &ship } else { &fleet };
            if name != "none" {
                hub.acme.entitle_to((&customer, application), "Gold", rest.unwrap_or(json!({}))).await;
            }
            customers.push((name, hub.customer(&customer, Role::Admin).await));
        }
        let foreign = hub.add_member(&globex, Some(&globex.add_customer("Foreign").await), Role::Admin).await.client;
        customers.extend([("foreign customer", foreign), ("foreign vendor", globex.admin.clone())]);
        for (name, client) in &customers {
            let (sees_old, sees_new) = match *name {
                "full" => (true, true),
                "partial" => (true, false),
                _ => (false, false),
            };
            assert_eq!(reads(client, &fleet, &old).await, sees_old, "{name}");
            assert_eq!(reads(client, &fleet, &new).await, sees_new, "{name}");
            assert!(!reads(client, &ship, &old).await, "{name}: in another application it is not there");
            let shown = client.get(&format!("/api/v1/applications/{fleet}")).await;
            if sees_old {
                let versions = shown.expect(200).json()["versions"].as_array().unwrap().len();
                assert_eq!(versions, 1 + usize::from(sees_new), "{name}");
            } else {
                let unknown = client.get(&format!("/api/v1/applications/{UNKNOWN}")).await;
                assert_eq!((shown.status.as_u16(), shown.body), (404, unknown.body), "{name}");
            }
            let list = client.get("/api/v1/applications").await.expect(200);
            assert_eq!(list.text().contains(&fleet), sees_old, "{name}: {list}");
            assert_eq!(list.text().contains(&new), sees_new, "{name}: {list}");
            let entitlements = client.get("/api/v1/application-entitlements").await.expect(200);
            assert!(!entitlements.text().contains("2.0.0"), "{name}: {entitlements}");
        }
        assert!(reads(&hub.acme.admin, &fleet, &new).await);
    }

    async fn nobody_writes_to_another_vendors(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let globex = hub.add_vendor("Globex", "globex").await;
        let initech = hub.acme.add_customer("Initech").await;
        let fleet = hub.acme.add_application("Fleet").await;
        let version = hub.acme.add_version(&fleet, "1.0.0").await;
        let gold = hub.acme.entitle_to((&initech, &fleet), "Gold", json!({})).await;
        let own = globex.add_application("Own").await;
        let before = hub.acme.admin.get("/api/v1/application-entitlements").await;
        let admin = &globex.admin;
        let application = format!("/api/v1/applications/{fleet}");
        let entitlement = format!("/api/v1/application-entitlements/{gold}");
        for reply in [
            admin.put(&application, json!({ "name": "Stolen" })).await,
            admin.patch(&application, json!({ "name": "Stolen" })).await,
            admin.delete(&application).await,
            admin.put(&format!("{application}/versions/{version}"), json!({ "name": "9" })).await,
            // By an application of one's own, and the foreign version in the address or in the body.
            admin.put(&format!("/api/v1/applications/{own}/versions/{version}"), json!({ "name": "9" })).await,
            admin.get(&entitlement).await,
            admin.put(&entitlement, json!({ "name": "Stolen" })).await,
            admin.delete(&entitlement).await,
        ] {
            reply.expect_problem(404, "not_found", "");
        }
        let archive = json!({ "versions": [{ "id": version, "archivedAt": "2026-01-01T00:00:00Z" }] });
        let refused = admin.patch(&format!("/api/v1/applications/{own}"), archive).await;
        refused.expect_problem(400, "version_unknown", "versions");
        assert_eq!(hub.acme.admin.get("/api/v1/application-entitlements").await.body, before.body);
        assert_eq!(hub.acme.admin.get(&application).await.json()["versions"][0].get("archivedAt"), None);
    }

    async fn deployments_switched_off_take_applications_with_them(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let fleet = hub.acme.add_application("Fleet").await;
        let member = hub.customer(&initech, Role::Admin).await;
        let body = json!({ "name": "Initech", "features": ["artifacts"] });
        hub.acme.admin.put(&format!("/api/v1/customer-organizations/{initech}"), body).await.expect(200);
        for path in ["/api/v1/applications".to_owned(), format!("/api/v1/applications/{fleet}")] {
            member.get(&path).await.expect_problem(403, "forbidden", "");
        }
    }
}
