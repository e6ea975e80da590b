//! `POST /api/v1/settings/tokens`, and what a token may do

use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_store::db::params;
use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::TestHub;
use http::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::snapshot::check;

const TOKENS: &str = "/api/v1/settings/tokens";

async fn mint(maker: &Client, body: Value) -> Client {
    maker.with_secret(&maker.post(TOKENS, body).await.expect(200).field("/key"))
}

/// Another secret of the same form: a digit in the middle is another one. The last one won't do, since it may be the
/// one that would replace it.
fn altered(secret: &str) -> String {
    let middle = secret.len() - 20;
    let other = if secret[middle..].starts_with('A') { "B" } else { "A" };
    format!("{}{other}{}", &secret[..middle], &secret[middle + 1..])
}

both_engines! {
    async fn a_token_is_shown_once_and_kept_as_a_hash(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.clock.advance(TimeDelta::seconds(1));
        let body = json!({ "label": " ci ", "userRole": "read_write", "expiresAt": "2026-12-24T12:00:00Z" });
        let created = hub.acme.admin.post(TOKENS, body).await.expect(200);
        check("access_token_create", &created);
        let key = created.field("/key");
        check("access_token_list", &hub.acme.admin.get(TOKENS).await);
        assert!(!hub.acme.admin.get(TOKENS).await.text().contains(&key));

        let mut tx = hub.database.read().await.unwrap();
        let hash = Sha256::digest(key.as_bytes()).to_vec();
        let rows = tx.query("select token_hash from access_token where token_hash = $1", params![hash]).await.unwrap();
        assert_eq!(rows.len(), 1);
        let sql = "select count(*) from audit_event where details like $1 or subject_name like $1 or subject_id like $1";
        let row = tx.query_opt(sql, params![format!("%{key}%")]).await.unwrap().unwrap();
        assert_eq!(row.get::<i64>(0).unwrap(), 0, "the audit log does not know the secret");
    }

    async fn both_schemes_are_taken_in_any_case(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let secret = hub.acme.admin.secret().to_owned();
        let call = |value: String| {
            let client = hub.anonymous();
            async move { client.request(Method::GET, "/api/v1/context").header("authorization", &value).send().await }
        };
        for scheme in ["AccessToken", "Bearer", "accesstoken", "BEARER", "aCCESStOKEN"] {
            call(format!("{scheme} {secret}")).await.expect(200);
        }
        for wrong in [
            secret.clone(),
            format!("Basic {secret}"),
            format!("Bearer  {secret}"),
            format!("Bearer {secret} "),
            format!("Bearer {}", &secret[..secret.len() - 1]),
            format!("Bearer {}", altered(&secret)),
            format!("Bearer {secret}A"),
            "Bearer grantry_pat_".to_owned(),
            "Bearer".to_owned(),
        ] {
            let reply = call(wrong.clone()).await;
            assert_eq!(reply.status, 401, "{wrong}: {reply}");
        }
        check("access_token_unauthenticated", &hub.anonymous().get("/api/v1/context").await);
    }

    async fn a_token_never_does_more_than_its_maker(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let customers = "/api/v1/customer-organizations";
        let limited = mint(&hub.acme.admin, json!({ "userRole": "read_only" })).await;
        limited.post(customers, json!({ "name": "x" })).await.expect_problem(403, "forbidden", "");
        limited.post(TOKENS, json!({ "userRole": "read_write" })).await.expect_problem(400, "role_above_own", "userRole");
        let made = limited.post(TOKENS, json!({})).await.expect(200);
        assert_eq!(made.field("/userRole"), "read_only", "a limited token makes limited ones");
        let child = limited.with_secret(&made.field("/key"));
        child.post(customers, json!({ "name": "x" })).await.expect_problem(403, "forbidden", "");

        let member = hub.vendor(Role::ReadWrite).await;
        member.post(TOKENS, json!({ "userRole": "admin" })).await.expect_problem(400, "role_above_own", "userRole");
        let follows = mint(&member, json!({})).await;
        follows.post(customers, json!({ "name": "x" })).await.expect(200);
    }

    async fn a_ceiling_does_not_raise_a_role_that_was_lowered(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let mara = hub.add_member(&hub.acme, None, Role::Admin).await;
        let token = mint(&mara.client, json!({ "userRole": "admin" })).await;
        token.put("/api/v1/organization", json!({ "name": "Acme" })).await.expect(200);
        hub.acme.admin.patch(&format!("/api/v1/user-accounts/{}", mara.id), json!({ "userRole": "read_only" })).await.expect(200);
        token.put("/api/v1/organization", json!({ "name": "Acme" })).await.expect_problem(403, "forbidden", "");
    }

    async fn a_token_ends_at_its_moment(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        for passed in ["2026-11-24T12:00:00Z", "2020-01-01T00:00:00Z"] {
            admin.post(TOKENS, json!({ "expiresAt": passed })).await.expect_problem(400, "expiry_passed", "expiresAt");
        }
        let token = mint(admin, json!({ "expiresAt": "2026-11-24T13:00:00Z" })).await;
        hub.clock.advance(TimeDelta::minutes(60) - TimeDelta::microseconds(1));
        token.get("/api/v1/context").await.expect(200);
        hub.clock.advance(TimeDelta::microseconds(1));
        token.get("/api/v1/context").await.expect_problem(401, "unauthenticated", "");
    }

    async fn each_field_at_fault_is_named(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for (body, code, field) in [
            (json!({ "label": "l".repeat(201) }), "name_too_long", "label"),
            (json!({ "label": "a\u{0}b" }), "name_control_character", "label"),
            (json!({ "userRole": "root" }), "role_unknown", "userRole"),
            (json!({ "expiresAt": "2027-01-01" }), "json_malformed", "expiresAt"),
        ] {
            hub.acme.admin.post(TOKENS, body).await.expect_problem(400, code, field);
        }
    }
}
