//! `/api/v1/secrets`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use http::Method;
use serde_json::{Value, json};

use super::ids;
use crate::snapshot::check;

const SECRETS: &str = "/api/v1/secrets";
const UNKNOWN: &str = "0193606c-8f3a-7000-8000-000000000001";

fn keys(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap().to_owned()).collect()
}

both_engines! {
    async fn a_secret_goes_in_and_never_comes_out(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let writer = hub.vendor(Role::ReadWrite).await;
        let body = json!({ "key": "DB_PASSWORD", "value": "hunter-2-hunter", "customerOrganizationId": initech });
        let created = writer.post(SECRETS, body.clone()).await;
        check("secret_create", &created);
        let path = format!("{SECRETS}/{}", created.id());
        hub.clock.advance(chrono::TimeDelta::hours(1));
        let changed = hub.acme.admin.put(&path, json!({ "value": "correct-horse" })).await;
        check("secret_update", &changed);
        let list = hub.acme.admin.get(SECRETS).await.expect(200);
        assert_eq!(list.json(), json!([{
            "id": created.id(), "key": "DB_PASSWORD", "customerOrganizationId": initech,
            "createdAt": "2026-11-24T12:00:00Z", "updatedAt": "2026-11-24T13:00:00Z",
            "updatedBy": changed.json()["updatedBy"], "reference": "{{ .Secrets.DB_PASSWORD }}",
        }]));
        hub.acme.admin.delete(&path).await.expect(204);
        hub.acme.admin.delete(&path).await.expect_problem(404, "not_found", "");
        let log = hub.acme.admin.get("/api/v1/audit-events?limit=1000").await.expect(200);
        for kind in ["secret.created", "secret.updated", "secret.deleted"] {
            assert!(log.text().contains(kind), "{kind}");
        }
        for answer in [&created, &changed, &list, &log] {
            assert!(!answer.text().contains("hunter-2") && !answer.text().contains("correct-horse"), "{answer}");
        }
    }

    async fn each_side_has_its_own_secrets(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        let globex = hub.add_vendor("Globex", "globex").await;
        let member = hub.customer(&initech, Role::ReadWrite).await;
        let other = hub.customer(&hooli, Role::Admin).await;
        hub.acme.admin.add_secret("OWN", "v", None).await;
        hub.acme.admin.add_secret("KEY", "v", Some(&hooli)).await;
        // Whatever a customer's member names, it is their customer's.
        let of_member = member.add_secret("KEY", "v", Some(&hooli)).await;
        globex.admin.add_secret("KEY", "v", None).await;
        assert_eq!(keys(&hub.acme.admin.get(SECRETS).await.json()), ["KEY", "KEY", "OWN"]);
        assert_eq!(ids(&member.get(SECRETS).await), [of_member.as_str()]);
        let filtered = hub.acme.admin.get(&format!("{SECRETS}?customerOrganizationId={initech}")).await;
        assert_eq!(ids(&filtered), [of_member.as_str()]);
        assert_eq!(member.get(&format!("{SECRETS}?customerOrganizationId={hooli}")).await.json(), json!([]));
        let path = format!("{SECRETS}/{of_member}");
        for stranger in [&other, &globex.admin] {
            stranger.put(&path, json!({ "value": "stolen" })).await.expect_problem(404, "not_found", "");
            stranger.delete(&path).await.expect_problem(404, "not_found", "");
        }
        let reader = hub.customer(&initech, Role::ReadOnly).await;
        assert_eq!(ids(&reader.get(SECRETS).await), [of_member.as_str()]);
        reader.post(SECRETS, json!({ "key": "A", "value": "v" })).await.expect_problem(403, "forbidden", "");
        reader.put(&path, json!({ "value": "v" })).await.expect_problem(403, "forbidden", "");
        reader.delete(&path).await.expect_problem(403, "forbidden", "");
        member.put(&path, json!({ "value": "v2" })).await.expect(200);
    }

    async fn what_is_not_valid_names_its_field(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let globex = hub.add_vendor("Globex", "globex").await;
        let foreign = globex.add_customer("Hooli").await;
        let long = "x".repeat(64 * 1024 + 1);
        for (key, value, customer, code, field) in [
            ("", "v", json!(null), "key_malformed", "key"),
            ("1A", "v", json!(null), "key_malformed", "key"),
            ("A-B", "v", json!(null), "key_malformed", "key"),
            ("A", "", json!(null), "value_missing", "value"),
            ("A", "a\0b", json!(null), "nul_character", "value"),
            ("A", long.as_str(), json!(null), "value_too_long", "value"),
            ("A", "v", json!(UNKNOWN), "customer_unknown", "customerOrganizationId"),
            ("A", "v", json!(foreign), "customer_unknown", "customerOrganizationId"),
            ("A", "v", json!("x"), "json_malformed", "customerOrganizationId"),
        ] {
            let body = json!({ "key": key, "value": value, "customerOrganizationId": customer });
            hub.acme.admin.post(SECRETS, body).await.expect_problem(400, code, field);
        }
        let id = hub.acme.admin.add_secret("KEY", "v", Some(&initech)).await;
        let again = json!({ "key": "kEY", "value": "v", "customerOrganizationId": initech });
        hub.acme.admin.post(SECRETS, again).await.expect_problem(409, "key_taken", "");
        hub.acme.admin.put(&format!("{SECRETS}/{id}"), json!({ "value": "" })).await.expect_problem(400, "value_missing", "value");
        assert_eq!(ids(&hub.acme.admin.get(SECRETS).await), [id.as_str()]);
    }

    async fn with_deployments_off_a_customer_has_no_secrets(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let member = hub.customer(&initech, Role::Admin).await;
        member.get(SECRETS).await.expect(200);
        let off = json!({ "name": "Initech", "features": ["artifacts"] });
        hub.acme.admin.put(&format!("/api/v1/customer-organizations/{initech}"), off).await.expect(200);
        member.get(SECRETS).await.expect_problem(403, "forbidden", "");
        member.get("/api/v1/deployment-targets").await.expect_problem(403, "forbidden", "");
    }

    async fn a_repeat_with_its_key_creates_nothing_more(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let body = json!({ "key": "A", "value": "v" });
        let send = || hub.acme.admin.request(Method::POST, SECRETS).header("idempotency-key", "one").json(&body).send();
        let (first, again) = (send().await.expect(201), send().await.expect(201));
        assert_eq!((again.header("idempotent-replayed"), &again.body), ("true", &first.body));
        assert_eq!(ids(&hub.acme.admin.get(SECRETS).await), [first.id()]);
    }
}
