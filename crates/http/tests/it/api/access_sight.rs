//! `GET /api/v1/access/sight`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::{Value, json};

use super::seen_tags;

both_engines! {
    async fn what_a_customer_sees_is_told_with_what_grants_it(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let member = hub.customer(&initech, Role::ReadOnly).await;
        for artifact in ["a", "b", "c"] {
            for tag in ["1.0", "2.0", "3.0"] {
                hub.acme.push(artifact, tag).await;
            }
        }
        let (a, b) = (hub.acme.artifact_id("a").await, hub.acme.artifact_id("b").await);
        let path = format!("/api/v1/access/sight?customer={initech}");
        let sight = async || hub.acme.admin.get(&path).await.expect(200).json();
        assert_eq!(sight().await, json!({ "sees": "everything", "artifacts": [], "applications": [] }));
        let one = hub.acme.entitle(&initech, "One", json!([{ "artifactId": a, "scope": { "kind": "chosen", "tags": ["1.0"] } }])).await;
        let two = hub.acme.entitle(&initech, "Two", json!([
            { "artifactId": b },
            { "artifactId": a, "scope": { "kind": "pattern", "expression": "2.*" } },
        ])).await;
        let seen = sight().await;
        assert_eq!(seen["sees"], "granted");
        let artifacts = seen["artifacts"].as_array().unwrap();
        assert_eq!(artifacts.len(), 2, "c is not among them");
        assert_eq!((&artifacts[0]["name"], &artifacts[0]["seenTagCount"], &artifacts[0]["tagCount"]), (&json!("a"), &json!(2), &json!(3)));
        let by = |tag: &str| {
            let tags = artifacts[0]["tags"].as_array().unwrap();
            tags.iter().find(|one| one["name"] == tag).unwrap()["entitlement"]["id"].clone()
        };
        assert_eq!((by("1.0"), by("2.0")), (json!(one), json!(two)));
        assert_eq!(artifacts[1]["seenTagCount"], json!(3));
        for (artifact, seen) in [(&a, &artifacts[0]), (&b, &artifacts[1])] {
            let mut told: Vec<&str> = seen["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
            told.sort_unstable();
            assert_eq!(told, seen_tags(&member, artifact).await, "the member sees just this");
        }
        let part = hub.acme.admin.get(&format!("{path}&limit=1")).await;
        let next = part.header("link").split(['<', '>']).nth(1).unwrap().to_owned();
        let rest = hub.acme.admin.get(&next).await;
        assert_eq!((&part.json()["artifacts"][0]["name"], &rest.json()["artifacts"][0]["name"]), (&json!("a"), &json!("b")));
        assert_eq!(rest.header("link"), "");
        let found = hub.acme.admin.get(&format!("{path}&q=B")).await.json();
        assert_eq!(found["artifacts"].as_array().map(Vec::len), Some(1));
        hub.acme.admin.put(&format!("/api/v1/customer-organizations/{initech}"), json!({ "name": "Initech", "features": [] })).await.expect(200);
        assert_eq!(sight().await["sees"], "feature_off");
    }

    async fn it_is_the_vendors_to_ask(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let path = format!("/api/v1/access/sight?customer={initech}");
        hub.customer(&initech, Role::Admin).await.get(&path).await.expect_problem(403, "forbidden", "");
        hub.add_vendor("Globex", "globex").await.admin.get(&path).await.expect_problem(404, "not_found", "");
        hub.acme.admin.get("/api/v1/access/sight").await.expect_problem(400, "parameter_missing", "customer");
        let newest: Value = hub.vendor(Role::ReadOnly).await.get(&path).await.expect(200).json();
        assert_eq!(newest["sees"], "everything");
    }
}
