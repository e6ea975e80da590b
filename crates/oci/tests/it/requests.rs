//! Requests of clients and of the conformance suites, and what they ask for.

use grantry_oci::digest::{Algorithm, Digest, DigestError};
use grantry_oci::list::Page;
use grantry_oci::name::{Name, NameError};
use grantry_oci::reference::Tag;
use grantry_oci::request::{MAX_TAGS_PER_PUSH, Request, RequestError};
use grantry_oci::resource::UploadId;
use grantry_oci::scope::Action;
use uuid::Uuid;

const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const ID: &str = "01940000-0000-7000-8000-000000000001";

fn name() -> Name {
    "acme/app".parse().expect("a name")
}

fn digest() -> Digest {
    Digest::of(Algorithm::Sha256, b"")
}

fn upload() -> UploadId {
    UploadId(Uuid::parse_str(ID).expect("an id"))
}

/// Parses a line as in a request: method and target, where `{d}` is a digest and `{id}` a session.
fn parse(line: &str) -> Result<Request, RequestError> {
    let line = line.replace("{d}", DIGEST).replace("{id}", ID);
    let (method, target) = line.split_once(' ').expect("method and target");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Request::parse(method, path, query)
}

fn check(line: &str, expected: Request) {
    assert_eq!(parse(line), Ok(expected), "{line}");
}

/// A refusal as `<status> <code>`.
fn refused(line: &str, expected: &str) {
    let error = parse(line).expect_err(line);
    assert_eq!(format!("{} {}", error.status(), error.code().descriptor().text), expected, "{line}: {error}");
}

#[test]
fn ping_has_both_spellings() {
    for line in ["GET /v2/", "GET /v2", "HEAD /v2/", "GET /v2/?x=y"] {
        check(line, Request::Ping);
    }
}

#[test]
fn manifests_are_asked_for_by_tag_and_by_digest() {
    let reference = || "v1".parse().unwrap();
    check("GET /v2/acme/app/manifests/v1", Request::ManifestGet { name: name(), reference: reference() });
    check("HEAD /v2/acme/app/manifests/v1", Request::ManifestHead { name: name(), reference: reference() });
    check(
        "DELETE /v2/acme/app/manifests/v1",
        Request::ManifestDelete { name: name(), reference: reference() },
    );
    let reference = || DIGEST.parse().unwrap();
    check("GET /v2/acme/app/manifests/{d}", Request::ManifestGet { name: name(), reference: reference() });
    let tags = vec![];
    check(
        "PUT /v2/acme/app/manifests/{d}",
        Request::ManifestPut { name: name(), reference: reference(), tags },
    );
}

#[test]
fn escaped_paths_are_the_same_paths() {
    let escaped = DIGEST.replace(':', "%3A");
    check(&format!("GET /v2/acme/app/blobs/{escaped}"), Request::BlobGet { name: name(), digest: digest() });
    check(
        &format!("GET /v2/acme%2Fapp/blobs/{escaped}"),
        Request::BlobGet { name: name(), digest: digest() },
    );
    refused("GET /v2/acme/app%00/tags/list", "400 NAME_INVALID");
    refused("GET /v2/acme/%2e%2e/app/tags/list", "400 NAME_INVALID");
    refused("GET /v2/acme/app%ff/tags/list", "404 UNSUPPORTED");
}

#[test]
fn push_by_digest_sets_the_tags_of_the_query() {
    let put = |reference: &str, tags: &[&str]| Request::ManifestPut {
        name: name(),
        reference: reference.parse().unwrap(),
        tags: tags.iter().map(|tag| tag.parse().unwrap()).collect(),
    };
    check("PUT /v2/acme/app/manifests/{d}?tag=a&tag=b&tag=a", put(DIGEST, &["a", "b"]));
    check("PUT /v2/acme/app/manifests/v1?tag=a", put("v1", &[]));
    refused("PUT /v2/acme/app/manifests/{d}?tag=a&tag=.b", "400 MANIFEST_INVALID");
    let many: Vec<_> = (0..MAX_TAGS_PER_PUSH).map(|one| format!("tag={one}")).collect();
    let line = format!("PUT /v2/acme/app/manifests/{{d}}?{}", many.join("&"));
    assert!(matches!(parse(&line), Ok(Request::ManifestPut { tags, .. }) if tags.len() == MAX_TAGS_PER_PUSH));
    refused(&format!("{line}&tag=more"), "414 MANIFEST_INVALID");
}

