//! `PUT /api/v1/application-entitlements/{id}`

use grantry_store::seal::MasterKey;
use grantry_store::store::Store;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::{Value, json};

use crate::snapshot::check;

const ENTITLEMENTS: &str = "/api/v1/application-entitlements";
const UNKNOWN: &str = "0193606c-8f3a-7000-8000-000000000001";

/// A hub with a customer who is entitled to an application with the versions 1.0.0, 1.1.0 and 2.0.0.
struct Scene {
    hub: TestHub,
    customer: String,
    application: String,
    versions: Vec<String>,
    path: String,
}

impl Scene {
    async fn set(db: grantry_testdb::database::TestDatabase, rest: Value) -> Self {
        let hub = TestHub::start(db).await;
        let customer = hub.acme.add_customer("Initech").await;
        let application = hub.acme.add_application("Fleet").await;
        let mut versions = Vec::new();
        for name in ["1.0.0", "1.1.0", "2.0.0"] {
            hub.clock.advance(chrono::TimeDelta::seconds(1));
            versions.push(hub.acme.add_version(&application, name).await);
        }
        let id = hub.acme.entitle_to((&customer, &application), "Gold", rest).await;
        Self { customer, application, versions, path: format!("{ENTITLEMENTS}/{id}"), hub }
    }

    async fn put(&self, change: Value) -> grantry_testkit::reply::Reply {
        let mut body = json!({ "name": "Gold", "customerOrganizationId": self.customer, "applicationId": self.application });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        self.hub.acme.admin.put(&self.path, body).await
    }

    fn ids(&self, numbers: &[usize]) -> Value {
        numbers.iter().map(|&number| json!({ "id": self.versions[number] })).collect()
    }
}

