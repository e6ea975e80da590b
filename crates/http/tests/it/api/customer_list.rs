//! `GET /api/v1/customer-organizations` and `…/{id}`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;

use super::{names, walk};
use crate::snapshot::check;

const CUSTOMERS: &str = "/api/v1/customer-organizations";

both_engines! {
    async fn customers_come_by_name_with_what_they_have(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("initech").await;
        hub.acme.add_customer("Hooli").await;
        hub.acme.add_license_key("FLEET", Some(&initech)).await;
        hub.acme.add_license_key("WIDE", None).await;
        hub.customer(&initech, Role::Admin).await;
        let member = hub.vendor(Role::ReadOnly).await;
        check("customer_list", &member.get(CUSTOMERS).await);
        check("customer_show", &member.get(&format!("{CUSTOMERS}/{initech}")).await);
    }

    async fn parts_together_are_the_whole_list(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for number in 0..5 {
            hub.acme.add_customer(&format!("Customer {number}")).await;
        }
        let whole = names(&hub.acme.admin.get(CUSTOMERS).await);
        assert_eq!(walk(&hub.acme.admin, &format!("{CUSTOMERS}?limit=2")).await.concat(), whole);
        assert_eq!(names(&hub.acme.admin.get(&format!("{CUSTOMERS}?q=R%203")).await), ["Customer 3"]);
    }
}
