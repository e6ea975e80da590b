//! `POST /api/v1/auth/login`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::{PASSWORD, TestHub};
use serde_json::json;

use crate::snapshot::check;

const LOGIN: &str = "/api/v1/auth/login";

both_engines! {
    async fn a_member_signs_in_with_address_and_password(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let mara = hub.add_member(&hub.acme, None, Role::ReadOnly).await;
        let body = json!({ "email": format!(" {} ", mara.email.to_uppercase()), "password": PASSWORD });
        let login = hub.anonymous().post(LOGIN, body).await.expect(200);
        check("auth_login", &login);
        hub.anonymous().with_secret(&login.field("/token")).get("/api/v1/context").await.expect(200);
    }

    async fn a_wrong_password_and_an_unknown_address_look_the_same(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let mara = hub.add_member(&hub.acme, None, Role::ReadOnly).await;
        let wrong = hub.anonymous().post(LOGIN, json!({ "email": mara.email, "password": "wrong password" })).await;
        check("auth_login_wrong", &wrong);
        for (email, password) in [
            ("nobody@example.com", PASSWORD),
            ("", ""),
            ("not an address\u{0}", "\u{0}"),
            ("admin@acme.test", PASSWORD),
            (mara.email.as_str(), &"p".repeat(2000)),
        ] {
            let reply = hub.anonymous().post(LOGIN, json!({ "email": email, "password": password })).await;
            assert_eq!((reply.status, reply.body), (wrong.status, wrong.body.clone()), "{email}");
        }
    }

    async fn too_many_tries_are_refused_for_a_while(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let mut refused = None;
        for number in 0..11 {
            let client = hub.anonymous().at([203, 0, 113, number]);
            let reply = client.post(LOGIN, json!({ "email": "admin@acme.test", "password": "guess" })).await;
            if number < 10 {
                reply.expect_problem(400, "credentials_wrong", "password");
            } else {
                refused = Some(reply);
            }
        }
        let refused = refused.unwrap();
        refused.expect_problem(429, "throttled", "");
        assert!(refused.header("retry-after").parse::<u64>().is_ok_and(|seconds| (1..=15).contains(&seconds)));
        let other = json!({ "email": "other@acme.test", "password": "guess" });
        hub.anonymous().post(LOGIN, other).await.expect_problem(400, "credentials_wrong", "password");
    }
}
