//! Pushing blobs: at once, in chunks, resumed, cancelled.

use bytes::Bytes;
use futures_util::stream;
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::TestHub;
use grantry_testkit::reply::Reply;
use http::Method;

use super::{begin, chunk, count, delete, expect_error, finish, get, head, sha256, sha512, stored_files};

const SESSIONS: &str = "select count(*) from upload";
const BLOBS: &str = "select count(*) from blob";

async fn post(client: &Client, path: &str, bytes: &[u8]) -> Reply {
    let call = client.registry(Method::POST, path).header("content-length", &bytes.len().to_string());
    call.body(bytes.to_vec()).send().await
}

/// Requires an answer about a session: its place, and how far it came.
#[track_caller]
fn expect_session(reply: &Reply, status: u16, (place, received): (&str, &str)) {
    assert_eq!(reply.status.as_u16(), status, "{reply}");
    assert_eq!((reply.header("location"), reply.header("range")), (place, received), "{reply}");
    assert_eq!(reply.header("docker-upload-uuid"), place.rsplit('/').next().unwrap());
}

both_engines! {
    async fn a_session_is_told_with_its_place_id_and_range(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let begun = post(admin, "/v2/acme/app/blobs/uploads/", b"").await;
        let place = begun.header("location").to_owned();
        expect_session(&begun, 202, (&place, "0-0"));
        assert_eq!(begun.header("content-length"), "0");
        expect_session(&get(admin, &place).await, 204, (&place, "0-0"));
        let taken = chunk(admin, &place, "", b"hello").await;
        expect_session(&taken, 202, (&place, "0-4"));
        assert_eq!(taken.header("content-length"), "0");
        let digest = sha256("hello");
        for place in [place.clone(), format!("{place}?digest={digest}")] {
            expect_session(&get(admin, &place).await, 204, (place.split('?').next().unwrap(), "0-4"));
        }
        let done = finish(admin, &place, &digest, b"").await.expect(201);
        assert_eq!((done.header("docker-content-digest"), done.header("content-length")), (&*digest, "0"));
        assert_eq!(get(admin, done.header("location")).await.expect(200).text(), "hello");
        expect_error(&get(admin, &place).await, 404, "BLOB_UPLOAD_UNKNOWN");
    }

    async fn a_blob_is_taken_whole_in_the_first_request(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for digest in [sha256("hello"), sha512("hello")] {
            let reply = post(&hub.acme.admin, &format!("/v2/acme/app/blobs/uploads/?digest={digest}"), b"hello").await;
            let place = format!("/v2/acme/app/blobs/{digest}");
            assert_eq!((reply.status.as_u16(), reply.header("location")), (201, &*place));
            assert_eq!(reply.header("docker-content-digest"), digest);
            assert_eq!(get(&hub.acme.admin, &place).await.expect(200).text(), "hello");
        }
        assert_eq!((count(&hub, BLOBS).await, count(&hub, SESSIONS).await), (1, 0), "the same content is kept once");
    }

    async fn a_digest_that_is_not_of_the_content_stores_nothing_and_ends_the_session(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        for other in [sha256("other"), sha512("other")] {
            let reply = post(admin, &format!("/v2/acme/app/blobs/uploads/?digest={other}"), b"hello").await;
            expect_error(&reply, 400, "DIGEST_INVALID");
            for first in [&b""[..], b"hel"] {
                let place = begin(admin, "acme/app").await;
                if !first.is_empty() {
                    chunk(admin, &place, "", first).await.expect(202);
                }
                expect_error(&finish(admin, &place, &other, &b"hello"[first.len()..]).await, 400, "DIGEST_INVALID");
                expect_error(&get(admin, &place).await, 404, "BLOB_UPLOAD_UNKNOWN");
                expect_error(&finish(admin, &place, &sha256("hello"), b"hello").await, 404, "BLOB_UPLOAD_UNKNOWN");
            }
            for digest in [&other, &sha256("hello"), &sha512("hello")] {
                head(admin, &format!("/v2/acme/app/blobs/{digest}")).await.expect(404);
            }
        }
        assert_eq!((count(&hub, BLOBS).await, count(&hub, SESSIONS).await), (0, 0));
        assert!(stored_files(&hub).is_empty(), "{:?}", stored_files(&hub));
    }

    async fn a_digest_that_is_none_leaves_the_session_alone(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        for bad in ["sha256:123", "md5:d41d8cd98f00b204e9800998ecf8427e", "latest", "sha256:", "%00"] {
            let reply = post(admin, &format!("/v2/acme/app/blobs/uploads/?digest={bad}"), b"hello").await;
            expect_error(&reply, 400, "DIGEST_INVALID");
        }
        let place = begin(admin, "acme/app").await;
        chunk(admin, &place, "", b"hello").await.expect(202);
        for query in ["", "?digest=", "?digest=sha256:123", "?digest=latest", "?other=1"] {
            let call = admin.registry(Method::PUT, &format!("{place}{query}")).header("content-length", "0");
            expect_error(&call.send().await, 400, "DIGEST_INVALID");
        }
        expect_session(&get(admin, &place).await, 204, (&place, "0-4"));
        finish(admin, &place, &sha256("hello"), b"").await.expect(201);
    }

    async fn chunks_follow_on_each_other(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let place = begin(admin, "acme/app").await;
        expect_session(&chunk(admin, &place, "3-5", b"abc").await, 416, (&place, "0-0"));
        expect_session(&chunk(admin, &place, "0-2", b"abc").await, 202, (&place, "0-2"));
        for range in ["0-2", "4-6", "2-4"] {
            let refused = chunk(admin, &place, range, b"abc").await;
            expect_error(&refused, 416, "BLOB_UPLOAD_INVALID");
            expect_session(&refused, 416, (&place, "0-2"));
        }
        expect_session(&chunk(admin, &place, "bytes 3-5/*", b"def").await, 202, (&place, "0-5"));
        expect_session(&chunk(admin, &place, "", b"ghi").await, 202, (&place, "0-8"));
        let digest = sha256("abcdefghijkl");
        let last = |range: &str| {
            let call = admin.registry(Method::PUT, &format!("{place}?digest={digest}")).header("content-range", range);
            call.header("content-length", "3").body("jkl").send()
        };
        expect_session(&last("0-2").await, 416, (&place, "0-8"));
        expect_session(&get(admin, &place).await, 204, (&place, "0-8"));
        last("9-11").await.expect(201);
        assert_eq!(admin.pull_blob("acme/app", &digest).await.text(), "abcdefghijkl");
    }

    async fn a_chunk_that_came_twice_is_taken_once(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let place = begin(admin, "acme/app").await;
        chunk(admin, &place, "0-4", b"hello").await.expect(202);
        expect_session(&chunk(admin, &place, "0-4", b"hello").await, 416, (&place, "0-4"));
        finish(admin, &place, &sha256("hello"), b"").await.expect(201);
    }

    async fn a_chunk_of_another_length_than_it_says_is_refused(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let place = begin(admin, "acme/app").await;
        for before in [0, 5] {
            let range = |end: usize| format!("{before}-{}", before + end);
            expect_error(&chunk(admin, &place, &range(9), b"hello").await, 400, "SIZE_INVALID");
            expect_error(&chunk(admin, &place, &range(0), b"hello").await, 400, "SIZE_INVALID");
            for (length, body) in [("10", &b"hello"[..]), ("3", b"hello")] {
                let call = admin.registry(Method::PATCH, &place).header("content-length", length);
                expect_error(&call.body(body).send().await, 400, "SIZE_INVALID");
                let path = format!("{place}?digest={}", sha256("hello"));
                let call = admin.registry(Method::PUT, &path).header("content-length", length);
                expect_error(&call.body(body).send().await, 400, "SIZE_INVALID");
            }
            let without = admin.registry(Method::PATCH, &place).header("content-range", &range(9)).body("hello");
            expect_error(&without.send().await, 400, "SIZE_INVALID");
            let received = if before == 0 { "0-0".to_owned() } else { "0-4".into() };
            expect_session(&get(admin, &place).await, 204, (&place, &received));
            chunk(admin, &place, &range(4), b"hello").await.expect(202);
        }
        let path = format!("/v2/acme/app/blobs/uploads/?digest={}", sha256("hello"));
        for length in ["10", "3"] {
            let call = admin.registry(Method::POST, &path).header("content-length", length).body("hello");
            expect_error(&call.send().await, 400, "SIZE_INVALID");
        }
        finish(admin, &place, &sha256("hellohello"), b"").await.expect(201);
        assert_eq!(count(&hub, BLOBS).await, 1);
    }

    async fn a_range_that_is_none_is_refused(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let place = begin(admin, "acme/app").await;
        for range in ["hello", "0", "-", "4-0", "a-b", "0-", "-4", "0 - 4", "0-99999999999999999999", "bytes */5"] {
            expect_error(&chunk(admin, &place, range, b"hello").await, 400, "BLOB_UPLOAD_INVALID");
        }
        expect_session(&get(admin, &place).await, 204, (&place, "0-0"));
    }

    async fn a_body_that_breaks_off_leaves_the_session_where_it_was(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let place = begin(admin, "acme/app").await;
        let broken = || {
            let parts = [Ok(Bytes::from_static(b"abc")), Err(std::io::Error::other("gone"))];
            axum::body::Body::from_stream(stream::iter(parts))
        };
        for (first, received) in [(&b""[..], "0-0"), (b"hello", "0-4")] {
            if !first.is_empty() {
                chunk(admin, &place, "", first).await.expect(202);
            }
            let path = format!("{place}?digest={}", sha256("helloabc"));
            for (method, path) in [(Method::PATCH, &place), (Method::PUT, &path)] {
                let reply = admin.registry(method, path).body(broken()).send().await;
                expect_error(&reply, 400, "BLOB_UPLOAD_INVALID");
                expect_session(&get(admin, &place).await, 204, (&place, received));
            }
        }
        let path = format!("/v2/acme/app/blobs/uploads/?digest={}", sha256("abc"));
        expect_error(&admin.registry(Method::POST, &path).body(broken()).send().await, 400, "BLOB_UPLOAD_INVALID");
        finish(admin, &place, &sha256("hello world"), b" world").await.expect(201);
        assert_eq!(count(&hub, BLOBS).await, 1);
    }

    async fn any_content_type_is_taken(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        for content_type in ["application/json", "application/octet-stream", "text/plain", "nonsense"] {
            let call = admin.registry(Method::POST, "/v2/acme/app/blobs/uploads/").header("content-type", content_type);
            let place = call.send().await.expect(202).header("location").to_owned();
            let call = admin.registry(Method::PATCH, &place).header("content-type", content_type);
            call.body(content_type).send().await.expect(202);
            finish(admin, &place, &sha256(content_type), b"").await.expect(201);
        }
    }

    async fn the_algorithm_may_be_told_first_or_last(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        for start in ["", "?digest-algorithm=sha512", "?digest-algorithm=sha256"] {
            for first in [&b""[..], b"hello"] {
                let content = format!("hello from {start}{}", first.len());
                let begun = post(admin, &format!("/v2/acme/app/blobs/uploads/{start}"), b"").await.expect(202);
                let place = begun.header("location").to_owned();
                if !first.is_empty() {
                    chunk(admin, &place, "", first).await.expect(202);
                }
                let rest = &content.as_bytes()[first.len()..];
                let digest = sha512(&content);
                let done = finish(admin, &place, &digest, rest).await.expect(201);
                assert_eq!(done.header("docker-content-digest"), digest);
                for digest in [digest, sha256(&content)] {
                    assert_eq!(admin.pull_blob("acme/app", &digest).await.expect(200).text(), content);
                }
            }
        }
    }

    async fn a_cancelled_session_is_gone_with_its_bytes(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let place = begin(admin, "acme/app").await;
        chunk(admin, &place, "", b"hello").await.expect(202);
        let push_only = hub.vendor(Role::ReadWrite).await;
        let own = begin(&push_only, "acme/app").await;
        delete(&push_only, &own).await.expect(204);
        assert_eq!(delete(admin, &place).await.expect(204).body, "");
        for reply in [
            get(admin, &place).await,
            delete(admin, &place).await,
            chunk(admin, &place, "", b"more").await,
            finish(admin, &place, &sha256("hello"), b"").await,
        ] {
            expect_error(&reply, 404, "BLOB_UPLOAD_UNKNOWN");
        }
        assert_eq!(count(&hub, SESSIONS).await, 0);
        assert!(stored_files(&hub).is_empty(), "{:?}", stored_files(&hub));
    }

    async fn a_session_ends_a_day_after_its_last_bytes(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let place = begin(admin, "acme/app").await;
        hub.clock.advance(chrono::TimeDelta::hours(23));
        chunk(admin, &place, "", b"hello").await.expect(202);
        hub.clock.advance(chrono::TimeDelta::hours(23));
        get(admin, &place).await.expect(204);
        hub.clock.advance(chrono::TimeDelta::hours(1));
        expect_error(&get(admin, &place).await, 404, "BLOB_UPLOAD_UNKNOWN");
        expect_error(&chunk(admin, &place, "", b"more").await, 404, "BLOB_UPLOAD_UNKNOWN");
    }

    async fn a_session_belongs_to_its_member_and_repository(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let place = begin(&hub.acme.admin, "acme/app").await;
        chunk(&hub.acme.admin, &place, "", b"hello").await.expect(202);
        begin(&hub.acme.admin, "acme/other").await;
        let other = hub.vendor(Role::Admin).await;
        let globex = hub.add_vendor("Globex", "globex").await;
        begin(&globex.admin, "globex/app").await;
        let elsewhere = |name: &str| place.replace("acme/app", name);
        for (client, place) in [
            (&other, place.clone()),
            (&hub.acme.admin, elsewhere("acme/other")),
            (&hub.acme.admin, elsewhere("acme/none")),
            (&globex.admin, elsewhere("globex/app")),
        ] {
            for reply in [
                get(client, &place).await,
                chunk(client, &place, "", b"more").await,
                finish(client, &place, &sha256("hello"), b"").await,
                delete(client, &place).await,
            ] {
                expect_error(&reply, 404, "BLOB_UPLOAD_UNKNOWN");
            }
        }
        expect_session(&get(&hub.acme.admin, &place).await, 204, (&place, "0-4"));
        finish(&hub.acme.admin, &place, &sha256("hello"), b"").await.expect(201);
    }

    async fn of_two_chunks_at_once_one_is_taken(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let place = begin(admin, "acme/app").await;
        for (before, received) in [(0, "0-4"), (5, "0-9")] {
            let range = format!("{before}-{}", before + 4);
            let (one, other) = tokio::join!(chunk(admin, &place, &range, b"hello"), chunk(admin, &place, &range, b"world"));
            let mut statuses = [one.status.as_u16(), other.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [202, 416], "{one}\n{other}");
            for reply in [one, other].iter().filter(|reply| reply.status == 416) {
                assert_eq!(reply.header("location"), place);
            }
            expect_session(&get(admin, &place).await, 204, (&place, received));
        }
    }

    async fn of_two_ends_at_once_both_have_the_blob_or_one_is_told(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let digest = sha256("hello");
        for first in [&b""[..], b"hello"] {
            let place = begin(admin, "acme/app").await;
            if !first.is_empty() {
                chunk(admin, &place, "", first).await.expect(202);
            }
            let rest = &b"hello"[first.len()..];
            let (one, other) = tokio::join!(finish(admin, &place, &digest, rest), finish(admin, &place, &digest, rest));
            let mut statuses = [one.status.as_u16(), other.status.as_u16()];
            statuses.sort_unstable();
            assert!([[201, 416], [201, 404], [201, 201]].contains(&statuses), "{one}\n{other}");
            assert_eq!(admin.pull_blob("acme/app", &digest).await.expect(200).text(), "hello");
        }
        assert_eq!((count(&hub, BLOBS).await, count(&hub, SESSIONS).await), (1, 0));
    }
}
