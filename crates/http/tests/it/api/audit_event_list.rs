//! `GET /api/v1/audit-events`, and the chain behind it

use grantry_model::plan::{Plan, Subscription};
use grantry_model::role::Role;
use grantry_ops::audit::verify;
use grantry_ops::organization::change_plan::change_plan;
use grantry_store::db::params;
use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::{PASSWORD, TestHub, license_key};
use serde_json::{Value, json};

use crate::snapshot::{check, check_text};

const LOG: &str = "/api/v1/audit-events";

async fn entries(client: &Client, query: &str) -> Vec<Value> {
    client.get(&format!("{LOG}?{query}")).await.expect(200).json().as_array().unwrap().clone()
}

/// Where each chain of the hub is broken, by slug; the hub's own has none.
async fn broken(hub: &TestHub) -> Vec<(String, Option<u64>)> {
    let chains = verify(&hub.ops).await.unwrap();
    chains.into_iter().map(|checked| (checked.slug.unwrap_or_default(), checked.chain.broken_at)).collect()
}

/// Everything that is recorded, once.
async fn cause_every_event(hub: &TestHub) {
    let admin = &hub.acme.admin;
    let initech = hub.acme.add_customer("Initech").await;
    let customer = format!("/api/v1/customer-organizations/{initech}");
    admin.put(&customer, json!({ "name": "Initrode", "features": ["artifacts"] })).await.expect(200);
    let mara = hub.add_member(&hub.acme, Some(&initech), Role::ReadOnly).await;
    let anonymous = hub.anonymous();
    let login = |password: &str| json!({ "email": mara.email, "password": password });
    let session = anonymous.post("/api/v1/auth/login", login(PASSWORD)).await.expect(200).field("/token");
    anonymous.post("/api/v1/auth/login", login("wrong")).await.expect(400);
    let session = anonymous.with_secret(&session);
    session.post("/api/v1/settings/user", json!({ "name": "Mara" })).await.expect(200);
    session.post("/api/v1/customer-organizations", json!({ "name": "x" })).await.expect(403);
    session.post("/api/v1/auth/logout", json!({})).await.expect(204);
    let token =
        mara.client.post("/api/v1/settings/tokens", json!({ "userRole": "read_only" })).await.expect(200);
    mara.client.delete(&format!("/api/v1/settings/tokens/{}", token.id())).await.expect(204);
    let key = admin.post("/api/v1/license-keys", license_key("FLEET", Some(&initech))).await.expect(200).id();
    let key = format!("/api/v1/license-keys/{key}");
    admin.put(&key, json!({ "description": "Spare fleet" })).await.expect(200);
    admin.put(&key, json!({ "payload": { "seats": 250 } })).await.expect(200);
    mara.client.get(&format!("{key}/token")).await.expect(200);
    admin.get(&format!("{key}/revisions")).await.expect(200);
    admin.delete(&key).await.expect(204);
    let member = format!("/api/v1/user-accounts/{}", mara.id);
    admin.patch(&member, json!({ "userRole": "read_write" })).await.expect(200);
    admin.delete(&member).await.expect(204);
    admin.put("/api/v1/organization", json!({ "name": "Acme" })).await.expect(200);
    change_plan(&hub.ops, "acme", Subscription { plan: Plan::Pro, until: None }).await.unwrap();
    admin.delete(&customer).await.expect(204);
}

both_engines! {
    async fn everything_that_happens_is_recorded(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        cause_every_event(&hub).await;
        let log = entries(&hub.acme.admin, "limit=1000").await;
        let lines = log.iter().rev().map(|entry| {
            let actor = &entry["actor"];
            let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            let details = entry.get("details").map(Value::to_string).unwrap_or_default();
            format!("{} {} [{} {}] {}\n    {details}", entry["seq"], text(&entry["kind"]), text(&actor["credential"]),
                text(&actor["address"]), text(&entry["sentence"]))
        });
        let lines: Vec<_> = lines.collect();
        check_text("audit_everything", &grantry_testkit::redact::redact(&lines.join("\n")));
        assert_eq!(broken(&hub).await, [(String::new(), None), ("acme".to_owned(), None)]);
    }

    async fn the_log_is_read_in_parts_and_filtered(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for name in ["Initech", "Hooli", "Globex"] {
            hub.acme.add_customer(name).await;
        }
        let member = hub.vendor(Role::ReadOnly).await;
        check("audit_event_list", &member.get(&format!("{LOG}?kind=customer.&limit=2")).await);
        let all = entries(&member, "").await;
        let mut next = format!("{LOG}?limit=2");
        let mut parts = Vec::new();
        while !next.is_empty() {
            let part = member.get(&next).await.expect(200);
            parts.extend(part.json().as_array().unwrap().clone());
            next = part.header("link").split(['<', '>']).nth(1).unwrap_or("").to_owned();
        }
        assert_eq!(parts, all);
        let count = async |query: &str| entries(&member, query).await.len();
        assert_eq!(count("subject=hOOLI").await, 1);
        assert_eq!(count("actor=ADMIN%40acme").await, 4, "who has no name is called by their address");
        assert_eq!(count("kind=customer.created&from=2026-11-24T12:00:00Z").await, 3);
        assert_eq!(count("until=2026-11-24T12:00:00Z").await, 0);
        member.get(&format!("{LOG}?from=yesterday")).await.expect_problem(400, "time_malformed", "from");
        let customer = hub.customer(&hub.acme.add_customer("Umbrella").await, Role::Admin).await;
        customer.get(LOG).await.expect_problem(403, "forbidden", "");
    }

    async fn an_entry_that_was_changed_is_found(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for name in ["Initech", "Hooli", "Globex"] {
            hub.acme.add_customer(name).await;
        }
        let other = hub.add_vendor("Globex", "globex").await;
        other.add_customer("Initech").await;
        assert!(broken(&hub).await.iter().all(|(_, at)| at.is_none()));
        let mut tx = hub.database.write().await.unwrap();
        let sql = "update audit_event set author = 'Somebody else' where organization_id = $1 and seq = 2";
        assert_eq!(tx.execute(sql, params![hub.acme.id]).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(broken(&hub).await, [(String::new(), None), ("acme".to_owned(), Some(2)), ("globex".to_owned(), None)]);
    }

    async fn an_entry_that_was_removed_is_found(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for name in ["Initech", "Hooli", "Globex"] {
            hub.acme.add_customer(name).await;
        }
        let mut tx = hub.database.write().await.unwrap();
        let sql = "delete from audit_event where organization_id = $1 and seq = 3";
        assert_eq!(tx.execute(sql, params![hub.acme.id]).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(broken(&hub).await[1].1, Some(3));
    }

    async fn the_last_entry_cannot_be_removed_either(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for name in ["Initech", "Hooli", "Globex"] {
            hub.acme.add_customer(name).await;
        }
        let mut tx = hub.database.write().await.unwrap();
        let sql = "delete from audit_event where organization_id = $1 and seq = 4";
        assert_eq!(tx.execute(sql, params![hub.acme.id]).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(broken(&hub).await[1].1, Some(4));
    }
}