#[test]
fn tag_that_cannot_exist_is_unknown_to_readers_and_invalid_to_pushers() {
    refused("GET /v2/acme/app/manifests/.INVALID_MANIFEST_NAME", "404 MANIFEST_UNKNOWN");
    refused("HEAD /v2/acme/app/manifests/.INVALID_MANIFEST_NAME", "404 MANIFEST_UNKNOWN");
    refused("DELETE /v2/acme/app/manifests/.x", "404 MANIFEST_UNKNOWN");
    refused("GET /v2/acme/app/manifests/", "404 MANIFEST_UNKNOWN");
    refused("PUT /v2/acme/app/manifests/.x", "400 MANIFEST_INVALID");
}

#[test]
fn malformed_digest_is_invalid_everywhere() {
    for line in [
        "GET /v2/acme/app/manifests/sha256:totallywrong",
        "PUT /v2/acme/app/manifests/sha256:baddigeststring",
        "GET /v2/acme/app/blobs/latest",
        "HEAD /v2/acme/app/blobs/sha256:E3",
        "DELETE /v2/acme/app/blobs/md5:00",
        "GET /v2/acme/app/referrers/sha256:0",
        "POST /v2/acme/app/blobs/uploads/?digest=sha256:0",
        "POST /v2/acme/app/blobs/uploads/?digest-algorithm=md5",
        "PUT /v2/acme/app/blobs/uploads/{id}?digest=sha256:0",
        "PUT /v2/acme/app/blobs/uploads/{id}?digest=",
        "PUT /v2/acme/app/blobs/uploads/{id}",
    ] {
        refused(line, "400 DIGEST_INVALID");
    }
    assert_eq!(parse("PUT /v2/acme/app/blobs/uploads/{id}"), Err(RequestError::NoDigest));
    assert_eq!(
        parse("GET /v2/acme/app/blobs/md5:0"),
        Err(RequestError::Digest(DigestError::UnknownAlgorithm))
    );
}

#[test]
fn blobs_are_read_and_deleted() {
    check("GET /v2/acme/app/blobs/{d}", Request::BlobGet { name: name(), digest: digest() });
    check("HEAD /v2/acme/app/blobs/{d}", Request::BlobHead { name: name(), digest: digest() });
    check("DELETE /v2/acme/app/blobs/{d}", Request::BlobDelete { name: name(), digest: digest() });
}

#[test]
fn sessions_go_from_start_to_end() {
    let started = |algorithm| Request::UploadStart { name: name(), algorithm };
    check("POST /v2/acme/app/blobs/uploads/", started(None));
    check("POST /v2/acme/app/blobs/uploads", started(None));
    check("POST /v2/acme/app/blobs/uploads/?digest-algorithm=sha512", started(Some(Algorithm::Sha512)));
    check("PATCH /v2/acme/app/blobs/uploads/{id}", Request::UploadChunk { name: name(), upload: upload() });
    check("GET /v2/acme/app/blobs/uploads/{id}", Request::UploadStatus { name: name(), upload: upload() });
    check(
        "GET /v2/acme/app/blobs/uploads/{id}?digest={d}",
        Request::UploadStatus { name: name(), upload: upload() },
    );
    let finish = || Request::UploadFinish { name: name(), upload: upload(), digest: digest() };
    check("PUT /v2/acme/app/blobs/uploads/{id}?digest={d}", finish());
    check(
        "PUT /v2/acme/app/blobs/uploads/{id}?state=x&digest=sha256%3Ae3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        finish(),
    );
    check("DELETE /v2/acme/app/blobs/uploads/{id}", Request::UploadCancel { name: name(), upload: upload() });
    refused("PATCH /v2/acme/app/blobs/uploads/7", "404 BLOB_UPLOAD_UNKNOWN");
}

