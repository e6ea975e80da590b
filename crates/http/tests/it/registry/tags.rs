//! Lists of tags and of repositories, in pages.

use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::TestHub;
use grantry_testkit::registry::INDEX;
use serde_json::{Value, json};

use super::{expect_error, get, push_as, sha256};

/// Follows the links from a page on; the entries under `member` of each page.
pub(super) async fn pages(client: &Client, first: &str, member: &str) -> Vec<Vec<String>> {
    let (mut pages, mut next) = (Vec::new(), Some(first.to_owned()));
    while let Some(path) = next {
        let page = get(client, &path).await.expect(200);
        let entries = page.json()[member].as_array().unwrap().clone();
        pages.push(entries.iter().map(|entry| entry.as_str().unwrap().to_owned()).collect());
        next = link(page.header("link"));
        assert!(pages.len() < 100, "the pages never end");
    }
    pages
}

/// The path in a `Link` to the next page.
pub(super) fn link(header: &str) -> Option<String> {
    let path = header.strip_prefix('<')?.strip_suffix(">; rel=\"next\"")?;
    assert!(path.starts_with("/v2/"), "{header}");
    Some(path.to_owned())
}

async fn tag_all(hub: &TestHub, tags: &[&str]) {
    let body = json!({ "schemaVersion": 2, "manifests": [] }).to_string();
    let query: Vec<_> = tags.iter().map(|tag| format!("tag={tag}")).collect();
    let path = format!("/v2/acme/app/manifests/{}?{}", sha256(&body), query.join("&"));
    push_as(&hub.acme.admin, &path, INDEX, body).await.expect(201);
}

both_engines! {
    async fn tags_are_listed_in_the_order_of_ascii(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        tag_all(&hub, &["b", "a", "_x", "B", "10", "9", "v1.10", "v1.9", "a-b", "a.b", "a_b", "aa", "A"]).await;
        let list = get(&hub.acme.admin, "/v2/acme/app/tags/list").await.expect(200);
        assert_eq!(list.header("content-type"), "application/json");
        assert_eq!(list.header("link"), "");
        let sorted = ["10", "9", "A", "B", "_x", "a", "a-b", "a.b", "a_b", "aa", "b", "v1.10", "v1.9"];
        assert_eq!(list.json(), json!({ "name": "acme/app", "tags": sorted }));
        for n in 1..=14 {
            let pages = pages(&hub.acme.admin, &format!("/v2/acme/app/tags/list?n={n}"), "tags").await;
            assert_eq!(pages.len(), sorted.len().div_ceil(n), "{n}");
            assert!(pages[..pages.len() - 1].iter().all(|page| page.len() == n));
            assert_eq!(pages.concat(), sorted, "{n}");
        }
    }

    async fn a_page_begins_after_the_last_entry_of_the_one_before(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        tag_all(&hub, &["a", "b", "c", "d"]).await;
        for (query, expected, next) in [
            ("?n=2", json!(["a", "b"]), "</v2/acme/app/tags/list?n=2&last=b>; rel=\"next\""),
            ("?n=2&last=b", json!(["c", "d"]), ""),
            ("?last=b", json!(["c", "d"]), ""),
            ("?last=bb&n=1", json!(["c"]), "</v2/acme/app/tags/list?n=1&last=c>; rel=\"next\""),
            ("?last=d", json!([]), ""),
            ("?last=zzz&n=5", json!([]), ""),
            ("?last=", json!(["a", "b", "c", "d"]), ""),
            ("?last=%C3%A4", json!([]), ""),
            ("?n=0", json!([]), ""),
            ("?n=0&last=a", json!([]), ""),
            ("?n=4", json!(["a", "b", "c", "d"]), ""),
            ("?n=99999999", json!(["a", "b", "c", "d"]), ""),
            ("?n=18446744073709551615", json!(["a", "b", "c", "d"]), ""),
        ] {
            let reply = get(&hub.acme.admin, &format!("/v2/acme/app/tags/list{query}")).await.expect(200);
            assert_eq!((&reply.json()["tags"], reply.header("link")), (&expected, next), "{query}");
        }
        for query in ["?n=x", "?n=-1", "?n=1.5", "?last=%00"] {
            expect_error(&get(&hub.acme.admin, &format!("/v2/acme/app/tags/list{query}")).await, 400, "UNSUPPORTED");
        }
    }

    async fn a_page_goes_on_after_a_tag_that_is_gone(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        tag_all(&hub, &["a", "b", "c"]).await;
        hub.acme.admin.delete_from("acme/app", "b").await.expect(202);
        let reply = get(&hub.acme.admin, "/v2/acme/app/tags/list?last=b").await;
        assert_eq!(reply.json()["tags"], json!(["c"]));
    }

    async fn a_repository_without_tags_has_an_empty_list(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push_blob("app", b"{}").await;
        let list = get(&hub.acme.admin, "/v2/acme/app/tags/list").await.expect(200);
        assert_eq!(list.text(), r#"{"name":"acme/app","tags":[]}"#);
        expect_error(&get(&hub.acme.admin, "/v2/acme/none/tags/list").await, 404, "NAME_UNKNOWN");
    }

    async fn repositories_are_listed_by_name(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let globex = hub.add_vendor("Globex", "globex").await;
        let empty = get(&hub.acme.admin, "/v2/_catalog").await.expect(200);
        assert_eq!(empty.text(), r#"{"repositories":[]}"#);
        for artifact in ["b", "a/z", "a", "a-1", "c", "a.b"] {
            hub.acme.push(artifact, "1.0").await;
        }
        globex.push("a", "1.0").await;
        let names = ["acme/a", "acme/a-1", "acme/a.b", "acme/a/z", "acme/b", "acme/c"];
        for n in 1..=7 {
            let found = pages(&hub.acme.admin, &format!("/v2/_catalog?n={n}"), "repositories").await;
            assert_eq!(found.concat(), names, "{n}");
        }
        let page = get(&hub.acme.admin, "/v2/_catalog?n=4").await;
        assert_eq!(page.header("link"), "</v2/_catalog?n=4&last=acme%2Fa%2Fz>; rel=\"next\"");
        let after = get(&hub.acme.admin, "/v2/_catalog?last=acme/a/z&n=1").await.json();
        assert_eq!(after["repositories"], json!(["acme/b"]));
        let none: Value = get(&hub.acme.admin, "/v2/_catalog?n=0").await.json();
        assert_eq!(none["repositories"], json!([]));
        assert_eq!(get(&globex.admin, "/v2/_catalog").await.json()["repositories"], json!(["globex/a"]));
    }
}
