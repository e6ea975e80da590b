//! `GET /api/v1/access/explain`

use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::TestHub;
use serde_json::{Value, json};

use crate::snapshot::check;

async fn explain(client: &Client, customer: &str, artifact: &str, reference: &str) -> Value {
    let query = format!("customer={customer}&artifact={artifact}&reference={reference}");
    client.get(&format!("/api/v1/access/explain?{query}")).await.expect(200).json()
}

both_engines! {
    async fn every_answer_says_what_the_registry_does_and_why(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let member = hub.customer(&initech, Role::ReadOnly).await;
        let admin = &hub.acme.admin;
        let index = hub.acme.push_index("ship", "2.0", &["amd64"]).await;
        let one = hub.acme.push("ship", "1.0").await;
        let sbom = hub.acme.attach("ship", &index, "application/spdx+json").await;
        hub.acme.sign("ship", &index).await;
        hub.acme.push("other", "1.0").await;
        let (ship, other) = (hub.acme.artifact_id("ship").await, hub.acme.artifact_id("other").await);
        assert_eq!(explain(admin, &initech, "ship", "2.0").await["code"], "unrestricted");

        let gold = hub.acme.entitle(&initech, "Gold", json!([{ "artifactId": ship, "scope": { "kind": "chosen", "tags": ["2.0"] } }])).await;
        let signature = index.attached_tag(".sig");
        let layer = &index.children[0].layer;
        for (artifact, reference, code, rule, through) in [
            ("ship", "2.0", "granted", "tag", ""),
            (ship.as_str(), "2.0", "granted", "tag", ""),
            ("ship", index.digest.as_str(), "granted", "tag", "2.0"),
            ("ship", &index.children[0].digest, "granted", "tag", "2.0"),
            ("ship", layer, "granted", "tag", "2.0"),
            ("ship", &sbom.digest, "granted", "tag", "2.0"),
            ("ship", &signature, "granted", "tag", "2.0"),
            ("ship", "1.0", "outside_scope", "", ""),
            ("ship", &one.digest, "outside_scope", "", ""),
            ("ship", &one.layer, "outside_scope", "", ""),
            ("other", "1.0", "no_entitlement", "", ""),
            ("ship", "9.9", "unknown", "", ""),
            ("ship", &format!("sha256:{}", "0".repeat(64)), "unknown", "", ""),
            ("nothing", "1.0", "unknown", "", ""),
            ("ship", "a%20b", "unknown", "", ""),
            ("%00", "%00", "unknown", "", ""),
            (&initech, "1.0", "unknown", "", ""),
        ] {
            let answer = explain(admin, &initech, artifact, reference).await;
            let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
            assert_eq!((text("code"), text("rule"), text("through")), (code.into(), rule.into(), through.into()), "{artifact} {reference}");
            assert_eq!(answer["allowed"], json!(code == "granted"));
            assert!(text("sentence").ends_with('.'), "{answer}");
            if code == "granted" {
                assert_eq!(answer["entitlement"], json!({ "id": gold, "name": "Gold" }));
            }
        }
        for (reference, status) in [("2.0", 200), ("1.0", 404), (&index.digest, 200), (&sbom.digest, 200), (&signature, 200), (&one.digest, 404)] {
            let reply = member.pull("acme/ship", reference).await.expect(status);
            let answer = explain(admin, &initech, "ship", reference).await;
            assert_eq!(answer["allowed"], json!(reply.status == 200), "{reference}");
        }
        let body = json!({
            "name": "Trial", "customerOrganizationId": initech, "expiresAt": "2026-11-24T13:00:00Z",
            "artifacts": [{ "artifactId": other, "scope": { "kind": "pattern", "expression": "1.*" } }],
        });
        admin.post("/api/v1/artifact-entitlements", body).await.expect(200);
        let query = format!("/api/v1/access/explain?customer={initech}&artifact=other&reference=1.0");
        check("access_explain_granted", &admin.get(&query).await);
        hub.clock.advance(TimeDelta::hours(1));
        check("access_explain_expired", &admin.get(&query).await);
        let query = format!("/api/v1/access/explain?customer={initech}&artifact=ship&reference=1.0");
        check("access_explain_outside_scope", &admin.get(&query).await);
        admin.put(&format!("/api/v1/customer-organizations/{initech}"), json!({ "name": "Initech", "features": [] })).await.expect(200);
        assert_eq!(explain(admin, &initech, "ship", "2.0").await["code"], "feature_off");
        assert_eq!(explain(admin, &initech, "ship", "9.9").await["code"], "unknown");
    }

    async fn of_several_entitlements_the_one_that_ends_last_is_named(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        hub.acme.push("ship", "1.0").await;
        let ship = hub.acme.artifact_id("ship").await;
        for (name, expires_at) in [("Week", json!("2026-12-01T00:00:00Z")), ("Ever", json!(null)), ("Year", json!("2027-11-24T00:00:00Z"))] {
            let body = json!({
                "name": name, "customerOrganizationId": initech, "expiresAt": expires_at, "artifacts": [{ "artifactId": ship }],
            });
            hub.acme.admin.post("/api/v1/artifact-entitlements", body).await.expect(200);
        }
        let answer = explain(&hub.acme.admin, &initech, "ship", "1.0").await;
        assert_eq!((&answer["entitlement"]["name"], answer.get("until")), (&json!("Ever"), None));
        assert_eq!((&answer["rule"], &answer["scope"]["kind"]), (&json!("all"), &json!("all")));
    }

    async fn questions_are_the_vendors_and_whole(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let admin = &hub.acme.admin;
        for (query, code, field) in [
            ("artifact=ship&reference=1.0".to_owned(), "parameter_missing", "customer"),
            (format!("customer={initech}&reference=1.0"), "parameter_missing", "artifact"),
            (format!("customer={initech}&artifact=ship"), "parameter_missing", "reference"),
            (format!("customer={initech}&artifact=%20&reference=1.0"), "parameter_missing", "artifact"),
            ("customer=Initech&artifact=ship&reference=1.0".to_owned(), "id_malformed", "customer"),
        ] {
            admin.get(&format!("/api/v1/access/explain?{query}")).await.expect_problem(400, code, field);
        }
        let query = format!("/api/v1/access/explain?customer={initech}&artifact=ship&reference=1.0");
        hub.customer(&initech, Role::Admin).await.get(&query).await.expect_problem(403, "forbidden", "");
        let globex = hub.add_vendor("Globex", "globex").await;
        globex.admin.get(&query).await.expect_problem(404, "not_found", "");
    }
}