#[test]
fn whole_blob_is_posted_with_its_digest() {
    check(
        "POST /v2/acme/app/blobs/uploads/?digest={d}",
        Request::BlobPost { name: name(), digest: digest() },
    );
}

#[test]
fn mount_is_never_an_error() {
    let mount = |from: Option<&str>| Request::BlobMount {
        name: name(),
        digest: digest(),
        from: from.map(|from| from.parse().unwrap()),
    };
    let start = || Request::UploadStart { name: name(), algorithm: None };
    check("POST /v2/acme/app/blobs/uploads/?mount={d}&from=acme/base", mount(Some("acme/base")));
    check("POST /v2/acme/app/blobs/uploads/?from=acme%2Fbase&mount={d}", mount(Some("acme/base")));
    check("POST /v2/acme/app/blobs/uploads/?mount={d}", mount(None));
    check("POST /v2/acme/app/blobs/uploads/?mount=sha256:bad&from=acme/base", start());
    check("POST /v2/acme/app/blobs/uploads/?from=acme/base", start());
}

#[test]
fn impossible_source_of_a_mount_is_not_any_source() {
    check(
        "POST /v2/acme/app/blobs/uploads/?mount={d}&from=BASE",
        Request::UploadStart { name: name(), algorithm: None },
    );
    check(
        "POST /v2/acme/app/blobs/uploads/?mount={d}&from=library",
        Request::UploadStart { name: name(), algorithm: None },
    );
}

#[test]
fn lists_are_paged() {
    let page = |n, last: Option<&str>| Page { n, last: last.map(str::to_owned) };
    let tags = |page| Request::Tags { name: name(), page };
    check("GET /v2/acme/app/tags/list", tags(page(None, None)));
    check("HEAD /v2/acme/app/tags/list?n=0", tags(page(Some(0), None)));
    check("GET /v2/acme/app/tags/list?last=v1&n=5", tags(page(Some(5), Some("v1"))));
    check("GET /v2/acme/app/tags/list?n=&last=", tags(page(None, None)));
    check("GET /v2/acme/app/tags/list?n=1&n=2", tags(page(Some(1), None)));
    check("GET /v2/acme/app/tags/list?last=%C3%A9%", tags(page(None, Some("%C3%A9%"))));
    check("GET /v2/_catalog?n=2&last=acme%2Fapp", Request::Catalog(page(Some(2), Some("acme/app"))));
    for n in ["x", "-1", "1.5", "99999999999999999999999"] {
        refused(&format!("GET /v2/acme/app/tags/list?n={n}"), "400 UNSUPPORTED");
    }
}

#[test]
fn referrers_are_filtered_and_paged() {
    let referrers = |artifact_type: Option<&str>, last| Request::Referrers {
        name: name(),
        digest: digest(),
        artifact_type: artifact_type.map(str::to_owned),
        last,
    };
    check("GET /v2/acme/app/referrers/{d}", referrers(None, None));
    check("GET /v2/acme/app/referrers/{d}?artifactType=", referrers(None, None));
    check("GET /v2/acme/app/referrers/{d}?last={d}", referrers(None, Some(digest())));
    let filtered = referrers(Some("application/spdx+json"), None);
    check("GET /v2/acme/app/referrers/{d}?artifactType=application%2Fspdx%2Bjson", filtered.clone());
    check("GET /v2/acme/app/referrers/{d}?artifactType=application/spdx+json", filtered);
}

#[test]
fn wrong_method_names_the_right_ones() {
    let allow = |line: &str| match parse(line) {
        Err(RequestError::Method { allow }) => allow,
        other => panic!("{line}: {other:?}"),
    };
    assert_eq!(allow("POST /v2/"), "GET, HEAD");
    assert_eq!(allow("DELETE /v2/acme/app/tags/list"), "GET, HEAD");
    assert_eq!(allow("POST /v2/acme/app/manifests/.x"), "GET, HEAD, PUT, DELETE");
    assert_eq!(allow("PUT /v2/acme/app/blobs/{d}"), "GET, HEAD, DELETE");
    assert_eq!(allow("GET /v2/acme/app/blobs/uploads/"), "POST");
    assert_eq!(allow("POST /v2/acme/app/blobs/uploads/{id}"), "GET, PATCH, PUT, DELETE");
    assert_eq!(allow("get /v2/"), "GET, HEAD");
    refused("POST /v2/", "405 UNSUPPORTED");
}

