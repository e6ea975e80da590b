//! Pulling manifests.

use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use grantry_testkit::registry::{IMAGE, INDEX};
use http::Method;
use serde_json::json;

use super::{count, expect_error, get, head, image_of, part, push_as, sha256, sha512};

const PULLS: &str = "select count(*) from artifact_pull";

both_engines! {
    async fn a_manifest_comes_back_byte_for_byte(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push_blob("app", b"{}").await;
        let odd = format!(
            " {{\n\t\"layers\" :[ ], \"more\":{{\"deep\":[1.0e3,\"\\u00e4\",\"ä\"]}}, \"config\": {} ,\"schemaVersion\":2 }}\r\n",
            part("application/vnd.oci.empty.v1+json", "{}")
        );
        let digest = sha256(&odd);
        push_as(&hub.acme.admin, "/v2/acme/app/manifests/1.0", IMAGE, odd.clone()).await.expect(201);
        for reference in ["1.0", &digest] {
            let path = format!("/v2/acme/app/manifests/{reference}");
            for (reply, body) in [(get(&hub.acme.admin, &path).await, &*odd), (head(&hub.acme.admin, &path).await, "")] {
                assert_eq!((reply.status.as_u16(), reply.text()), (200, body));
                for (name, value) in [
                    ("content-length", &*odd.len().to_string()),
                    ("content-type", IMAGE),
                    ("docker-content-digest", &digest),
                    ("etag", &format!("\"{digest}\"")),
                    ("vary", "Authorization"),
                ] {
                    assert_eq!(reply.header(name), value, "{name}");
                }
            }
        }
    }

    async fn the_media_type_is_the_pushed_one_without_parameters(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for (tag, said, kept) in [
            ("a", "application/vnd.oci.image.index.v1+json; charset=utf-8", INDEX),
            ("b", "application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.docker.distribution.manifest.list.v2+json"),
            ("c", "application/vnd.example.thing+json", "application/vnd.example.thing+json"),
            ("d", "", INDEX),
        ] {
            let path = format!("/v2/acme/app/manifests/{tag}");
            let body = json!({ "schemaVersion": 2, "manifests": [], "annotations": { "tag": tag } }).to_string();
            push_as(&hub.acme.admin, &path, said, body).await.expect(201);
            assert_eq!(get(&hub.acme.admin, &path).await.expect(200).header("content-type"), kept);
        }
    }

    async fn what_a_client_accepts_changes_nothing(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let index = hub.acme.push_index("app", "1.0", &["amd64", "arm64"]).await;
        let accepts = ["application/vnd.docker.distribution.manifest.v1+prettyjws", IMAGE, "text/html", "*/*", "nonsense"];
        for accept in accepts {
            let call = hub.acme.admin.registry(Method::GET, "/v2/acme/app/manifests/1.0").header("accept", accept);
            let reply = call.send().await.expect(200);
            assert_eq!((reply.header("docker-content-digest"), reply.header("content-type")), (&*index.digest, INDEX));
        }
    }

    async fn a_body_on_a_pull_is_ignored(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push("app", "1.0").await;
        for (reference, status) in [("1.0", 200), ("2.0", 404), ("sha256:totallywrong", 400)] {
            let call = hub.acme.admin.registry(Method::GET, &format!("/v2/acme/app/manifests/{reference}"));
            call.header("content-type", "application/json").body(vec![b'x'; 100_000]).send().await.expect(status);
        }
    }

    async fn a_tag_answers_with_the_algorithm_it_was_set_with(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push_blob("app", b"{}").await;
        let body = image_of("one", &[]).to_string();
        let (short, long) = (sha256(&body), sha512(&body));
        push_as(&hub.acme.admin, "/v2/acme/app/manifests/short", IMAGE, body.clone()).await.expect(201);
        let path = format!("/v2/acme/app/manifests/{long}?tag=long");
        push_as(&hub.acme.admin, &path, IMAGE, body).await.expect(201);
        for (reference, digest) in [("short", &short), ("long", &long), (&short, &short), (&long, &long)] {
            let path = format!("/v2/acme/app/manifests/{reference}");
            for reply in [get(&hub.acme.admin, &path).await.expect(200), head(&hub.acme.admin, &path).await.expect(200)] {
                assert_eq!(reply.header("docker-content-digest"), digest);
            }
        }
    }

    async fn a_manifest_that_the_client_has_is_neither_sent_nor_counted(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        let other = format!("\"{}\"", sha256("other"));
        for (known, status) in [(format!("\"{}\"", image.digest), 304), (format!("W/\"{}\"", image.digest), 304), (other, 200)] {
            for method in [Method::GET, Method::HEAD] {
                let call = hub.acme.admin.registry(method.clone(), "/v2/acme/app/manifests/1.0");
                let reply = call.header("if-none-match", &known).send().await.expect(status);
                assert_eq!(reply.header("docker-content-digest"), image.digest);
                if status == 304 {
                    assert_eq!(reply.body.len(), 0);
                    let is_sized = reply.header("content-length") == image.size.to_string();
                    assert_eq!(method == Method::HEAD, is_sized, "RFC 9110, 8.6");
                }
            }
        }
        hub.write_pulls().await;
        assert_eq!(count(&hub, PULLS).await, 1);
    }

    async fn a_pull_is_counted_once_for_what_is_pulled_first(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let index = hub.acme.push_index("app", "1.0", &["amd64"]).await;
        let sbom = hub.acme.attach("app", &index, "application/spdx+json").await;
        let child = &index.children[0];
        for reference in [&child.digest, &sbom.digest] {
            hub.acme.admin.pull("acme/app", reference).await.expect(200);
        }
        head(&hub.acme.admin, "/v2/acme/app/manifests/1.0").await.expect(200);
        hub.acme.admin.pull_blob("acme/app", &child.layer).await.expect(200);
        hub.write_pulls().await;
        assert_eq!(count(&hub, PULLS).await, 0, "children, referrers, blobs and HEAD are no pulls");
        hub.acme.admin.pull("acme/app", "1.0").await.expect(200);
        hub.acme.admin.pull("acme/app", &index.digest).await.expect(200);
        hub.write_pulls().await;
        assert_eq!(count(&hub, PULLS).await, 2);
    }

    async fn a_manifest_is_only_in_its_repository(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let image = hub.acme.push("app", "1.0").await;
        hub.acme.push("other", "2.0").await;
        expect_error(&hub.acme.admin.pull("acme/other", &image.digest).await, 404, "MANIFEST_UNKNOWN");
        expect_error(&hub.acme.admin.pull("acme/other", "1.0").await, 404, "MANIFEST_UNKNOWN");
    }
}
