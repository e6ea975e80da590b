//! `POST /api/v1/settings/user`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::{PASSWORD, TestHub};
use serde_json::json;

use crate::snapshot::check;

const ACCOUNT: &str = "/api/v1/settings/user";

both_engines! {
    async fn a_member_changes_their_name(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let member = hub.customer(&initech, Role::ReadOnly).await;
        check("account_update", &member.post(ACCOUNT, json!({ "name": " Mara " })).await);
        member.post(ACCOUNT, json!({ "name": "a\tb" })).await.expect_problem(400, "name_control_character", "name");
        let kept = member.post(ACCOUNT, json!({})).await.expect(200);
        assert_eq!(kept.field("/name"), "Mara");
    }

    async fn a_new_password_needs_the_old_one_and_ends_other_sessions(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let mara = hub.add_member(&hub.acme, None, Role::ReadOnly).await;
        let login = json!({ "email": mara.email, "password": PASSWORD });
        let other = hub.anonymous().post("/api/v1/auth/login", login.clone()).await.expect(200);
        let other = hub.anonymous().with_secret(&other.field("/token"));
        let new = "another long phrase";
        let body = json!({ "password": new, "currentPassword": PASSWORD });
        mara.client.post(ACCOUNT, body.clone()).await.expect_problem(409, "session_required", "");
        let wrong = json!({ "password": new, "currentPassword": "not it at all" });
        mara.session.post(ACCOUNT, wrong).await.expect_problem(400, "password_wrong", "currentPassword");
        let short = json!({ "password": "short", "currentPassword": PASSWORD });
        mara.session.post(ACCOUNT, short).await.expect_problem(400, "password_too_short", "password");
        mara.session.post(ACCOUNT, body).await.expect(200);
        mara.session.get("/api/v1/context").await.expect(200);
        mara.client.get("/api/v1/context").await.expect(200);
        other.get("/api/v1/context").await.expect_problem(401, "unauthenticated", "");
        hub.anonymous().post("/api/v1/auth/login", login).await.expect_problem(400, "credentials_wrong", "password");
        let login = json!({ "email": mara.email, "password": new });
        hub.anonymous().post("/api/v1/auth/login", login).await.expect(200);
    }

    async fn name_and_password_change_together_or_not_at_all(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let mara = hub.add_member(&hub.acme, None, Role::ReadOnly).await;
        let body = json!({ "name": "a\tb", "password": "another long phrase", "currentPassword": PASSWORD });
        mara.session.post(ACCOUNT, body).await.expect_problem(400, "name_control_character", "name");
        let login = json!({ "email": mara.email, "password": PASSWORD });
        hub.anonymous().post("/api/v1/auth/login", login).await.expect(200);
    }
}
