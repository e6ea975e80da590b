//! `GET /api/v1/licenses`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::json;

use crate::snapshot::check;

both_engines! {
    async fn every_customer_is_listed_with_all_it_has(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        hub.acme.add_customer("hooli").await;
        hub.acme.add_license_key("FLEET", Some(&initech)).await;
        hub.acme.add_license_key("WIDE", None).await;
        hub.acme.push("ship", "1.0").await;
        let ship = hub.acme.artifact_id("ship").await;
        hub.acme.entitle(&initech, "Gold", json!([{ "artifactId": ship }])).await;
        let member = hub.vendor(Role::ReadOnly).await;
        check("licenses_list", &member.get("/api/v1/licenses").await);
        check("licenses_list_part", &member.get("/api/v1/licenses?limit=1").await);
        assert_eq!(member.get("/api/v1/licenses?q=INI").await.json().as_array().unwrap().len(), 1);
        let customer = hub.customer(&initech, Role::Admin).await;
        customer.get("/api/v1/licenses").await.expect_problem(403, "forbidden", "");
    }
}
