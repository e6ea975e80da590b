//! `DELETE /api/v1/artifact-entitlements/{id}`, and what goes with a customer

use grantry_model::role::Role;
use grantry_ops::artifact_entitlement::{create, delete};
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::json;

use super::{names, seen_tags};
use crate::portal::calling;

const ENTITLEMENTS: &str = "/api/v1/artifact-entitlements";

both_engines! {
    async fn what_nothing_else_grants_is_gone_and_nobody_sees_more_for_it(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        for tag in ["1.0", "2.0"] {
            hub.acme.push("ship", tag).await;
        }
        let ship = hub.acme.artifact_id("ship").await;
        let all = hub.acme.entitle(&initech, "All", json!([{ "artifactId": ship }])).await;
        let one = json!([{ "artifactId": ship, "scope": { "kind": "chosen", "tags": ["1.0"] } }]);
        let one = hub.acme.entitle(&initech, "One", one).await;
        let member = hub.customer(&initech, Role::ReadOnly).await;
        let caller = calling(&hub.ops, &hub.acme.admin).await;
        let losses = delete::preview(&hub.ops, &caller, all.parse().unwrap()).await.unwrap();
        assert_eq!(losses.losses.len(), 1);
        let loss = &losses.losses[0];
        assert_eq!((loss.name.as_str(), loss.tags, loss.is_all), ("ship", 1, false));
        assert_eq!(loss.named.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2.0"]);

        hub.acme.admin.delete(&format!("{ENTITLEMENTS}/{all}")).await.expect(204);
        hub.acme.admin.delete(&format!("{ENTITLEMENTS}/{all}")).await.expect_problem(404, "not_found", "");
        assert_eq!(seen_tags(&member, &ship).await, ["1.0"]);
        let losses = delete::preview(&hub.ops, &caller, one.parse().unwrap()).await.unwrap();
        assert!(losses.losses[0].is_all && losses.is_restricted && !losses.is_expired);
        hub.acme.admin.delete(&format!("{ENTITLEMENTS}/{one}")).await.expect(204);
        assert_eq!(member.get("/api/v1/artifacts").await.json(), json!([]), "customers stay restricted");
        member.pull("acme/ship", "1.0").await.expect(404);
        let event = hub.acme.admin.get("/api/v1/audit-events?limit=1").await.json();
        assert_eq!(event[0]["kind"], "artifact_entitlement.deleted");
        assert_eq!(event[0]["details"]["before"]["artifacts"][0]["tags"], json!(["1.0"]));
        assert_eq!(create::preview(&hub.ops, &caller).await.unwrap(), None, "there is no first one any more");
    }

    async fn the_first_ones_consequences_are_told_before(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        hub.acme.add_customer("Hooli").await;
        hub.acme.push("ship", "1.0").await;
        let caller = calling(&hub.ops, &hub.acme.admin).await;
        let first = create::preview(&hub.ops, &caller).await.unwrap();
        assert_eq!(first, Some(create::First { customers: 2, artifacts: 1 }));
        let ship = hub.acme.artifact_id("ship").await;
        hub.acme.entitle(&initech, "Gold", json!([{ "artifactId": ship }])).await;
        assert_eq!(create::preview(&hub.ops, &caller).await.unwrap(), None);
    }

    async fn a_customer_takes_its_entitlements_along_and_leaves_its_pulls(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        hub.acme.push("ship", "1.0").await;
        let ship = hub.acme.artifact_id("ship").await;
        let shown = hub.acme.admin.get(&format!("/api/v1/artifacts/{ship}")).await;
        let version = shown.field("/versions/0/id");
        hub.acme.entitle(&initech, "All", json!([{ "artifactId": ship }])).await;
        let both = json!([{ "artifactId": ship, "versionIds": [version], "scope": { "kind": "chosen", "tags": ["1.0"] } }]);
        hub.acme.entitle(&initech, "Chosen", both).await;
        hub.acme.entitle(&hooli, "Stays", json!([{ "artifactId": ship }])).await;
        hub.customer(&initech, Role::ReadOnly).await.pull("acme/ship", "1.0").await.expect(200);
        hub.write_pulls().await;
        let path = format!("/api/v1/customer-organizations/{initech}");
        assert_eq!(hub.acme.admin.get(&path).await.json()["artifactEntitlementCount"], json!(2));
        let caller = calling(&hub.ops, &hub.acme.admin).await;
        let losses = grantry_ops::customer::delete::preview(&hub.ops, &caller, initech.parse().unwrap()).await.unwrap();
        assert_eq!(losses.artifact_entitlements, ["All", "Chosen"]);
        hub.acme.admin.delete(&path).await.expect(204);
        assert_eq!(names(&hub.acme.admin.get(ENTITLEMENTS).await), ["Stays"]);
        let event = hub.acme.admin.get("/api/v1/audit-events?limit=1").await.json();
        assert_eq!(event[0]["details"]["artifactEntitlements"], json!(2));
        let pulls = hub.acme.admin.get("/api/v1/artifact-pulls").await.json();
        assert_eq!(pulls[0]["customerOrganizationName"], "Initech", "what happened stays");
    }
}
