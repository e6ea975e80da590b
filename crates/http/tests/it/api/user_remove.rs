//! `DELETE /api/v1/user-accounts/{id}`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::{PASSWORD, TestHub};
use serde_json::json;

const USERS: &str = "/api/v1/user-accounts";

both_engines! {
    async fn a_removed_member_has_no_access_and_may_be_invited_again(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let mara = hub.add_member(&hub.acme, None, Role::Admin).await;
        let path = format!("{USERS}/{}", mara.id);
        hub.acme.admin.delete(&path).await.expect(204);
        hub.acme.admin.delete(&path).await.expect_problem(404, "not_found", "");
        mara.client.get("/api/v1/context").await.expect_problem(401, "unauthenticated", "");
        mara.session.get("/api/v1/context").await.expect_problem(401, "no_organization", "");

        let body = json!({ "email": mara.email, "userRole": "read_only" });
        let invited = hub.acme.admin.post(USERS, body).await.expect(200);
        assert_eq!((invited.field("/user/id"), invited.field("/inviteUrl")), (mara.id, String::new()));
        mara.client.get("/api/v1/context").await.expect_problem(401, "unauthenticated", "");
        let login = hub.anonymous().post("/api/v1/auth/login", json!({ "email": mara.email, "password": PASSWORD })).await;
        let session = hub.anonymous().with_secret(&login.expect(200).field("/token"));
        session.get("/api/v1/context").await.expect(200);
    }

    async fn a_link_dies_with_the_membership(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let invited = hub.acme.admin.post(USERS, json!({ "email": "mara@example.com", "userRole": "admin" })).await;
        hub.acme.admin.delete(&format!("{USERS}/{}", invited.field("/user/id"))).await.expect(204);
        let link = hub.anonymous().with_secret(invited.field("/inviteUrl").rsplit('/').next().unwrap());
        link.post("/api/v1/auth/invite/accept", json!({ "password": PASSWORD })).await.expect_problem(404, "not_found", "");
    }

    async fn an_administrator_of_a_customer_removes_only_its_members(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        let admin = hub.customer(&initech, Role::Admin).await;
        let theirs = hub.add_member(&hub.acme, Some(&initech), Role::Admin).await;
        let other = hub.add_member(&hub.acme, Some(&hooli), Role::Admin).await;
        admin.delete(&format!("{USERS}/{}", theirs.id)).await.expect(204);
        for id in [other.id, hub.acme.admin_id.to_string()] {
            admin.delete(&format!("{USERS}/{id}")).await.expect_problem(404, "not_found", "");
        }
    }
}
