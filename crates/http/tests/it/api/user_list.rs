//! `GET /api/v1/user-accounts`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::TestHub;

use crate::snapshot::check;

const USERS: &str = "/api/v1/user-accounts";

async fn addresses(client: &Client, query: &str) -> Vec<String> {
    let list = client.get(&format!("{USERS}?{query}")).await.expect(200).json();
    list.as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap().to_owned()).collect()
}

both_engines! {
    async fn staff_sees_all_members_and_a_customer_its_own(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        let staff = hub.vendor(Role::ReadOnly).await;
        let member = hub.customer(&initech, Role::ReadOnly).await;
        hub.customer(&hooli, Role::ReadWrite).await;
        check("user_list", &staff.get(USERS).await);
        assert_eq!(addresses(&member, "").await, ["read_only.customer.2@acme.test"]);
        let all = addresses(&staff, "").await;
        assert_eq!(all.len(), 4);
        assert_eq!(addresses(&staff, "limit=3").await, all[..3]);
        assert_eq!(addresses(&staff, "q=READ-WRITE").await, ["read_write.customer.3@acme.test"], "by name");
        assert_eq!(addresses(&staff, "q=admin%40").await, ["admin@acme.test"], "by address");
    }
}
