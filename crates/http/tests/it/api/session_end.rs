//! `GET` and `DELETE /api/v1/settings/sessions`, `POST /api/v1/auth/logout` and `…/switch-context`

use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::{Member, PASSWORD, TestHub};
use http::Method;
use serde_json::json;

use crate::snapshot::check;

const SESSIONS: &str = "/api/v1/settings/sessions";
const SWITCH: &str = "/api/v1/auth/switch-context";

async fn sign_in(hub: &TestHub, member: &Member) -> Client {
    let client = hub.anonymous();
    let call = client.request(Method::POST, "/api/v1/auth/login").header("user-agent", "Tests/1.0\u{9}(x)");
    let login = call.json(&json!({ "email": member.email, "password": PASSWORD })).send().await.expect(200);
    hub.anonymous().with_secret(&login.field("/token"))
}

both_engines! {
    async fn own_sessions_are_listed_and_ended(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let mara = hub.add_member(&hub.acme, None, Role::ReadOnly).await;
        hub.clock.advance(TimeDelta::minutes(5));
        let second = sign_in(&hub, &mara).await;
        let list = second.get(SESSIONS).await.expect(200);
        check("session_list", &list);
        let first = list.field("/1/id");
        let stranger = hub.add_member(&hub.acme, None, Role::Admin).await;
        stranger.session.delete(&format!("{SESSIONS}/{first}")).await.expect_problem(404, "not_found", "");
        second.delete(&format!("{SESSIONS}/{first}")).await.expect(204);
        mara.session.get("/api/v1/context").await.expect_problem(401, "unauthenticated", "");
        second.delete(&format!("{SESSIONS}/{first}")).await.expect_problem(404, "not_found", "");
        second.get("/api/v1/context").await.expect(200);
    }

    async fn who_signs_out_is_out_and_the_log_knows(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let mara = hub.add_member(&hub.acme, None, Role::ReadOnly).await;
        mara.session.post("/api/v1/auth/logout", json!({})).await.expect(204);
        mara.session.get("/api/v1/context").await.expect_problem(401, "unauthenticated", "");
        mara.session.post("/api/v1/auth/logout", json!({})).await.expect_problem(401, "unauthenticated", "");
        mara.client.post("/api/v1/auth/logout", json!({})).await.expect_problem(401, "unauthenticated", "");
        let log = hub.acme.admin.get("/api/v1/audit-events?kind=session.ended").await.json();
        assert_eq!(log[0]["actor"]["userId"], json!(mara.id), "{log}");
    }

    async fn a_session_ends_two_weeks_after_its_last_use(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let mara = hub.add_member(&hub.acme, None, Role::ReadOnly).await;
        hub.clock.advance(TimeDelta::days(13));
        mara.session.get("/api/v1/context").await.expect(200);
        hub.clock.advance(TimeDelta::days(13));
        mara.session.get("/api/v1/context").await.expect(200);
        hub.clock.advance(TimeDelta::days(14));
        mara.session.get("/api/v1/context").await.expect_problem(401, "unauthenticated", "");
    }

    async fn a_cookie_reads_but_never_changes(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let mara = hub.add_member(&hub.acme, None, Role::Admin).await;
        let cookie = format!("theme=dark; __Host-grantry_session={}", mara.session.secret());
        let browser = hub.anonymous();
        let read = browser.request(Method::GET, "/api/v1/context").header("cookie", &cookie);
        read.send().await.expect(200);
        let change = browser.request(Method::POST, "/api/v1/customer-organizations").header("cookie", &cookie);
        change.json(&json!({ "name": "x" })).send().await.expect_problem(401, "unauthenticated", "");
        let wrong = browser.request(Method::GET, "/api/v1/context").header("cookie", &cookie);
        wrong.header("authorization", "Bearer x").send().await.expect_problem(401, "unauthenticated", "");
    }

    async fn a_session_switches_to_where_its_owner_is_a_member(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let mara = hub.add_member(&hub.acme, None, Role::ReadOnly).await;
        let globex = hub.add_vendor("Globex", "globex").await;
        let body = json!({ "organizationId": globex.id });
        mara.session.post(SWITCH, body.clone()).await.expect_problem(404, "not_found", "");
        let initech = globex.add_customer("Initech").await;
        let invitation = json!({ "email": mara.email, "userRole": "admin", "customerOrganizationId": initech });
        globex.admin.post("/api/v1/user-accounts", invitation).await.expect(200);
        mara.session.post(SWITCH, body.clone()).await.expect(204);
        check("session_switched_context", &mara.session.get("/api/v1/context").await);
        let organization = mara.client.get("/api/v1/organization").await.expect(200);
        assert_eq!(organization.id(), hub.acme.id.to_string(), "an access token stays where it is");
        mara.client.post(SWITCH, body).await.expect_problem(401, "unauthenticated", "");
        mara.session.post(SWITCH, json!({ "organizationId": "x" })).await.expect_problem(400, "json_malformed", "organizationId");
    }
}
