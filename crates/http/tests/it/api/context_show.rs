//! `GET /api/v1/context` and `/api/v1/organizations`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;

use crate::snapshot::check;

both_engines! {
    async fn a_member_learns_who_and_where_they_are(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        check("context_show_of_staff", &hub.acme.admin.get("/api/v1/context").await);
        let member = hub.customer(&initech, Role::ReadOnly).await;
        check("context_show_of_customer", &member.get("/api/v1/context").await);
        check("context_list_organizations", &member.get("/api/v1/organizations").await);
    }
}
