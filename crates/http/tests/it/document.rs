//! The API's own description.

use grantry_testdb::database::{Engine, TestDatabase};
use grantry_testkit::hub::TestHub;
use serde_json::Value;

use crate::snapshot::check_text;

fn document() -> Value {
    serde_json::to_value(grantry_http::api::document()).unwrap()
}

/// Every `$ref` under a value.
fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn the_api_is_described() {
    check_text("openapi", &serde_json::to_string_pretty(&document()).unwrap());
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_used() {
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in &found {
        let pointer =
            reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads out of the document"));
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(found.contains(&format!("#/components/schemas/{name}").as_str()), "{name} is not used");
    }
}

#[test]
fn every_operation_is_explained_and_says_who_may_call_it() {
    let document = document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut ids = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(operation["summary"].is_string(), "{method} {path} has no summary");
            ids.push(operation["operationId"].as_str().unwrap().to_owned());
            let is_open = path.starts_with("/api/public/")
                || path.starts_with("/.well-known/")
                || path.ends_with("/login");
            assert_eq!(operation.get("security").is_none(), is_open, "{method} {path}");
        }
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "operation ids are unique");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_is_served_and_readable() {
    let hub = TestHub::start(TestDatabase::create(Engine::Sqlite).await).await;
    let served = hub.anonymous().get("/docs/openapi.json").await.expect(200);
    assert_eq!(served.json(), document());
    assert_eq!(served.header("content-type"), "application/json");
    let page = hub.anonymous().get("/docs/").await.expect(200);
    assert!(page.header("content-type").starts_with("text/html"), "{page}");
    assert!(page.text().contains("swagger-ui"));
}
