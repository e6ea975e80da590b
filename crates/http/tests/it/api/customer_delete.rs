//! `DELETE /api/v1/customer-organizations/{id}`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::json;

use super::names;

const CUSTOMERS: &str = "/api/v1/customer-organizations";

both_engines! {
    async fn a_customer_takes_along_what_it_has_and_nothing_else(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        hub.acme.add_license_key("initech's", Some(&initech)).await;
        hub.acme.add_license_key("hooli's", Some(&hooli)).await;
        hub.acme.add_license_key("everybody's", None).await;
        let gone = hub.add_member(&hub.acme, Some(&initech), Role::Admin).await;
        let stays = hub.customer(&hooli, Role::Admin).await;
        let path = format!("{CUSTOMERS}/{initech}");
        let contents = hub.acme.admin.get(&path).await.json();
        assert_eq!((&contents["userCount"], &contents["licenseKeyCount"]), (&json!(1), &json!(1)));

        hub.acme.admin.delete(&path).await.expect(204);
        hub.acme.admin.delete(&path).await.expect_problem(404, "not_found", "");
        assert_eq!(names(&hub.acme.admin.get(CUSTOMERS).await), ["Hooli"]);
        assert_eq!(names(&hub.acme.admin.get("/api/v1/license-keys").await), ["everybody's", "hooli's"]);
        gone.client.get("/api/v1/context").await.expect_problem(401, "unauthenticated", "");
        gone.session.get("/api/v1/context").await.expect_problem(401, "no_organization", "");
        stays.get("/api/v1/context").await.expect(200);
        assert_eq!(hub.acme.admin.get("/api/v1/user-accounts").await.json().as_array().unwrap().len(), 2);
    }

    async fn only_an_administrator_deletes_a_customer(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let path = format!("{CUSTOMERS}/{}", hub.acme.add_customer("Initech").await);
        hub.vendor(Role::ReadWrite).await.delete(&path).await.expect_problem(403, "forbidden", "");
        hub.acme.admin.get(&path).await.expect(200);
    }
}
