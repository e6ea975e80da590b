//! What holds for every answer of the registry.

use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use grantry_testkit::registry::IMAGE;
use http::Method;

use super::{begin, expect_error, finish, get, head, image_of, push_as, sha256, sha512};

const UPLOAD: &str = "01940000-0000-4000-8000-000000000001";

both_engines! {
    async fn what_is_asked_wrongly_is_answered_with_a_code_that_clients_know(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push("app", "1.0").await;
        let (nothing, upper) = (sha256("nothing"), sha256("nothing").to_uppercase().replace("SHA", "sha"));
        let longest = format!("acme/{}", "a".repeat(251));
        let rows: [(&str, String, u16, &str); 33] = [
            ("GET", "acme/none/tags/list".into(), 404, "NAME_UNKNOWN"),
            ("GET", "none/app/tags/list".into(), 404, "NAME_UNKNOWN"),
            ("GET", "acme/none/manifests/1.0".into(), 404, "NAME_UNKNOWN"),
            ("GET", format!("acme/none/blobs/{nothing}"), 404, "NAME_UNKNOWN"),
            ("GET", "acme/app/manifests/2.0".into(), 404, "MANIFEST_UNKNOWN"),
            ("GET", format!("acme/app/manifests/{nothing}"), 404, "MANIFEST_UNKNOWN"),
            ("GET", format!("acme/app/manifests/{}", sha512("nothing")), 404, "MANIFEST_UNKNOWN"),
            ("GET", "acme/app/manifests/.INVALID_MANIFEST_NAME".into(), 404, "MANIFEST_UNKNOWN"),
            ("GET", "acme/app/manifests/sha256:totallywrong".into(), 400, "DIGEST_INVALID"),
            ("GET", format!("acme/app/blobs/{nothing}"), 404, "BLOB_UNKNOWN"),
            ("GET", format!("acme/app/blobs/{}", sha512("nothing")), 404, "BLOB_UNKNOWN"),
            ("GET", "acme/app/blobs/sha256:123".into(), 400, "DIGEST_INVALID"),
            ("GET", format!("acme/app/blobs/{upper}"), 400, "DIGEST_INVALID"),
            ("GET", format!("acme/app/blobs/md5:{}", "0".repeat(32)), 400, "DIGEST_INVALID"),
            ("GET", "acme/app/blobs/latest".into(), 400, "DIGEST_INVALID"),
            ("GET", "acme/app/referrers/sha256:123".into(), 400, "DIGEST_INVALID"),
            ("GET", "acme/app/tags/list?n=many".into(), 400, "UNSUPPORTED"),
            ("GET", "acme/app/tags/list?n=-1".into(), 400, "UNSUPPORTED"),
            ("GET", format!("acme/app/blobs/uploads/{UPLOAD}"), 404, "BLOB_UPLOAD_UNKNOWN"),
            ("GET", "acme/app/blobs/uploads/1".into(), 404, "BLOB_UPLOAD_UNKNOWN"),
            ("PATCH", format!("acme/app/blobs/uploads/{UPLOAD}"), 404, "BLOB_UPLOAD_UNKNOWN"),
            ("PUT", format!("acme/app/blobs/uploads/{UPLOAD}?digest={nothing}"), 404, "BLOB_UPLOAD_UNKNOWN"),
            ("DELETE", format!("acme/app/blobs/uploads/{UPLOAD}"), 404, "BLOB_UPLOAD_UNKNOWN"),
            ("PUT", format!("acme/app/blobs/uploads/{UPLOAD}"), 400, "DIGEST_INVALID"),
            ("PUT", "acme/app/manifests/.bad".into(), 400, "MANIFEST_INVALID"),
            ("PUT", format!("acme/app/manifests/{}", "t".repeat(129)), 400, "MANIFEST_INVALID"),
            ("DELETE", "acme/app/manifests/2.0".into(), 404, "MANIFEST_UNKNOWN"),
            ("DELETE", format!("acme/app/blobs/{nothing}"), 404, "BLOB_UNKNOWN"),
            ("DELETE", format!("acme/none/blobs/{nothing}"), 404, "NAME_UNKNOWN"),
            ("POST", format!("{longest}/blobs/uploads/"), 400, "NAME_INVALID"),
            ("GET", "nothing".into(), 404, "UNSUPPORTED"),
            ("GET", "acme/app/tags".into(), 404, "UNSUPPORTED"),
            ("POST", "acme/app/blobs/uploads/?digest-algorithm=md5".into(), 400, "DIGEST_INVALID"),
        ];
        for (method, path, status, code) in rows {
            let call = hub.acme.admin.registry(method.parse().unwrap(), &format!("/v2/{path}"));
            let reply = call.send().await;
            assert_eq!(reply.status.as_u16(), status, "{method} {path}: {reply}");
            expect_error(&reply, status, code);
        }
    }

    async fn a_method_that_a_place_does_not_take_is_told_with_those_it_takes(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push("app", "1.0").await;
        let digest = sha256("nothing");
        for (method, path, allowed) in [
            ("POST", "/v2/".to_owned(), "GET, HEAD"),
            ("PUT", "/v2/_catalog".into(), "GET, HEAD"),
            ("DELETE", "/v2/acme/app/tags/list".into(), "GET, HEAD"),
            ("POST", format!("/v2/acme/app/referrers/{digest}"), "GET, HEAD"),
            ("PATCH", "/v2/acme/app/manifests/1.0".into(), "GET, HEAD, PUT, DELETE"),
            ("PUT", format!("/v2/acme/app/blobs/{digest}"), "GET, HEAD, DELETE"),
            ("GET", "/v2/acme/app/blobs/uploads/".into(), "POST"),
            ("POST", format!("/v2/acme/app/blobs/uploads/{UPLOAD}"), "GET, PATCH, PUT, DELETE"),
            ("QUERY", "/v2/acme/app/manifests/1.0".into(), "GET, HEAD, PUT, DELETE"),
        ] {
            let reply = hub.acme.admin.registry(method.parse().unwrap(), &path).send().await;
            expect_error(&reply, 405, "UNSUPPORTED");
            assert_eq!(reply.header("allow"), allowed, "{method} {path}");
        }
    }

    async fn head_is_get_without_the_body(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (admin, image) = (&hub.acme.admin, hub.acme.push("app", "1.0").await);
        for path in [
            "/v2/".to_owned(),
            "/v2/_catalog".into(),
            "/v2/acme/app/tags/list".into(),
            format!("/v2/acme/app/referrers/{}", image.digest),
            "/v2/acme/app/manifests/1.0".into(),
            format!("/v2/acme/app/manifests/{}", image.digest),
            format!("/v2/acme/app/blobs/{}", image.layer),
            "/v2/acme/app/manifests/2.0".into(),
            "/v2/acme/none/manifests/2.0".into(),
            format!("/v2/acme/app/blobs/{}", sha256("nothing")),
        ] {
            let (got, headed) = (get(admin, &path).await, head(admin, &path).await);
            let headers = |mut headers: http::HeaderMap| { headers.remove("x-request-id"); headers };
            assert_eq!((got.status, headers(got.headers)), (headed.status, headers(headed.headers)), "{path}");
        }
    }

    async fn every_answer_says_which_protocol_it_speaks(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for path in ["/v2", "/v2/", "/v2/_catalog", "/v2/acme/app/tags/list", "/v2/token", "/v2/%FF", "/v2/a b"] {
            let path = path.replace(' ', "%20");
            for reply in [hub.anonymous().get(&path).await, get(&hub.acme.admin, &path).await] {
                assert_eq!(reply.header("docker-distribution-api-version"), "registry/2.0", "{path}: {reply}");
                assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
            }
        }
    }

    async fn content_is_never_encoded_on_the_way(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let bytes = "the same over and over ".repeat(20_000);
        let digest = hub.acme.push_blob("app", bytes.as_bytes()).await;
        let image = hub.acme.push("app", "1.0").await;
        for path in [format!("/v2/acme/app/blobs/{digest}"), "/v2/acme/app/manifests/1.0".into()] {
            let plain = get(&hub.acme.admin, &path).await.expect(200);
            let call = hub.acme.admin.registry(Method::GET, &path);
            let reply = call.header("accept-encoding", "zstd, gzip, deflate, br").send().await.expect(200);
            assert_eq!(reply.body, plain.body);
            assert_eq!(reply.header("content-encoding"), "");
            assert_eq!(reply.header("content-length"), plain.body.len().to_string());
        }
        assert_eq!(get(&hub.acme.admin, "/v2/acme/app/manifests/1.0").await.body.len(), image.size);
    }

    async fn names_follow_the_grammar(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let good = ["acme/a", "acme/0", "acme/a.b", "acme/a_b", "acme/a__b", "acme/a-b", "acme/a---b", "acme/a/b/c/d/e",
            "acme/a.b_c__d-e--f/0"];
        for name in good.into_iter().map(str::to_owned).chain([format!("acme/{}", "a".repeat(250))]) {
            begin(&hub.acme.admin, &name).await;
        }
        for name in [
            "acme", "acme/", "acme//a", "acme/A", "Acme/a", "acme/a.", "acme/.a", "acme/a..b", "acme/a___b", "acme/a._b",
            "acme/-a", "acme/a-", "acme/_a", "acme/a_", "acme/a%20b", "acme/%C3%A4", "acme/a%00", "acme/a%0A", "acme/a%22",
            "acme/a'b", "acme/a%5Cb", "acme/..", "acme/../globex", "acme/a%2F%2Fb", "acme/a+b", "acme/a:b", "acme/a@b",
            "acme/a~b", "acme/%F0%9F%9A%80", "acme/a*",
        ] {
            let path = format!("/v2/{name}/blobs/uploads/");
            let reply = hub.acme.admin.registry(Method::POST, &path).send().await;
            expect_error(&reply, 400, "NAME_INVALID");
        }
        let raw = hub.acme.admin.registry(Method::POST, "/v2/acme/%FF/blobs/uploads/").send().await;
        expect_error(&raw, 404, "UNSUPPORTED");
    }

    async fn repositories_may_be_named_like_places(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for artifact in ["blobs/b", "x/tags", "x/tags/list", "manifests", "blobs/uploads", "referrers", "token", "uploads"] {
            let image = hub.acme.push(artifact, "list").await;
            let name = format!("acme/{artifact}");
            assert_eq!(get(&hub.acme.admin, &format!("/v2/{name}/tags/list")).await.expect(200).json()["name"], *name);
            hub.acme.admin.pull(&name, "list").await.expect(200);
            hub.acme.admin.pull(&name, &image.digest).await.expect(200);
            hub.acme.admin.pull_blob(&name, &image.layer).await.expect(200);
        }
    }

    async fn a_slash_at_the_end_may_be_missing(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for path in ["/v2", "/v2/"] {
            let reply = get(&hub.acme.admin, path).await.expect(200);
            assert_eq!((reply.text(), reply.header("content-type")), ("{}", "application/json"));
            hub.anonymous().get(path).await.expect(401);
        }
        for path in ["/v2/acme/app/blobs/uploads", "/v2/acme/app/blobs/uploads/"] {
            let reply = hub.acme.admin.registry(Method::POST, path).send().await.expect(202);
            assert!(reply.header("location").starts_with("/v2/acme/app/blobs/uploads/"), "{reply}");
        }
    }

    async fn places_are_told_as_paths(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let layer = hub.acme.push_blob("app", b"layer").await;
        hub.acme.push_blob("app", b"{}").await;
        let path = "/v2/acme/app/manifests/1.0";
        let pushed = push_as(&hub.acme.admin, path, IMAGE, image_of("1", &["layer"]).to_string()).await.expect(201);
        assert_eq!(pushed.header("location"), path);
        let place = begin(&hub.acme.admin, "acme/app").await;
        assert!(place.starts_with("/v2/acme/app/blobs/uploads/"), "{place}");
        let done = finish(&hub.acme.admin, &place, &layer, b"layer").await.expect(201);
        assert_eq!(done.header("location"), format!("/v2/acme/app/blobs/{layer}"));
        hub.acme.admin.pull_blob("acme/app", &layer).await.expect(200);
    }

    async fn content_is_not_for_shared_caches(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        for path in [
            "/v2/acme/app/manifests/1.0".to_owned(),
            format!("/v2/acme/app/blobs/{}", image.layer),
            "/v2/acme/app/tags/list".into(),
            "/v2/acme/app/manifests/2.0".into(),
        ] {
            let reply = get(&hub.acme.admin, &path).await;
            let control = reply.header("cache-control");
            assert!(control.contains("private") || control.contains("no-store"), "{path}: {control}");
        }
    }
}
