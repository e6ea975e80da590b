//! `GET /api/v1/licenses`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;

use crate::snapshot::check;

both_engines! {
    async fn every_customer_is_listed_with_their_keys(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        hub.acme.add_customer("hooli").await;
        hub.acme.add_license_key("FLEET", Some(&initech)).await;
        hub.acme.add_license_key("WIDE", None).await;
        let member = hub.vendor(Role::ReadOnly).await;
        check("licenses_list", &member.get("/api/v1/licenses").await);
        check("licenses_list_part", &member.get("/api/v1/licenses?limit=1").await);
        assert_eq!(member.get("/api/v1/licenses?q=INI").await.json().as_array().unwrap().len(), 1);
        let customer = hub.customer(&initech, Role::Admin).await;
        customer.get("/api/v1/licenses").await.expect_problem(403, "forbidden", "");
    }
}