both_engines! {
    async fn a_grant_widens_and_ends_but_never_narrows(db: TestDatabase) {
        let scene = Scene::set(db, json!({})).await;
        let refused = scene.put(json!({ "versions": scene.ids(&[0, 1]) })).await;
        refused.expect_problem(409, "would_narrow", "");
        check("application_entitlement_update_would_narrow", &refused);
        for scope in ["current", "range"] {
            let expression = (scope == "range").then_some("*");
            let change = json!({ "scope": { "kind": scope, "expression": expression } });
            scene.put(change).await.expect_problem(409, "would_narrow", "");
        }
        let window = json!({ "scope": { "kind": "published_until", "publishedUntil": "2030-01-01T00:00:00Z" } });
        scene.put(window).await.expect_problem(409, "would_narrow", "");
        let untouched = scene.hub.acme.admin.get(&scene.path).await.json();
        assert_eq!((&untouched["scope"]["kind"], &untouched["versions"]), (&json!("all"), &json!([])));
        let ended = scene.put(json!({ "name": "Silver", "expiresAt": "2020-01-01T00:00:00Z" })).await.expect(200).json();
        assert_eq!((&ended["name"], &ended["expiresAt"]), (&json!("Silver"), &json!("2020-01-01T00:00:00Z")));
        let again = scene.put(json!({})).await.expect(200).json();
        assert_eq!(again.get("expiresAt"), None);
    }

    async fn chosen_versions_become_more(db: TestDatabase) {
        let scene = Scene::set(db, json!({ "scope": { "kind": "range", "expression": "=1.0.0" } })).await;
        let shown = scene.hub.acme.admin.get(&scene.path).await.json();
        assert_eq!(shown["versions"][0]["name"], "1.0.0", "what a range covers is shown");
        // A client that does not know scopes sends back what it was shown.
        let kept = scene.put(json!({ "name": "Silver", "versions": scene.ids(&[0]) })).await.expect(200).json();
        assert_eq!((&kept["scope"]["kind"], &kept["name"]), (&json!("range"), &json!("Silver")));
        let repeated = json!({ "versions": scene.ids(&[0]), "scope": { "kind": "range", "expression": "=1.0.0" } });
        scene.put(repeated).await.expect(200);
        let wider = scene.put(json!({ "scope": { "kind": "range", "expression": "^1" } })).await.expect(200).json();
        assert_eq!(wider["versions"].as_array().unwrap().len(), 2);
        let narrower = json!({ "scope": { "kind": "range", "expression": "^1.1" } });
        let refused = scene.put(narrower).await;
        refused.expect_problem(409, "would_narrow", "");
        assert!(refused.field("/detail").contains("1.0.0, and versions to come"), "{refused}");
        let all = scene.put(json!({ "scope": { "kind": "all" } })).await.expect(200).json();
        assert_eq!(all["versions"], json!([]));
        let event = scene.hub.acme.admin.get("/api/v1/audit-events?limit=1").await.json();
        assert_eq!(event[0]["kind"], "application_entitlement.updated");
        assert_eq!(event[0]["details"]["before"]["expression"], "^1");
        assert_eq!(event[0]["details"]["after"]["scope"], "all");
    }

    async fn customer_and_application_stay_for_good(db: TestDatabase) {
        let scene = Scene::set(db, json!({})).await;
        let hub = &scene.hub;
        let (hooli, ship) = (hub.acme.add_customer("Hooli").await, hub.acme.add_application("Ship").await);
        for (change, code, field) in [
            (json!({ "customerOrganizationId": hooli }), "customer_fixed", "customerOrganizationId"),
            (json!({ "customerOrganizationId": UNKNOWN }), "customer_fixed", "customerOrganizationId"),
            (json!({ "applicationId": ship }), "application_fixed", "applicationId"),
            (json!({ "id": UNKNOWN }), "id_mismatch", "id"),
            (json!({ "name": "" }), "name_blank", "name"),
            (json!({ "versions": [{ "id": UNKNOWN }] }), "version_unknown", "versions"),
        ] {
            scene.put(change).await.expect_problem(400, code, field);
        }
        hub.acme.admin.put(&scene.path, json!({ "name": "Gold" })).await.expect(200);
        let shown = hub.acme.admin.get(&scene.path).await.json();
        assert_eq!((&shown["customerOrganizationId"], &shown["applicationId"]), (&json!(scene.customer), &json!(scene.application)));
        hub.acme.entitle_to((&scene.customer, &scene.application), "Silver", json!({})).await;
        scene.put(json!({ "name": "SILVER" })).await.expect_problem(400, "name_taken", "name");
    }

    async fn a_password_stays_with_its_host(db: TestDatabase) {
        let login = json!({ "registryUrl": "a.example.com", "registryUsername": "robot", "registryPassword": "hunter2" });
        let scene = Scene::set(db, login).await;
        let id = scene.path.rsplit('/').next().unwrap().parse().unwrap();
        let permit = grantry_model::policy::Permit::operator(scene.hub.acme.id.into());
        let store = Store::new(scene.hub.database.clone(), MasterKey::from_bytes([7; 32]));
        let password = async || {
            let mut tx = store.read().await.unwrap();
            let login = tx.registry_login(&permit, id).await.unwrap();
            login.map(|login| format!("{} {} {}", login.host, login.username, *login.password))
        };
        let kept = scene.put(json!({ "registryUrl": "a.example.com", "registryUsername": "robot" })).await.expect(200);
        assert!(!kept.text().contains("hunter2"), "{kept}");
        assert_eq!(password().await.unwrap(), "a.example.com robot hunter2");
        let moved = json!({ "registryUrl": "evil.example.com", "registryUsername": "robot" });
        scene.put(moved).await.expect_problem(400, "registry_incomplete", "registryPassword");
        scene.put(json!({ "registryUrl": "a.example.com", "registryUsername": "robot", "registryPassword": "new" })).await.expect(200);
        assert_eq!(password().await.unwrap(), "a.example.com robot new");
        scene.put(json!({ "registryUrl": null, "registryPassword": "" })).await.expect(200);
        assert_eq!(password().await, None);
    }
}
