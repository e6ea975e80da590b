//! Pulling blobs, whole and in parts.

use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::TestHub;
use grantry_testkit::reply::Reply;
use http::Method;

use super::{expect_error, get, head, sha256, sha512};

/// Larger than what is read whole and remembered, so that it comes as a stream.
const LARGE: usize = 300_000;

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|place| u8::try_from(place % 251).unwrap()).collect()
}

async fn range(client: &Client, path: &str, range: &str) -> Reply {
    client.registry(Method::GET, path).header("range", range).send().await
}

both_engines! {
    async fn a_blob_is_described_by_its_headers(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for length in [1, 2048, LARGE] {
            let content = bytes(length);
            let digest = hub.acme.push_blob("app", &content).await;
            let path = format!("/v2/acme/app/blobs/{digest}");
            for (reply, body) in [(get(&hub.acme.admin, &path).await, &content[..]), (head(&hub.acme.admin, &path).await, b"")] {
                assert_eq!((reply.status.as_u16(), &*reply.body), (200, body));
                for (name, value) in [
                    ("content-length", &*length.to_string()),
                    ("content-type", "application/octet-stream"),
                    ("docker-content-digest", &digest),
                    ("accept-ranges", "bytes"),
                    ("etag", &format!("\"{digest}\"")),
                    ("vary", "Authorization"),
                ] {
                    assert_eq!(reply.header(name), value, "{name}");
                }
            }
        }
    }

    async fn a_blob_of_no_bytes_and_the_empty_object_are_served(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for content in ["", "{}"] {
            let digest = hub.acme.push_blob("app", content.as_bytes()).await;
            let path = format!("/v2/acme/app/blobs/{digest}");
            let reply = get(&hub.acme.admin, &path).await.expect(200);
            assert_eq!((reply.text(), reply.header("content-length")), (content, &*content.len().to_string()));
            let reply = head(&hub.acme.admin, &path).await.expect(200);
            assert_eq!(reply.header("content-length"), content.len().to_string());
            assert_eq!(range(&hub.acme.admin, &path, "bytes=0-").await.body, content);
        }
    }

    async fn a_blob_answers_with_the_digest_it_was_asked_by(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let content = bytes(5000);
        let (short, long) = (sha256(&content), sha512(&content));
        hub.acme.push_blob("app", &content).await;
        let path = format!("/v2/acme/app/blobs/uploads/?digest={long}");
        hub.acme.admin.registry(Method::POST, &path).body(content.clone()).send().await.expect(201);
        for digest in [&short, &long] {
            let path = format!("/v2/acme/app/blobs/{digest}");
            for reply in [get(&hub.acme.admin, &path).await.expect(200), head(&hub.acme.admin, &path).await.expect(200)] {
                assert_eq!(reply.header("docker-content-digest"), digest);
                assert_eq!(reply.header("etag"), format!("\"{digest}\""));
            }
        }
    }

    async fn a_part_of_a_blob_is_served(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for size in [2048, LARGE] {
            let content = bytes(size);
            let digest = hub.acme.push_blob("app", &content).await;
            let path = format!("/v2/acme/app/blobs/{digest}");
            let last = size - 1;
            for (asked, start, end) in [
                ("bytes=500-1499".to_owned(), 500, 1499),
                ("bytes=500-".into(), 500, last),
                ("bytes=-500".into(), size - 500, last),
                (format!("bytes={}-{}", size - 48, size + 3000), size - 48, last),
                ("bytes=0-0".into(), 0, 0),
                (format!("bytes=-{}", size * 2), 0, last),
                ("Bytes = 7-9".into(), 7, 9),
            ] {
                let reply = range(&hub.acme.admin, &path, &asked).await;
                assert_eq!(reply.status, 206, "{asked}");
                assert_eq!(reply.header("content-range"), format!("bytes {start}-{end}/{size}"), "{asked}");
                assert_eq!(reply.header("content-length"), (end - start + 1).to_string());
                assert_eq!(reply.header("docker-content-digest"), digest);
                assert_eq!(reply.body, content[start..=end], "{asked}");
            }
        }
    }

    async fn a_part_that_a_blob_does_not_have_is_refused_with_its_size(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let digest = hub.acme.push_blob("app", &bytes(2048)).await;
        let path = format!("/v2/acme/app/blobs/{digest}");
        for asked in ["bytes=500-0", "bytes=5000-10000", "bytes=2048-", "bytes=-0", "bytes=99999999999999999999-"] {
            let reply = range(&hub.acme.admin, &path, asked).await;
            assert_eq!(reply.header("content-range"), "bytes */2048", "{asked}");
            expect_error(&reply, 416, "SIZE_INVALID");
        }
    }

    async fn what_is_no_range_of_bytes_is_ignored(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let content = bytes(2048);
        let digest = hub.acme.push_blob("app", &content).await;
        let path = format!("/v2/acme/app/blobs/{digest}");
        for asked in ["bytes", "bytes=", "bytes=a-b", "lines=1-2", "bytes=1", "bytes=--1", "bytes=+1-2", "=1-2"] {
            let reply = range(&hub.acme.admin, &path, asked).await;
            assert_eq!((reply.status.as_u16(), &*reply.body), (200, &*content), "{asked}");
        }
    }

    async fn several_parts_come_in_one_answer(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for size in [2048, LARGE] {
            let content = bytes(size);
            let digest = hub.acme.push_blob("app", &content).await;
            let path = format!("/v2/acme/app/blobs/{digest}");
            let reply = range(&hub.acme.admin, &path, "bytes=0-9, 1000-1099,-5").await.expect(206);
            let boundary = reply.header("content-type").strip_prefix("multipart/byteranges; boundary=").unwrap();
            assert_eq!(reply.header("content-length"), reply.body.len().to_string());
            assert_eq!(reply.header("content-range"), "");
            let mut expected = Vec::new();
            for (start, end) in [(0, 9), (1000, 1099), (size - 5, size - 1)] {
                let head = format!(
                    "\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes {start}-{end}/{size}\r\n\r\n"
                );
                expected.extend(head.as_bytes());
                expected.extend(&content[start..=end]);
            }
            expected.extend(format!("\r\n--{boundary}--\r\n").as_bytes());
            assert_eq!(reply.body, expected);
        }
    }

    async fn too_many_parts_get_the_whole_and_never_a_refusal(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let content = bytes(2048);
        let digest = hub.acme.push_blob("app", &content).await;
        let path = format!("/v2/acme/app/blobs/{digest}");
        let many = (0..101).map(|place| format!("{place}-{place}")).collect::<Vec<_>>().join(",");
        for asked in [&*format!("bytes={many}"), "bytes=0-2000,0-2000", "bytes=5000-6000,7000-8000", "bytes=1-2,x-y"] {
            let reply = range(&hub.acme.admin, &path, asked).await;
            assert_eq!((reply.status.as_u16(), &*reply.body), (200, &*content), "{asked}");
        }
        let reply = range(&hub.acme.admin, &path, "bytes=5-6,5000-6000").await.expect(206);
        assert_eq!(reply.header("content-range"), "bytes 5-6/2048", "the one part that there is");
    }

    async fn what_the_client_has_is_not_sent_again(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let content = bytes(2048);
        let digest = hub.acme.push_blob("app", &content).await;
        let path = format!("/v2/acme/app/blobs/{digest}");
        let other = format!("\"{}\"", sha256("other"));
        for (known, status) in [
            (format!("\"{digest}\""), 304),
            (format!("W/\"{digest}\""), 304),
            (format!("{other}, \"{digest}\""), 304),
            ("*".into(), 304),
            (other.clone(), 200),
            (digest.clone(), 200),
        ] {
            for method in [Method::GET, Method::HEAD] {
                let reply = hub.acme.admin.registry(method.clone(), &path).header("if-none-match", &known).send().await;
                assert_eq!(reply.status.as_u16(), status, "{known}");
                if status == 304 {
                    assert_eq!(reply.body.len(), 0);
                    assert_eq!(method == Method::HEAD, reply.header("content-length") == "2048", "RFC 9110, 8.6");
                }
            }
        }
        for (known, status) in [(format!("\"{digest}\""), 206), (other, 200), (format!("W/\"{digest}\""), 200)] {
            let call = hub.acme.admin.registry(Method::GET, &path).header("range", "bytes=0-4");
            assert_eq!(call.header("if-range", &known).send().await.status.as_u16(), status, "{known}");
        }
    }

    async fn a_blob_is_only_in_the_repositories_that_it_was_pushed_to(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let digest = hub.acme.push_blob("app", b"layer").await;
        hub.acme.push_blob("other", b"another").await;
        expect_error(&get(&hub.acme.admin, &format!("/v2/acme/other/blobs/{digest}")).await, 404, "BLOB_UNKNOWN");
        head(&hub.acme.admin, &format!("/v2/acme/other/blobs/{digest}")).await.expect(404);
        expect_error(&get(&hub.acme.admin, &format!("/v2/acme/other/blobs/{digest}")).await, 404, "BLOB_UNKNOWN");
    }
}
