//! Deleting artifacts, tags and versions, and what keeps them.

use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_oci::reference::Reference;
use grantry_ops::artifact::remove;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::{Value, json};

use super::{names, seen_tags};
use crate::portal::calling;

const ARTIFACTS: &str = "/api/v1/artifacts";

both_engines! {
    async fn what_an_active_entitlement_names_stays_until_it_ends(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let one = hub.acme.push("ship", "1.0").await;
        let two = hub.acme.push("ship", "2.0").await;
        let three = hub.acme.push("ship", "3.0").await;
        let ship = hub.acme.artifact_id("ship").await;
        let path = format!("{ARTIFACTS}/{ship}");
        let shown = hub.acme.admin.get(&path).await.json();
        let versions = shown["versions"].as_array().unwrap();
        let id = |digest: &str| versions.iter().find(|version| version["digest"] == *digest).unwrap()["id"].clone();
        let body = json!({
            "name": "Gold", "customerOrganizationId": initech, "expiresAt": "2026-11-24T13:00:00Z",
            "artifacts": [{ "artifactId": ship, "versionIds": [id(&two.digest)], "scope": { "kind": "chosen", "tags": ["1.0"] } }],
        });
        hub.acme.admin.post("/api/v1/artifact-entitlements", body).await.expect(200);
        let refused = [
            path.clone(),
            format!("{path}/tags/1.0"),
            format!("{path}/versions/{}", one.digest),
            format!("{path}/versions/{}", two.digest),
        ];
        for path in &refused {
            let reply = hub.acme.admin.delete(path).await;
            reply.expect_problem(409, "entitled", "");
            assert!(reply.text().contains("“Gold” of Initech"), "{reply}");
        }
        hub.acme.admin.delete_from("acme/ship", "1.0").await.expect(405);
        // The tag of a version that is granted itself may go: what was granted stays.
        hub.acme.admin.delete(&format!("{path}/tags/2.0")).await.expect(204);
        hub.customer(&initech, Role::ReadOnly).await.pull("acme/ship", &two.digest).await.expect(200);
        hub.acme.admin.delete(&format!("{path}/versions/{}", three.digest)).await.expect(204);
        hub.acme.admin.delete(&format!("{path}/tags/3.0")).await.expect_problem(404, "not_found", "");
        hub.clock.advance(TimeDelta::hours(1));
        for path in refused.iter().rev() {
            hub.acme.admin.delete(path).await.expect(if path.ends_with("1.0") { 404 } else { 204 });
        }
        assert_eq!(hub.acme.admin.get(ARTIFACTS).await.json(), json!([]));
        let kept = hub.acme.admin.get("/api/v1/artifact-entitlements").await.json();
        assert_eq!(kept[0]["artifacts"], json!([]), "an ended entitlement forgets what was deleted");
    }

    async fn rules_keep_no_tag_but_the_artifact(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push("ship", "9.9").await;
        let ship = hub.acme.artifact_id("ship").await;
        let path = format!("{ARTIFACTS}/{ship}");
        let caller = calling(&hub.ops, &hub.acme.admin).await;
        let scopes: [Value; 3] = [
            json!({ "kind": "all" }),
            json!({ "kind": "pattern", "expression": "1.*" }),
            json!({ "kind": "range", "expression": ">=1" }),
        ];
        for (number, scope) in scopes.into_iter().enumerate() {
            let customer = hub.acme.add_customer(&format!("Customer {number}")).await;
            let entitlement = hub.acme.entitle(&customer, "Gold", json!([{ "artifactId": ship, "scope": scope }])).await;
            let member = hub.customer(&customer, Role::ReadOnly).await;
            hub.acme.push("ship", "1.0.0").await;
            assert!(seen_tags(&member, &ship).await.contains(&"1.0.0".to_owned()), "{scope}");
            let reference: Reference = "1.0.0".parse().unwrap();
            let artifact = ship.parse().unwrap();
            let removal = remove::preview(&hub.ops, &caller, artifact, Some(&reference)).await.unwrap();
            assert_eq!((removal.holders.len(), removal.seen_tags), (0, 1), "{scope}");
            hub.acme.admin.delete(&format!("{path}/tags/1.0.0")).await.expect(204);
            hub.acme.admin.delete(&path).await.expect_problem(409, "entitled", "");
            let removal = remove::preview(&hub.ops, &caller, artifact, None).await.unwrap();
            assert_eq!(removal.holders.len(), 1, "{scope}");
            hub.acme.admin.delete(&format!("/api/v1/artifact-entitlements/{entitlement}")).await.expect(204);
        }
        hub.acme.admin.delete(&path).await.expect(204);
        hub.acme.admin.pull("acme/ship", "9.9").await.expect(404);
    }

    async fn only_those_who_may_delete_do(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let image = hub.acme.push("ship", "1.0").await;
        let ship = hub.acme.artifact_id("ship").await;
        let initech = hub.acme.add_customer("Initech").await;
        let globex = hub.add_vendor("Globex", "globex").await;
        for path in [
            format!("{ARTIFACTS}/{ship}"),
            format!("{ARTIFACTS}/{ship}/tags/1.0"),
            format!("{ARTIFACTS}/{ship}/versions/{}", image.digest),
        ] {
            hub.vendor(Role::ReadOnly).await.delete(&path).await.expect_problem(403, "forbidden", "");
            hub.customer(&initech, Role::Admin).await.delete(&path).await.expect_problem(403, "forbidden", "");
            globex.admin.delete(&path).await.expect_problem(404, "not_found", "");
        }
        for wrong in ["tags/2.0", "tags/a%20b", "tags/%00", "versions/sha256:0", "versions/1.0", &format!("tags/{}", "x".repeat(200))] {
            hub.acme.admin.delete(&format!("{ARTIFACTS}/{ship}/{wrong}")).await.expect_problem(404, "not_found", "");
        }
        assert_eq!(names(&hub.acme.admin.get(ARTIFACTS).await), ["ship"]);
        hub.vendor(Role::ReadWrite).await.delete(&format!("{ARTIFACTS}/{ship}/tags/1.0")).await.expect(204);
        hub.acme.admin.pull("acme/ship", &image.digest).await.expect(200);
    }
}
