//! Requests that are wrong before any operation looks at them.

use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::{TestHub, license_key};
use grantry_testkit::reply::Reply;
use http::Method;
use serde_json::json;

use crate::snapshot::check;

const CUSTOMERS: &str = "/api/v1/customer-organizations";

async fn send(client: &Client, content_type: &str, body: impl Into<Vec<u8>>) -> Reply {
    let mut call = client.request(Method::POST, CUSTOMERS);
    if !content_type.is_empty() {
        call = call.header("content-type", content_type);
    }
    call.body(body.into()).send().await
}

both_engines! {
    async fn a_body_that_cannot_be_read_is_refused(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        for body in [
            "",
            "{",
            r#"{"name":"Initech""#,
            r#"{"name":"Initech"} x"#,
            r#"{"name":"Initech"}{"name":"Hooli"}"#,
            r#"{"name":"Initech","name":"Hooli"}"#,
            r#"{'name':'Initech'}"#,
            r#"{"name":"Initech",}"#,
            r#"{"name":"\ud800"}"#,
            "\u{feff}{\"name\":\"Initech\"}",
            r#"["Initech",null]"#,
            r#""Initech""#,
            "null",
        ] {
            let reply = send(admin, "application/json", body).await;
            let field = reply.json().get("field").cloned().unwrap_or_default();
            reply.expect_problem(400, "json_malformed", field.as_str().unwrap_or(""));
        }
        send(admin, "application/json", *b"{\"name\":\"Initech\xff\"}").await.expect(400);
        assert_eq!(admin.get(CUSTOMERS).await.json(), json!([]), "nothing was made");
        check("bad_request_truncated", &send(admin, "application/json", r#"{"name":"#).await);
    }

    async fn unknown_members_are_ignored(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let body = json!({ "name": "Initech", "imageId": null, "id": "x", "more": { "deep": [1] } });
        let created = hub.acme.admin.post(CUSTOMERS, body).await.expect(200);
        assert_eq!(created.json().as_object().unwrap().len(), 4);
        let deep = format!("{{\"name\":\"Hooli\",\"more\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
        send(&hub.acme.admin, "application/json", deep).await.expect(200);
    }

    async fn only_json_in_utf_8_is_read(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        for refused in [
            "text/plain",
            "application/xml",
            "multipart/form-data; boundary=x",
            "application/json; charset=iso-8859-1",
            "application/json;charset=\"utf-16\"",
            "json",
        ] {
            let reply = send(admin, refused, r#"{"name":"Initech"}"#).await;
            reply.expect_problem(415, "media_type_unsupported", "");
        }
        check("bad_request_media_type", &send(admin, "text/html", "<html>").await);
        for (number, taken) in [
            "",
            "application/json",
            "Application/JSON; Charset=UTF-8",
            "application/json;charset=\"utf-8\"",
            "application/merge-patch+json",
        ].iter().enumerate() {
            send(admin, taken, format!("{{\"name\":\"Customer {number}\"}}")).await.expect(200);
        }
    }

    async fn a_body_over_the_limit_is_refused(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let body = |bytes: usize| format!("{{\"name\":\"Initech\",\"more\":\"{}\"}}", "x".repeat(bytes - 28));
        assert_eq!(body(100).len(), 100);
        let limit = grantry_http::MAX_BODY;
        send(&hub.acme.admin, "application/json", body(limit)).await.expect(200);
        check("bad_request_too_large", &send(&hub.acme.admin, "application/json", body(limit + 1)).await);
    }

    async fn a_nul_is_refused_in_every_text(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let mut key = license_key("FLEET", None);
        key["description"] = "a\0b".into();
        let mut named = license_key("FL\0EET", None);
        named["description"] = "".into();
        for (path, body, field) in [
            ("/api/v1/license-keys", key, "description"),
            ("/api/v1/license-keys", named, "name"),
            (CUSTOMERS, json!({ "name": "a\0" }), "name"),
            (CUSTOMERS, json!({ "name": "a", "features": ["artifacts\0"] }), "features"),
            ("/api/v1/user-accounts", json!({ "email": "a\0@example.com", "userRole": "admin" }), "email"),
            ("/api/v1/user-accounts", json!({ "email": "a@example.com", "name": "a\0b", "userRole": "admin" }), "name"),
            ("/api/v1/user-accounts", json!({ "email": "a@example.com", "userRole": "admin\0" }), "userRole"),
            ("/api/v1/settings/tokens", json!({ "label": "a\0b" }), "label"),
            ("/api/v1/settings/user", json!({ "name": "a\0b" }), "name"),
            ("/api/v1/auth/login", json!({ "email": "a\0", "password": "a\0" }), "password"),
            ("/api/v1/artifact-entitlements", json!({ "name": "a\0" }), "name"),
            ("/api/v1/artifacts", json!({ "name": "a\0" }), "name"),
            ("/api/v1/artifacts", json!({ "name": "a", "upstreamUrl": "localhost/a\0" }), "upstreamUrl"),
        ] {
            let reply = admin.post(path, body.clone()).await.expect(400);
            assert_eq!(reply.field("/field"), field, "{body}: {reply}");
        }
        let path = format!("/api/v1/license-keys/{}", hub.acme.add_license_key("FLEET", None).await);
        admin.put(&path, json!({ "description": "a\0b" })).await.expect_problem(400, "description_nul", "description");
        let organization = admin.put("/api/v1/organization", json!({ "name": "a", "slug": "a\0" })).await;
        organization.expect_problem(400, "slug_malformed", "slug");
        hub.acme.push("ship", "1.0").await;
        let ship = format!("/api/v1/artifacts/{}", hub.acme.artifact_id("ship").await);
        let artifacts = ["/api/v1/artifacts", &ship, "/api/v1/artifact-entitlements"];
        for list in ["/api/v1/license-keys", CUSTOMERS, "/api/v1/user-accounts", "/api/v1/licenses"].iter().chain(&artifacts) {
            admin.get(&format!("{list}?q=%00")).await.expect(200);
            let cursor = format!("{}{}", "0".repeat(32), "00");
            assert!(!admin.get(&format!("{list}?cursor={cursor}")).await.status.is_server_error(), "{list}");
        }
        admin.get("/api/v1/audit-events?actor=%00&subject=%00&kind=%00").await.expect(200);
    }

    async fn every_answer_of_the_api_is_a_problem_or_what_was_asked_for(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let anonymous = hub.anonymous();
        check("bad_request_not_found", &anonymous.get("/api/v1/nothing").await);
        check("bad_request_method", &anonymous.request(Method::PATCH, CUSTOMERS).send().await);
        for path in ["/api", "/api/", "/api/v2/license-keys", "/api/v1/license-keys/x/y/z", "/.well-known/x", "/api/%FF"] {
            anonymous.get(path).await.expect_problem(404, "not_found", "");
        }
        for (method, path) in [
            (Method::DELETE, CUSTOMERS),
            (Method::PUT, "/api/v1/license-keys"),
            (Method::POST, "/api/v1/license-keys/x"),
            (Method::GET, "/api/v1/auth/login"),
            (Method::POST, "/.well-known/jwks.json"),
        ] {
            anonymous.request(method, path).send().await.expect_problem(405, "method_not_allowed", "");
        }
    }

    async fn collections_answer_with_and_without_a_slash_at_the_end(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.add_license_key("FLEET", None).await;
        for path in ["/api/v1/license-keys", CUSTOMERS, "/api/v1/user-accounts", "/api/v1/settings/tokens"] {
            let plain = hub.acme.admin.get(path).await.expect(200);
            assert_eq!(hub.acme.admin.get(&format!("{path}/")).await.body, plain.body);
            assert_eq!(hub.acme.admin.get(&format!("{path}/?limit=5")).await.body, plain.body);
        }
        hub.acme.admin.post(&format!("{CUSTOMERS}/"), json!({ "name": "Initech" })).await.expect(200);
    }

    async fn every_answer_carries_the_headers_that_protect_browsers(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for path in ["/api/v1/context", "/api/v1/nothing", "/.well-known/jwks.json", "/docs/", "/status", "/nothing"] {
            let reply = hub.anonymous().get(path).await;
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
                ("referrer-policy", "same-origin"),
            ] {
                assert_eq!(reply.header(name), value, "{path}");
            }
            assert!(reply.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
            assert!(!reply.header("cache-control").is_empty(), "{path}");
            assert_eq!(reply.header("x-request-id").len(), 32, "{path}");
        }
    }
}
