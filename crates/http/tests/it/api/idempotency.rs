//! `Idempotency-Key` on creations

use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_ops::jobs::remove_ended;
use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::{TestHub, license_key};
use grantry_testkit::reply::Reply;
use http::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::snapshot::check;

const CUSTOMERS: &str = "/api/v1/customer-organizations";
const KEYS: &str = "/api/v1/license-keys";

async fn create(client: &Client, path: &str, key: &str, body: Value) -> Reply {
    client.request(Method::POST, path).header("idempotency-key", key).json(&body).send().await
}

async fn count(client: &Client, path: &str) -> usize {
    client.get(path).await.expect(200).json().as_array().unwrap().len()
}

both_engines! {
    async fn a_repeat_gets_the_first_answer(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        for (path, body) in [(CUSTOMERS, json!({ "name": "Initech" })), (KEYS, license_key("FLEET", None))] {
            let key = format!("key of {path}");
            let first = create(admin, path, &key, body.clone()).await.expect(200);
            assert_eq!(first.header("idempotent-replayed"), "");
            hub.clock.advance(TimeDelta::hours(1));
            let repeat = create(admin, path, &key, body).await.expect(200);
            assert_eq!((repeat.body, repeat.headers.get("idempotent-replayed").unwrap().to_str().unwrap()), (first.body, "true"));
            assert_eq!(count(admin, path).await, 1);
        }
    }

    async fn a_repeat_gets_the_first_answer_although_the_thing_is_gone(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let first = create(&hub.acme.admin, CUSTOMERS, "one", json!({ "name": "Initech" })).await.expect(200);
        hub.acme.admin.delete(&format!("{CUSTOMERS}/{}", first.id())).await.expect(204);
        let repeat = create(&hub.acme.admin, CUSTOMERS, "one", json!({ "name": "Initech" })).await;
        assert_eq!(repeat.expect(200).body, first.body);
        assert_eq!(count(&hub.acme.admin, CUSTOMERS).await, 0);
    }

    async fn one_key_stands_for_one_request(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        create(&hub.acme.admin, CUSTOMERS, "one", json!({ "name": "Initech" })).await.expect(200);
        check("idempotency_other_body", &create(&hub.acme.admin, CUSTOMERS, "one", json!({ "name": "Hooli" })).await);
        create(&hub.acme.admin, KEYS, "one", license_key("FLEET", None)).await.expect_problem(409, "idempotency_key_reused", "");
        for key in ["", "k\u{e9}y", &"k".repeat(256)] {
            let reply = create(&hub.acme.admin, CUSTOMERS, key, json!({ "name": "Hooli" })).await;
            reply.expect_problem(400, "idempotency_key_malformed", "Idempotency-Key");
        }
        create(&hub.acme.admin, CUSTOMERS, &"k".repeat(255), json!({ "name": "Hooli" })).await.expect(200);
    }

    async fn a_refused_creation_may_be_sent_again_with_its_key(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        create(&hub.acme.admin, CUSTOMERS, "one", json!({ "name": "" })).await.expect_problem(400, "name_blank", "name");
        create(&hub.acme.admin, CUSTOMERS, "one", json!({ "name": "Initech" })).await.expect(200);
    }

    async fn twenty_at_once_create_one(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for (path, body) in [(CUSTOMERS, json!({ "name": "Initech" })), (KEYS, license_key("FLEET", None)),
            ("/api/v1/settings/tokens", json!({ "label": "ci" }))] {
            let before = count(&hub.acme.admin, path).await;
            let mut tasks = JoinSet::new();
            for _ in 0..20 {
                let (admin, body) = (hub.acme.admin.clone(), body.clone());
                tasks.spawn(async move { create(&admin, path, path, body).await });
            }
            let mut ids = Vec::new();
            while let Some(reply) = tasks.join_next().await {
                ids.push(reply.unwrap().expect(200).id());
            }
            ids.dedup();
            assert_eq!(ids.len(), 1, "all are told of the same one");
            assert_eq!(count(&hub.acme.admin, path).await, before + 1);
        }
    }

    async fn secrets_are_not_repeated(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let tokens = "/api/v1/settings/tokens";
        let first = create(&hub.acme.admin, tokens, "one", json!({ "label": "ci" })).await.expect(200);
        assert!(first.text().contains("grantry_pat_"));
        check("idempotency_access_token", &create(&hub.acme.admin, tokens, "one", json!({ "label": "ci" })).await);
        let users = "/api/v1/user-accounts";
        let body = json!({ "email": "mara@example.com", "userRole": "admin" });
        let first = create(&hub.acme.admin, users, "two", body.clone()).await.expect(200);
        assert!(first.field("/inviteUrl").contains("grantry_lnk_"));
        let repeat = create(&hub.acme.admin, users, "two", body).await.expect(200);
        assert_eq!(repeat.field("/inviteUrl"), "");
        assert_eq!(repeat.field("/user/id"), first.field("/user/id"));
    }

    async fn keys_of_different_people_are_different(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let member = hub.vendor(Role::ReadWrite).await;
        create(&hub.acme.admin, CUSTOMERS, "one", json!({ "name": "Initech" })).await.expect(200);
        create(&member, CUSTOMERS, "one", json!({ "name": "Hooli" })).await.expect(200);
        let globex = hub.add_vendor("Globex", "globex").await;
        create(&globex.admin, CUSTOMERS, "one", json!({ "name": "Initech" })).await.expect(200);
    }

    async fn a_key_is_forgotten_after_a_day(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        create(&hub.acme.admin, CUSTOMERS, "one", json!({ "name": "Initech" })).await.expect(200);
        hub.clock.advance(TimeDelta::hours(24) - TimeDelta::microseconds(1));
        remove_ended(&hub.ops).await.unwrap();
        create(&hub.acme.admin, CUSTOMERS, "one", json!({ "name": "x" })).await.expect_problem(409, "idempotency_key_reused", "");
        hub.clock.advance(TimeDelta::microseconds(1));
        remove_ended(&hub.ops).await.unwrap();
        create(&hub.acme.admin, CUSTOMERS, "one", json!({ "name": "Hooli" })).await.expect(200);
    }
}
