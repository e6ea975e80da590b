//! `GET /api/v1/license-keys/{id}/token` and `…/revisions`

use chrono::TimeDelta;
use grantry_license::{ExpectedOrganization, KeySet, Verified, Verifier, VerifyError};
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::{PUBLIC_URL, START, TestHub, license_key};
use serde_json::json;
use uuid::Uuid;

use crate::snapshot::{check, check_text};

const KEYS: &str = "/api/v1/license-keys";

/// Verifies as a vendor's application does, with nothing but the public key.
async fn verify(hub: &TestHub, organization: Uuid, token: &str, now: i64) -> Result<Verified, VerifyError> {
    let pem = hub.anonymous().get("/api/public/v1/license-keys/public-key").await.expect(200);
    let keys = KeySet::from_pem(pem.text()).unwrap();
    Verifier::new(keys, ExpectedOrganization::Exactly(organization)).issuer(PUBLIC_URL).verify(token, now)
}

both_engines! {
    async fn a_token_is_verified_offline_with_the_public_key(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let id = hub.acme.add_license_key("FLEET", Some(&initech)).await;
        let token = hub.acme.admin.get(&format!("{KEYS}/{id}/token")).await.expect(200);
        check("license_key_token", &token);
        let token = token.field("/token");
        let verified = verify(&hub, hub.acme.id, &token, START.timestamp()).await.unwrap();
        let claims = serde_json::to_string_pretty(&verified.claims.payload.to_value()).unwrap();
        check_text("license_key_token_payload", &claims);
        let other = verify(&hub, Uuid::from_u128(1), &token, START.timestamp()).await;
        assert!(other.is_err(), "another vendor's application refuses it");
        let late = verify(&hub, hub.acme.id, &token, (START + TimeDelta::days(366)).timestamp()).await;
        assert!(late.is_err(), "it expires");
    }

    async fn revisions_keep_their_tokens_byte_for_byte(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let id = hub.acme.add_license_key("FLEET", None).await;
        let path = format!("{KEYS}/{id}");
        let first = hub.acme.admin.get(&format!("{path}/token")).await.field("/token");
        hub.clock.advance(TimeDelta::days(1));
        hub.acme.admin.put(&path, json!({ "payload": { "seats": 250 } })).await.expect(200);
        hub.acme.admin.put(&path, json!({ "description": "renamed" })).await.expect(200);
        let revisions = hub.acme.admin.get(&format!("{path}/revisions")).await.expect(200);
        check("license_key_revisions", &revisions);
        assert_eq!(revisions.field("/1/token"), first);
        let second = hub.acme.admin.get(&format!("{path}/token")).await.field("/token");
        assert_eq!(revisions.field("/0/token"), second);
        assert_ne!(first, second);
        hub.clock.advance(TimeDelta::days(30));
        assert_eq!(hub.acme.admin.get(&format!("{path}/revisions")).await.body, revisions.body);
        for token in [&first, &second] {
            verify(&hub, hub.acme.id, token, START.timestamp()).await.unwrap();
        }
    }

    async fn the_payload_reaches_the_token_as_it_was_sent(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let payload = r#"{"z":1,"a":0.10,"big":9223372036854775807,"text":"Ü\u0000\ud83d\ude00","nested":{"b":[],"a":null}}"#;
        let body = license_key("FLEET", None).to_string();
        let start = body.find(r#""payload":"#).unwrap() + r#""payload":"#.len();
        let end = start + body[start..].find('}').unwrap() + 1;
        let body = format!("{}{payload}{}", &body[..start], &body[end..]);
        let call = hub.acme.admin.request(http::Method::POST, KEYS).header("content-type", "application/json");
        let created = call.body(body).send().await.expect(200);
        assert!(created.text().contains(payload), "{}", created.text());
        let token = hub.acme.admin.get(&format!("{KEYS}/{}/token", created.id())).await.field("/token");
        let verified = verify(&hub, hub.acme.id, &token, START.timestamp()).await.unwrap();
        assert_eq!(verified.claims.payload.to_value()["big"], json!(i64::MAX));
        assert_eq!(verified.claims.payload.to_value()["text"], json!("Ü\0😀"));
        let listed = hub.acme.admin.get(&format!("{KEYS}/{}/revisions", created.id())).await;
        assert!(listed.text().contains(payload), "{}", listed.text());
    }

    async fn members_who_only_read_may_copy_the_token(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let (own, wide) = (hub.acme.add_license_key("own", Some(&initech)).await, hub.acme.add_license_key("wide", None).await);
        let member = hub.customer(&initech, Role::ReadOnly).await;
        for id in [own, wide] {
            let token = member.get(&format!("{KEYS}/{id}/token")).await.expect(200).field("/token");
            assert_eq!(token, hub.acme.admin.get(&format!("{KEYS}/{id}/token")).await.field("/token"));
        }
    }
}
