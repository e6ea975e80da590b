//! `POST /api/v1/application-entitlements`

use grantry_model::role::Role;
use grantry_store::db::params;
use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::{TestHub, Vendor};
use serde_json::{Value, json};

use super::names;
use crate::snapshot::check;

const ENTITLEMENTS: &str = "/api/v1/application-entitlements";
const UNKNOWN: &str = "0193606c-8f3a-7000-8000-000000000001";

/// An application with these versions; its id and theirs.
async fn stocked(hub: &TestHub, vendor: &Vendor, versions: &[&str]) -> (String, Vec<String>) {
    let id = vendor.add_application("Fleet").await;
    let mut ids = Vec::new();
    for name in versions {
        hub.clock.advance(chrono::TimeDelta::seconds(60));
        ids.push(vendor.add_version(&id, name).await);
    }
    (id, ids)
}

/// The names of the versions of an application that somebody sees.
async fn seen(client: &Client, application: &str) -> Vec<String> {
    let shown = client.get(&format!("/api/v1/applications/{application}")).await;
    if shown.status == 404 {
        return Vec::new();
    }
    let json = shown.expect(200).json();
    json["versions"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

both_engines! {
    async fn an_entitlement_is_created_as_it_was_sent(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let (fleet, versions) = stocked(&hub, &hub.acme, &["1.0.0", "1.1.0"]).await;
        let body = json!({
            "name": " Gold ", "customerOrganizationId": initech, "applicationId": fleet,
            "expiresAt": "2027-11-24T14:00:00.1234567+02:00", "versions": [{ "id": versions[0], "name": "ignored" }],
            "registryUrl": "https://registry.example.com/", "registryUsername": "robot", "registryPassword": "hunter2",
        });
        let created = hub.vendor(Role::ReadWrite).await.post(ENTITLEMENTS, body).await;
        check("application_entitlement_create", &created);
        let path = format!("{ENTITLEMENTS}/{}", created.id());
        assert_eq!(hub.acme.admin.get(&path).await.expect(200).body, created.body);
        assert_eq!(hub.acme.admin.get(ENTITLEMENTS).await.json(), json!([created.json()]));
        let other = format!("{ENTITLEMENTS}?applicationId={UNKNOWN}");
        assert_eq!(hub.acme.admin.get(&other).await.json(), json!([]));
        hub.acme.admin.get(&format!("{ENTITLEMENTS}?applicationId=1")).await
            .expect_problem(400, "id_malformed", "applicationId");
        let member = hub.customer(&initech, Role::ReadOnly).await;
        let own = member.get(&path).await.expect(200);
        assert!(!own.text().contains("registry"), "without the registry: {own}");
        assert_eq!(member.get(ENTITLEMENTS).await.json(), json!([own.json()]));
        let log = hub.acme.admin.get("/api/v1/audit-events?limit=1000").await;
        assert!(!log.text().contains("hunter2"), "the password is nowhere");
    }

    async fn each_scope_grants_what_it_says(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (fleet, versions) = stocked(&hub, &hub.acme, &["1.0.0", "1.1.0", "2.0.0"]).await;
        let until = hub.clock.now();
        for (name, rest, now, later) in [
            ("chosen", json!({ "versions": [{ "id": versions[1] }] }), vec!["1.1.0"], vec!["1.1.0"]),
            ("scope chosen", json!({ "versions": [{ "id": versions[1] }], "scope": { "kind": "chosen" } }), vec!["1.1.0"], vec!["1.1.0"]),
            ("current", json!({ "scope": { "kind": "current" } }), vec!["1.0.0", "1.1.0", "2.0.0"], vec!["1.0.0", "1.1.0", "2.0.0"]),
            ("all", json!({}), vec!["1.0.0", "1.1.0", "2.0.0"], vec!["1.0.0", "1.1.0", "2.0.0", "1.2.0"]),
            ("empty", json!({ "versions": [] }), vec!["1.0.0", "1.1.0", "2.0.0"], vec!["1.0.0", "1.1.0", "2.0.0", "1.2.0"]),
            ("range", json!({ "scope": { "kind": "range", "expression": "^1" } }), vec!["1.0.0", "1.1.0"], vec!["1.0.0", "1.1.0", "1.2.0"]),
            ("window", json!({ "scope": { "kind": "published_until", "publishedUntil": until } }), vec!["1.0.0", "1.1.0", "2.0.0"], vec!["1.0.0", "1.1.0", "2.0.0"]),
            ("expired", json!({ "expiresAt": "2020-01-01T00:00:00Z" }), vec![], vec![]),
        ] {
            let customer = hub.acme.add_customer(name).await;
            let member = hub.customer(&customer, Role::ReadOnly).await;
            hub.acme.entitle_to((&customer, &fleet), name, rest).await;
            assert_eq!(seen(&member, &fleet).await, now, "{name}");
            hub.clock.advance(chrono::TimeDelta::seconds(60));
            hub.acme.add_version(&fleet, "1.2.0").await;
            assert_eq!(seen(&member, &fleet).await, later, "{name}, later");
            let in_list = member.get("/api/v1/applications").await.expect(200);
            assert_eq!(names(&in_list).len(), usize::from(!later.is_empty()), "{name}");
            // Out of the way of the next one, which is granted what there was before.
            let sql = "delete from application_version where name = '1.2.0'";
            let mut tx = hub.database.write().await.unwrap();
            tx.execute(sql, params![]).await.unwrap();
            tx.commit().await.unwrap();
        }
    }

    async fn the_first_one_restricts_every_customer(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        let (fleet, _) = stocked(&hub, &hub.acme, &["1.0.0"]).await;
        let member = hub.customer(&hooli, Role::Admin).await;
        assert_eq!(seen(&member, &fleet).await, ["1.0.0"], "everything, until then");
        let staff = hub.vendor(Role::ReadWrite).await;
        hub.acme.entitle_to((&initech, &fleet), "Gold", json!({})).await;
        assert_eq!(seen(&member, &fleet).await, [""; 0]);
        let open = json!({ "name": "Acme", "applicationsRestricted": false });
        staff.put("/api/v1/organization", open.clone()).await.expect_problem(403, "forbidden", "");
        let changed = hub.acme.admin.put("/api/v1/organization", open).await.expect(200).json();
        assert_eq!((&changed["applicationsRestricted"], &changed["artifactsRestricted"]), (&json!(false), &json!(false)));
        assert_eq!(seen(&member, &fleet).await, ["1.0.0"]);
        let told = member.get("/api/v1/organization").await.json();
        assert_eq!(told.get("applicationsRestricted"), None, "that is not a customer's to know");
        hub.acme.entitle_to((&initech, &fleet), "Silver", json!({})).await;
        assert_eq!(seen(&member, &fleet).await, ["1.0.0"], "only the first one restricts");
    }

    async fn whoever_names_nobody_or_nothing_is_told_which_field(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let (fleet, own) = stocked(&hub, &hub.acme, &["1.0.0"]).await;
        let empty = hub.acme.add_application("Empty").await;
        let globex = hub.add_vendor("Globex", "globex").await;
        let (foreign, foreign_versions) = stocked(&hub, &globex, &["1.0.0"]).await;
        let foreign_customer = globex.add_customer("Hooli").await;
        let version = |id: &str| json!([{ "id": id }]);
        let scope = |kind: &str| json!({ "kind": kind });
        let rest = |more: Value| more;
        for (change, code, field) in [
            (rest(json!({ "customerOrganizationId": null })), "customer_missing", "customerOrganizationId"),
            (json!({ "customerOrganizationId": UNKNOWN }), "customer_unknown", "customerOrganizationId"),
            (json!({ "customerOrganizationId": foreign_customer }), "customer_unknown", "customerOrganizationId"),
            (json!({ "applicationId": null }), "application_missing", "applicationId"),
            (json!({ "applicationId": UNKNOWN }), "application_unknown", "applicationId"),
            (json!({ "applicationId": foreign }), "application_unknown", "applicationId"),
            (json!({ "versions": version(UNKNOWN) }), "version_unknown", "versions"),
            (json!({ "versions": version(&foreign_versions[0]) }), "version_unknown", "versions"),
            (json!({ "versions": [{ "id": own[0] }, { "id": UNKNOWN }] }), "version_unknown", "versions"),
            (json!({ "versions": [{ "id": own[0] }, { "id": own[0] }] }), "version_twice", "versions"),
            (json!({ "scope": scope("chosen") }), "scope_empty", "versions"),
            (json!({ "applicationId": empty, "scope": scope("current") }), "scope_empty", "scope"),
            (json!({ "scope": scope("everything") }), "scope_unknown", "scope"),
            (json!({ "scope": scope("range") }), "range_malformed", "scope"),
            (json!({ "scope": { "kind": "range", "expression": "newer" } }), "range_malformed", "scope"),
            (json!({ "scope": scope("published_until") }), "published_until_missing", "scope"),
            (json!({ "scope": { "kind": "all", "expression": "^1" } }), "scope_mixed", "scope"),
            (json!({ "scope": scope("all"), "versions": version(&own[0]) }), "scope_mixed", "scope"),
            (json!({ "name": " " }), "name_blank", "name"),
            (json!({ "expiresAt": "1969-12-31T23:59:59Z" }), "time_out_of_range", "expiresAt"),
            (json!({ "expiresAt": "2027-01-01" }), "json_malformed", "expiresAt"),
            (json!({ "customerOrganizationId": "" }), "json_malformed", "customerOrganizationId"),
            (json!({ "registryUrl": "registry.example.com" }), "registry_incomplete", "registryUsername"),
            (json!({ "registryPassword": "x" }), "registry_incomplete", "registryUrl"),
            (json!({ "registryUrl": "a", "registryUsername": "b" }), "registry_incomplete", "registryPassword"),
            (json!({ "registryUrl": "http://a/b", "registryUsername": "b", "registryPassword": "c" }), "registry_malformed", "registryUrl"),
        ] {
            let mut body = json!({ "name": "Gold", "customerOrganizationId": initech, "applicationId": fleet });
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let refused = hub.acme.admin.post(ENTITLEMENTS, body).await;
            refused.expect_problem(400, code, field);
        }
        let none = json!({
            "name": "Gold", "customerOrganizationId": initech, "applicationId": fleet,
            "registryUrl": "", "registryUsername": null, "registryPassword": "",
        });
        hub.acme.admin.post(ENTITLEMENTS, none.clone()).await.expect(200);
        hub.acme.admin.post(ENTITLEMENTS, none).await.expect_problem(400, "name_taken", "name");
        assert_eq!(names(&hub.acme.admin.get(ENTITLEMENTS).await), ["Gold"]);
    }
}
