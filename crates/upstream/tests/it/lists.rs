//! Lists of tags and of referrers.

use grantry_oci::digest::Digest;
use grantry_oci::manifest::{ManifestError, MediaType};
use grantry_upstream::error::{Defect, Refusal};
use grantry_upstream::session::TagList;

use crate::fixture::{MANIFEST, defect, digest_of, refusal, robot_session, session, typed};
use crate::server::{Seen, Server, Trap, answer, json, not_found, status};

const TAGS: &str = "/v2/acme/ship/tags/list";

fn list(names: &[&str], complete: bool) -> TagList {
    TagList { tags: names.iter().map(|name| name.parse().unwrap()).collect(), complete }
}

/// Three pages of two tags.
fn pages(seen: &Seen) -> axum::response::Response {
    let next = |last: &str| format!("<{TAGS}?n=2&last={last}>; rel=\"next\"");
    match seen.target.split("last=").nth(1) {
        None => answer(200, &[("Link", &next("b"))], r#"{"name":"acme/ship","tags":["a","b"]}"#),
        // An absolute one.
        Some("b") => {
            let next = next("d").replacen('<', &format!("<{}", seen.here("")), 1);
            answer(200, &[("Link", &next)], r#"{"tags":["c","d"]}"#)
        }
        Some(_) => json(r#"{"tags":["e"]}"#),
    }
}

#[tokio::test]
async fn tags_are_listed_over_all_pages() {
    let server = Server::start(pages).await;
    let session = session(server.address);
    let all = list(&["a", "b", "c", "d", "e"], true);
    assert_eq!(session.tags(100).await.unwrap(), Some(all.clone()));
    assert_eq!(server.seen()[0].target, format!("{TAGS}?n=1000"));
    assert_eq!(session.tags(5).await.unwrap(), Some(all));
}

#[tokio::test]
async fn no_more_tags_are_listed_than_wanted() {
    let server = Server::start(pages).await;
    let session = session(server.address);
    assert_eq!(session.tags(4).await.unwrap(), Some(list(&["a", "b", "c", "d"], false)));
    let before = server.seen().len();
    assert_eq!(session.tags(1).await.unwrap(), Some(list(&["a"], false)));
    assert_eq!(server.seen().len() - before, 1);
}

#[tokio::test]
async fn list_without_an_end_is_given_up() {
    let server = Server::start(|_| {
        answer(200, &[("Link", &format!("<{TAGS}?last=a>; rel=\"next\""))], r#"{"tags":[]}"#)
    })
    .await;
    assert_eq!(session(server.address).tags(10).await.unwrap(), Some(list(&[], false)));
    assert_eq!(server.seen().len(), 1000);
}

#[tokio::test]
async fn next_page_elsewhere_is_not_fetched() {
    let trap = Trap::set("127.0.0.1:0");
    let elsewhere = format!("<http://{}/next>; rel=\"next\"", trap.address());
    for link in [elsewhere, "<//localhost/next>; rel=next".to_owned(), "<http://>; rel=next".to_owned()] {
        let server = Server::start(move |seen| match seen.path() {
            TAGS => answer(200, &[("Link", &link)], r#"{"tags":["a"]}"#),
            _ => answer(200, &[("Link", &link), ("Content-Type", MediaType::OCI_INDEX)], index(&[])),
        })
        .await;
        let session = robot_session(server.address);
        assert_eq!(defect(session.tags(10).await), Defect::Link);
        assert_eq!(defect(session.referrers(&digest_of(MANIFEST)).await), Defect::Link);
    }
    trap.assert_untouched();
    // The registry itself, but with credentials that it made up.
    let server = Server::start(|seen| {
        let link = format!("<{}>; rel=\"next\"", seen.here(TAGS).replacen("//", "//user:secret@", 1));
        answer(200, &[("Link", &link)], r#"{"tags":["a"]}"#)
    })
    .await;
    assert_eq!(defect(session(server.address).tags(10).await), Defect::Link);
}

#[tokio::test]
async fn empty_and_odd_lists_are_read() {
    for (body, expected) in [
        (r#"{"name":"acme/ship","tags":null}"#, &[][..]),
        (r#"{"name":"acme/ship"}"#, &[]),
        (r#"{"tags":["a","../b","","-c","d e","f"]}"#, &["a", "f"]),
    ] {
        let server = Server::start(move |_| json(body)).await;
        assert_eq!(session(server.address).tags(10).await.unwrap(), Some(list(expected, true)), "{body}");
    }
}

#[tokio::test]
async fn what_is_no_list_is_refused() {
    for body in ["", "<html>", "[1]", r#"{"tags":"a"}"#, r#"{"tags":[1]}"#] {
        let server = Server::start(move |_| json(body)).await;
        assert_eq!(defect(session(server.address).tags(10).await), Defect::Json("a list of tags"), "{body}");
    }
    let server = Server::start(|_| json("x".repeat((8 << 20) + 1))).await;
    assert_eq!(defect(session(server.address).tags(10).await), Defect::TooLarge { limit: 8 << 20 });
}

fn index(entries: &[&str]) -> String {
    let entries = entries.iter().map(|text| {
        format!(
            r#"{{"mediaType":"{}","digest":"{}","size":1,"artifactType":"application/sbom","annotations":{{"of":"{text}"}}}}"#,
            MediaType::OCI_MANIFEST,
            digest_of(text.as_bytes())
        )
    });
    let entries = entries.collect::<Vec<_>>().join(",");
    format!(r#"{{"schemaVersion":2,"mediaType":"{}","manifests":[{entries}]}}"#, MediaType::OCI_INDEX)
}

fn subject() -> Digest {
    digest_of(MANIFEST)
}

async fn referrers(server: &Server) -> Vec<String> {
    let found = session(server.address).referrers(&subject()).await.unwrap();
    assert!(found.iter().all(|one| one.artifact_type.as_deref() == Some("application/sbom")));
    found.into_iter().map(|one| one.annotations["of"].clone()).collect()
}

fn endpoint() -> String {
    format!("/v2/acme/ship/referrers/{}", subject())
}

fn fallback() -> String {
    format!("/v2/acme/ship/manifests/sha256-{}", subject().hex())
}

#[tokio::test]
async fn referrers_are_listed_by_the_endpoint_over_all_pages() {
    let server = Server::start(|seen| {
        let next = format!("<{}?last=a>; rel=\"next\"", endpoint());
        let headers = [("Content-Type", MediaType::OCI_INDEX), ("Link", &next)];
        match seen.target.contains("last=") {
            false => answer(200, &headers, index(&["a", "b"])),
            true => answer(200, &headers[..1], index(&["c"])),
        }
    })
    .await;
    assert_eq!(referrers(&server).await, ["a", "b", "c"]);
    assert_eq!(server.paths(), [endpoint(), endpoint()]);
}

#[tokio::test]
async fn referrers_are_read_from_the_tag_where_there_is_no_endpoint() {
    for code in [404, 400, 405] {
        let server = Server::start(move |seen| {
            if seen.path() == fallback() {
                typed(MediaType::OCI_INDEX, None, index(&["a"]))
            } else {
                status(code)
            }
        })
        .await;
        assert_eq!(referrers(&server).await, ["a"], "{code}");
        assert_eq!(server.paths(), [endpoint(), fallback()]);
    }
    // A front end that has a page for every path.
    let server = Server::start(|seen| {
        if seen.path() == fallback() {
            typed(MediaType::OCI_INDEX, None, index(&["a"]))
        } else {
            typed("text/html", None, "<html>")
        }
    })
    .await;
    assert_eq!(referrers(&server).await, ["a"]);
}

#[tokio::test]
async fn manifest_without_referrers_has_none() {
    let server = Server::start(|_| not_found()).await;
    assert_eq!(referrers(&server).await, [""; 0]);
    assert_eq!(server.paths(), [endpoint(), fallback()]);
    let server = Server::start(|_| typed(MediaType::OCI_INDEX, None, index(&[]))).await;
    assert_eq!(referrers(&server).await, [""; 0]);
    assert_eq!(server.paths(), [endpoint()]);
    // Under the tag is what lists no referrers.
    let server = Server::start(|seen| {
        if seen.path() == fallback() { typed(MediaType::OCI_MANIFEST, None, MANIFEST) } else { not_found() }
    })
    .await;
    assert_eq!(referrers(&server).await, [""; 0]);
}

#[tokio::test]
async fn failure_of_the_endpoint_is_not_taken_for_its_absence() {
    let server = Server::start(|_| status(403)).await;
    assert_eq!(refusal(session(server.address).referrers(&subject()).await), Refusal::Denied);
    let server = Server::start(|_| typed(MediaType::OCI_INDEX, None, "{")).await;
    let result = session(server.address).referrers(&subject()).await;
    assert!(matches!(defect(result), Defect::Manifest(ManifestError::Malformed { .. })));
}
