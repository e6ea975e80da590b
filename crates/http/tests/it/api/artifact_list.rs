//! `GET /api/v1/artifacts`

use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::json;

use super::{names, walk};
use crate::snapshot::check;

const ARTIFACTS: &str = "/api/v1/artifacts";

/// Four artifacts, pushed to an hour apart.
async fn stock(hub: &TestHub) {
    for name in ["zeta", "ship", "charts/ship", "alpha"] {
        hub.acme.push(name, "1.0").await;
        hub.clock.advance(TimeDelta::hours(1));
    }
    hub.acme.push("ship", "2.0").await;
}

both_engines! {
    async fn the_artifact_that_was_pushed_to_last_comes_first(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        stock(&hub).await;
        hub.clock.advance(TimeDelta::minutes(1));
        hub.acme.admin.pull("acme/ship", "2.0").await.expect(200);
        hub.write_pulls().await;
        let list = hub.acme.admin.get(ARTIFACTS).await;
        check("artifact_list", &list);
        let all = names(&list);
        assert_eq!(all, ["ship", "alpha", "charts/ship", "zeta"]);
        for limit in 1..=5 {
            assert_eq!(walk(&hub.acme.admin, &format!("{ARTIFACTS}?limit={limit}")).await.concat(), all, "{limit}");
        }
        assert_eq!(names(&hub.acme.admin.get(&format!("{ARTIFACTS}?q=SHI")).await), ["ship", "charts/ship"]);
        let globex = hub.add_vendor("Globex", "globex").await;
        assert_eq!(globex.admin.get(ARTIFACTS).await.json(), json!([]));
    }

    async fn a_customer_sees_its_own_and_nothing_about_others(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        stock(&hub).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        let member = hub.customer(&initech, Role::ReadOnly).await;
        let other = hub.customer(&hooli, Role::ReadOnly).await;
        let (ship, zeta) = (hub.acme.artifact_id("ship").await, hub.acme.artifact_id("zeta").await);
        hub.acme.entitle(&initech, "Gold", json!([
            { "artifactId": ship, "scope": { "kind": "chosen", "tags": ["1.0"] } },
            { "artifactId": zeta },
        ])).await;
        hub.acme.entitle(&hooli, "All", json!([{ "artifactId": ship }])).await;
        for puller in [&member, &other, &other, &hub.acme.admin] {
            puller.pull("acme/ship", "1.0").await.expect(200);
        }
        hub.write_pulls().await;
        let list = member.get(ARTIFACTS).await;
        check("artifact_list_of_customer", &list);
        assert_eq!(names(&list), ["ship", "zeta"], "by what it sees: the push of 2.0 is none of its business");
        assert_eq!(list.json()[0]["downloadsTotal"], json!(1), "only its own pulls");
        assert_eq!(list.json()[0]["tagCount"], json!(1));
        for limit in 1..=3 {
            assert_eq!(walk(&member, &format!("{ARTIFACTS}?limit={limit}")).await.concat(), ["ship", "zeta"], "{limit}");
        }
        assert_eq!(names(&member.get(&format!("{ARTIFACTS}?q=ZET")).await), ["zeta"]);
        for hidden in [hooli.as_str(), "2.0", "alpha", "charts/ship"] {
            assert!(!list.text().contains(hidden), "{hidden} in {list}");
        }
        let all = hub.acme.admin.get(ARTIFACTS).await.json();
        assert_eq!((&all[0]["downloadsTotal"], &all[0]["downloadedByCustomerOrganizationsCount"]), (&json!(4), &json!(2)));
    }

    async fn a_customer_without_the_feature_sees_nothing(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        stock(&hub).await;
        let initech = hub.acme.add_customer("Initech").await;
        let member = hub.customer(&initech, Role::Admin).await;
        let ship = hub.acme.artifact_id("ship").await;
        hub.acme.admin.put(&format!("/api/v1/customer-organizations/{initech}"), json!({ "name": "Initech", "features": [] })).await.expect(200);
        member.get(ARTIFACTS).await.expect_problem(403, "forbidden", "");
        member.get(&format!("{ARTIFACTS}/{ship}")).await.expect_problem(403, "forbidden", "");
        member.pull("acme/ship", "1.0").await.expect(404);
    }
}
