//! `GET /api/v1/artifact-entitlements`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::json;

use super::{names, walk};

const ENTITLEMENTS: &str = "/api/v1/artifact-entitlements";

both_engines! {
    async fn entitlements_are_listed_by_name_in_parts_and_by_customer(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        hub.acme.push("ship", "1.0").await;
        let ship = hub.acme.artifact_id("ship").await;
        for (customer, name) in [(&initech, "gold"), (&hooli, "Gold"), (&initech, "Ärger"), (&hooli, "50 %"), (&initech, "bronze")] {
            hub.acme.entitle(customer, name, json!([{ "artifactId": ship }])).await;
        }
        let reader = hub.vendor(Role::ReadOnly).await;
        let all = names(&reader.get(ENTITLEMENTS).await);
        assert_eq!(all.len(), 5);
        for limit in 1..=6 {
            let parts = walk(&reader, &format!("{ENTITLEMENTS}?limit={limit}")).await;
            assert_eq!(parts.concat(), all, "{limit}");
        }
        assert_eq!(names(&reader.get(&format!("{ENTITLEMENTS}?customerOrganizationId={hooli}")).await), ["50 %", "Gold"]);
        assert_eq!(names(&reader.get(&format!("{ENTITLEMENTS}?customerOrganizationId=")).await), all);
        assert_eq!(names(&reader.get(&format!("{ENTITLEMENTS}?q=GOL")).await).len(), 2);
        assert_eq!(names(&reader.get(&format!("{ENTITLEMENTS}?q=%25")).await), ["50 %"]);
        let unknown = "0193606c-8f3a-7000-8000-000000000001";
        assert_eq!(reader.get(&format!("{ENTITLEMENTS}?customerOrganizationId={unknown}")).await.json(), json!([]));
        let malformed = reader.get(&format!("{ENTITLEMENTS}?customerOrganizationId=1")).await;
        malformed.expect_problem(400, "id_malformed", "customerOrganizationId");
    }

    async fn customers_and_other_vendors_see_none(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        hub.acme.push("ship", "1.0").await;
        let ship = hub.acme.artifact_id("ship").await;
        let path = format!("{ENTITLEMENTS}/{}", hub.acme.entitle(&initech, "Gold", json!([{ "artifactId": ship }])).await);
        let member = hub.customer(&initech, Role::Admin).await;
        for path in [ENTITLEMENTS, &path] {
            member.get(path).await.expect_problem(403, "forbidden", "");
        }
        let globex = hub.add_vendor("Globex", "globex").await;
        assert_eq!(globex.admin.get(ENTITLEMENTS).await.json(), json!([]));
        globex.admin.get(&path).await.expect_problem(404, "not_found", "");
        globex.admin.delete(&path).await.expect_problem(404, "not_found", "");
        let organization = globex.admin.get("/api/v1/organization").await.json();
        assert_eq!(organization["artifactsRestricted"], json!(false), "one vendor's first is not another's");
        hub.acme.admin.get(&path).await.expect(200);
    }
}
