//! `POST /api/v1/user-accounts` and `…/{id}/invite`, and following the link

use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::{PASSWORD, TestHub};
use grantry_testkit::reply::Reply;
use serde_json::json;

use crate::snapshot::check;

const USERS: &str = "/api/v1/user-accounts";
const ACCEPT: &str = "/api/v1/auth/invite/accept";

/// Somebody who follows the link of an invitation.
fn follow(hub: &TestHub, invited: &Reply) -> Client {
    hub.anonymous().with_secret(invited.field("/inviteUrl").rsplit('/').next().unwrap())
}

both_engines! {
    async fn somebody_is_invited_and_follows_the_link_once(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let body = json!({ "email": " Mara@Example.com", "name": "Mara", "userRole": "read_write" });
        let invited = hub.acme.admin.post(USERS, body).await.expect(200);
        check("user_invite", &invited);
        let link = follow(&hub, &invited);
        for (body, code, field) in [
            (json!({ "password": "short" }), "password_too_short", "password"),
            (json!({ "password": "aaaaaaaaaaaa" }), "password_too_simple", "password"),
            (json!({ "password": "p".repeat(1025) }), "password_too_long", "password"),
            (json!({ "password": PASSWORD, "name": "n".repeat(201) }), "name_too_long", "name"),
        ] {
            link.post(ACCEPT, body).await.expect_problem(400, code, field);
        }
        let accepted = link.post(ACCEPT, json!({ "password": PASSWORD, "name": "Mara B." })).await.expect(200);
        check("user_invite_accept", &accepted);
        let session = hub.anonymous().with_secret(&accepted.field("/token"));
        let user = session.get("/api/v1/context").await.expect(200).json()["user"].clone();
        assert_eq!((&user["name"], &user["emailVerified"]), (&json!("Mara B."), &json!(true)));
        link.post(ACCEPT, json!({ "password": PASSWORD })).await.expect_problem(404, "not_found", "");
        let again = format!("{USERS}/{}/invite", invited.field("/user/id"));
        hub.acme.admin.post(&again, json!({})).await.expect_problem(400, "already_active", "id");
    }

    async fn a_link_ends_after_a_week_and_when_another_is_made(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let body = json!({ "email": "mara@example.com", "userRole": "admin" });
        let first = hub.acme.admin.post(USERS, body).await.expect(200);
        let again = format!("{USERS}/{}/invite", first.field("/user/id"));
        let second = hub.acme.admin.post(&again, json!({})).await.expect(200);
        assert_ne!(first.field("/inviteUrl"), second.field("/inviteUrl"));
        follow(&hub, &first).post(ACCEPT, json!({ "password": PASSWORD })).await.expect_problem(404, "not_found", "");
        hub.clock.advance(TimeDelta::days(7));
        follow(&hub, &second).post(ACCEPT, json!({ "password": PASSWORD })).await.expect_problem(404, "not_found", "");
        let third = hub.acme.admin.post(&again, json!({})).await.expect(200);
        follow(&hub, &third).post(ACCEPT, json!({ "password": PASSWORD })).await.expect(200);
    }

    async fn a_link_is_no_credential_and_a_credential_is_no_link(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let body = json!({ "email": "mara@example.com", "userRole": "admin" });
        let link = follow(&hub, &hub.acme.admin.post(USERS, body).await);
        link.get("/api/v1/context").await.expect_problem(401, "unauthenticated", "");
        hub.acme.admin.post(ACCEPT, json!({ "password": PASSWORD })).await.expect_problem(401, "unauthenticated", "");
        hub.anonymous().post(ACCEPT, json!({ "password": PASSWORD })).await.expect_problem(401, "unauthenticated", "");
    }

    async fn an_account_joins_a_second_organization_without_a_link(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let mara = hub.add_member(&hub.acme, None, Role::ReadOnly).await;
        let globex = hub.add_vendor("Globex", "globex").await;
        let body = json!({ "email": mara.email.to_uppercase(), "name": "Other", "userRole": "admin" });
        let invited = globex.admin.post(USERS, body.clone()).await.expect(200);
        assert_eq!((invited.field("/inviteUrl"), invited.field("/user/id")), (String::new(), mara.id));
        assert_eq!(invited.field("/user/name"), "Read-only of staff", "an account keeps its name");
        globex.admin.post(USERS, body).await.expect_problem(400, "already_member", "email");
    }

    async fn members_of_a_customer_invite_only_to_their_own(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        let admin = hub.customer(&initech, Role::Admin).await;
        for (number, customer) in [None, Some(hooli.as_str()), Some(initech.as_str())].into_iter().enumerate() {
            let email = format!("new{number}@example.com");
            let body = json!({ "email": email, "userRole": "admin", "customerOrganizationId": customer });
            let invited = admin.post(USERS, body).await.expect(200);
            assert_eq!(invited.field("/user/customerOrganizationId"), initech);
        }
        let weak = hub.customer(&initech, Role::ReadWrite).await;
        let body = json!({ "email": "new@example.com", "userRole": "read_only" });
        weak.post(USERS, body).await.expect_problem(403, "forbidden", "");
    }

    async fn staff_who_write_invite_to_customers_but_not_to_the_staff(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let member = hub.vendor(Role::ReadWrite).await;
        let body = json!({ "email": "a@example.com", "userRole": "admin", "customerOrganizationId": initech });
        member.post(USERS, body).await.expect(200);
        let body = json!({ "email": "b@example.com", "userRole": "read_only" });
        member.post(USERS, body).await.expect_problem(403, "forbidden", "");
    }

    async fn each_field_at_fault_is_named(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for (body, code, field) in [
            (json!({ "email": "", "userRole": "admin" }), "email_malformed", "email"),
            (json!({ "email": "mara", "userRole": "admin" }), "email_malformed", "email"),
            (json!({ "email": "a b@example.com", "userRole": "admin" }), "email_malformed", "email"),
            (json!({ "email": "a@example.com", "userRole": "root" }), "role_unknown", "userRole"),
            (json!({ "email": "a@example.com", "userRole": "admin", "name": "a\u{7}" }), "name_control_character", "name"),
            (json!({ "email": "a@example.com" }), "json_malformed", ""),
            (json!({ "email": "ADMIN@ACME.test", "userRole": "admin" }), "already_member", "email"),
        ] {
            hub.acme.admin.post(USERS, body).await.expect_problem(400, code, field);
        }
        let nobody = "0193606c-8f3a-7000-8000-000000000001";
        let body = json!({ "email": "a@example.com", "userRole": "admin", "customerOrganizationId": nobody });
        hub.acme.admin.post(USERS, body).await.expect_problem(404, "not_found", "");
        assert_eq!(hub.acme.admin.get(USERS).await.json().as_array().unwrap().len(), 1);
    }
}
