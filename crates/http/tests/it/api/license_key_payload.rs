//! Payloads that a license key can't have.

use grantry_license::{MAX_DEPTH, MAX_PAYLOAD_BYTES, RESERVED_CLAIMS};
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use grantry_testkit::reply::Reply;
use http::Method;
use serde_json::json;

use crate::snapshot::check;

const KEYS: &str = "/api/v1/license-keys";

/// Creates a key with a payload whose text is sent as it is.
async fn create(hub: &TestHub, payload: &str) -> Reply {
    let times = r#""notBefore":"2026-11-24T12:00:00Z","expiresAt":"2027-11-24T12:00:00Z""#;
    let body = format!(r#"{{"name":"FLEET","payload":{payload},{times}}}"#);
    let call = hub.acme.admin.request(Method::POST, KEYS).header("content-type", "application/json");
    call.body(body).send().await
}

/// An object in which so many objects and arrays stand inside each other, itself included.
fn nested(depth: usize) -> String {
    format!("{{\"a\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1))
}

/// An object of so many bytes.
fn sized(bytes: usize) -> String {
    format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 8))
}

both_engines! {
    async fn a_payload_that_cannot_be_signed_is_refused_with_the_reason(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for (payload, code) in [
            ("[1]", "payload_not_an_object"),
            ("\"text\"", "payload_not_an_object"),
            ("7", "payload_not_an_object"),
            ("true", "payload_not_an_object"),
            (r#"{"a":1,"b":2,"a":3}"#, "payload_duplicate_name"),
            (r#"{"nested":{"a":1,"a":1}}"#, "payload_duplicate_name"),
            (r#"{"list":[{"a":1,"a":1}]}"#, "payload_duplicate_name"),
            (r#"{"a":1,"\u0061":1}"#, "payload_duplicate_name"),
            (r#"{"list":[{"ä":1,"\u00e4":1}]}"#, "payload_duplicate_name"),
            (r#"{"\u0065xp":1}"#, "payload_reserved_name"),
            (r#"{"a":9223372036854775808}"#, "payload_number_too_large"),
            (r#"{"a":[-9223372036854775809]}"#, "payload_number_too_large"),
            (&nested(MAX_DEPTH + 1), "payload_too_deep"),
            (&nested(1000), "payload_too_deep"),
            (&sized(MAX_PAYLOAD_BYTES + 1), "payload_too_large"),
        ] {
            create(&hub, payload).await.expect_problem(400, code, "payload");
        }
        for name in RESERVED_CLAIMS {
            create(&hub, &format!("{{\"{name}\":1}}")).await.expect_problem(400, "payload_reserved_name", "payload");
        }
        check("license_key_payload_refused", &create(&hub, r#"{"seats":1,"list":[{"a":1,"\u0061":1}]}"#).await);
        assert_eq!(hub.acme.admin.get(KEYS).await.json(), json!([]), "nothing was made");
    }

    async fn a_payload_up_to_the_limits_is_taken(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for payload in [
            nested(MAX_DEPTH).as_str(),
            &sized(MAX_PAYLOAD_BYTES),
            r#"{"a":9223372036854775807,"b":-9223372036854775808,"c":1e308}"#,
            r#"{"":1,"nested":{"exp":1,"iss":2},"Exp":3}"#,
        ] {
            let created = create(&hub, payload).await.expect(200);
            assert!(created.text().contains(payload));
            hub.acme.admin.delete(&format!("{KEYS}/{}", created.id())).await.expect(204);
        }
    }

    async fn null_is_no_payload(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        create(&hub, "null").await.expect_problem(400, "payload_missing", "payload");
        create(&hub, "{").await.expect_problem(400, "json_malformed", "payload");
    }
}