#[test]
fn unknown_paths_are_no_endpoint() {
    for line in [
        "GET /",
        "GET /v1/",
        "GET /v2/acme",
        "GET /v2/acme/app",
        "GET /v2/acme/app/tags/list/",
        "GET /v2/_catalog/",
    ] {
        assert_eq!(parse(line), Err(RequestError::NoEndpoint), "{line}");
    }
    refused("GET /v2/acme/app", "404 UNSUPPORTED");
}

#[test]
fn name_needs_its_organization() {
    assert_eq!(parse("GET /v2/app/tags/list"), Err(RequestError::Name(NameError::NoOrganization)));
    refused("GET /v2/app/manifests/latest", "400 NAME_INVALID");
    refused("PUT /v2/Acme/app/manifests/latest", "400 NAME_INVALID");
}

#[test]
fn repositories_may_have_the_names_of_routes() {
    let of = |line: &str| parse(line).unwrap().name().unwrap().to_string();
    assert_eq!(of("GET /v2/a/blobs/b/blobs/{d}"), "a/blobs/b");
    assert_eq!(of("GET /v2/x/tags/tags/list"), "x/tags");
    assert_eq!(of("PUT /v2/x/blobs/uploads/manifests/v1"), "x/blobs/uploads");
    assert_eq!(of("PATCH /v2/x/manifests/blobs/uploads/{id}"), "x/manifests");
}

#[test]
fn request_says_what_a_token_must_allow() {
    let check = |line: &str, action: Action, expected: &[&str]| {
        let request = parse(line).unwrap();
        assert_eq!(request.action(), action, "{line}");
        let scopes: Vec<_> = request.scopes().iter().map(ToString::to_string).collect();
        assert_eq!(scopes, expected, "{line}");
    };
    check("GET /v2/", Action::Pull, &[]);
    check("GET /v2/_catalog", Action::Pull, &[]);
    check("GET /v2/acme/app/tags/list", Action::Pull, &["repository:acme/app:pull"]);
    check("HEAD /v2/acme/app/blobs/{d}", Action::Pull, &["repository:acme/app:pull"]);
    check("PUT /v2/acme/app/manifests/v1", Action::Push, &["repository:acme/app:pull,push"]);
    check("GET /v2/acme/app/blobs/uploads/{id}", Action::Push, &["repository:acme/app:pull,push"]);
    check("DELETE /v2/acme/app/manifests/v1", Action::Delete, &["repository:acme/app:delete"]);
    let mounted = ["repository:acme/app:pull,push", "repository:acme/base:pull"];
    check("POST /v2/acme/app/blobs/uploads/?mount={d}&from=acme/base", Action::Push, &mounted);
    check("POST /v2/acme/app/blobs/uploads/?mount={d}&from=acme/app", Action::Push, &mounted[..1]);
    check("POST /v2/acme/app/blobs/uploads/?mount={d}", Action::Push, &mounted[..1]);
}

#[test]
fn cancelling_asks_for_no_more_than_a_push() {
    assert_eq!(parse("DELETE /v2/acme/app/blobs/uploads/{id}").unwrap().action(), Action::Push);
}

#[test]
fn zero_digest_of_a_probe_is_a_digest() {
    let line = format!("GET /v2/acme/app/referrers/sha256:{}", "0".repeat(64));
    assert!(matches!(parse(&line), Ok(Request::Referrers { .. })));
}

#[test]
fn old_signature_tags_are_tags() {
    let tag = format!("sha256-{}.sig", digest().hex());
    let request = parse(&format!("GET /v2/acme/app/manifests/{tag}")).unwrap();
    assert_eq!(request, Request::ManifestGet { name: name(), reference: tag.parse().unwrap() });
    let tag: Tag = tag.parse().unwrap();
    assert_eq!(tag.attachment().unwrap().subject(), Some(digest()));
}
