//! Mounting: taking a blob from another repository instead of sending it.

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::TestHub;
use grantry_testkit::reply::Reply;
use http::Method;

use super::token::{bearer, token};
use super::{alter, count, expect_error, finish, get, head, sha256, sha512};

async fn mount(client: &Client, repository: &str, query: &str) -> Reply {
    client.registry(Method::POST, &format!("/v2/{repository}/blobs/uploads/?{query}")).send().await
}

/// Requires that the blob has to be sent: a session, like any other.
#[track_caller]
fn expect_session(reply: &Reply) -> String {
    assert_eq!(reply.status.as_u16(), 202, "{reply}");
    assert_eq!((reply.header("range"), reply.header("content-length")), ("0-0", "0"));
    assert_eq!(reply.header("docker-content-digest"), "");
    reply.header("location").to_owned()
}

#[track_caller]
fn expect_mounted(reply: &Reply, repository: &str, digest: &str) {
    assert_eq!(reply.status.as_u16(), 201, "{reply}");
    assert_eq!(reply.header("location"), format!("/v2/{repository}/blobs/{digest}"));
    assert_eq!((reply.header("docker-content-digest"), reply.header("content-length")), (digest, "0"));
}

both_engines! {
    async fn a_blob_is_mounted_from_a_repository_or_from_any(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let digest = hub.acme.push_blob("one", b"layer").await;
        let path = format!("/v2/acme/one/blobs/uploads/?digest={}", sha512("layer"));
        hub.acme.admin.registry(Method::POST, &path).body("layer").send().await.expect(201);
        for (number, query) in [
            format!("mount={digest}&from=acme/one"),
            format!("from=acme%2Fone&mount={}", digest.replace(':', "%3A")),
            format!("mount={digest}"),
            format!("mount={digest}&from=acme/one&digest={}", sha256("other")),
        ].iter().enumerate() {
            let repository = format!("acme/two{number}");
            expect_mounted(&mount(&hub.acme.admin, &repository, query).await, &repository, &digest);
            assert_eq!(hub.acme.admin.pull_blob(&repository, &digest).await.expect(200).text(), "layer");
        }
        let long = sha512("layer");
        let reply = mount(&hub.acme.admin, "acme/three", &format!("mount={long}&from=acme/one")).await;
        expect_mounted(&reply, "acme/three", &long);
        assert_eq!(count(&hub, "select count(*) from upload").await, 0, "no session was begun");
        assert_eq!(count(&hub, "select count(*) from blob").await, 1);
    }

    async fn a_mount_that_cannot_be_begins_an_upload(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let digest = hub.acme.push_blob("one", b"layer").await;
        hub.acme.push_blob("two", b"other").await;
        let absent = sha256("hello world");
        for query in [
            format!("mount={absent}"),
            format!("mount={absent}&from=acme/one"),
            format!("mount={digest}&from=acme/two"),
            format!("mount={digest}&from=acme/none"),
            format!("mount={digest}&from=none/one"),
            format!("mount={digest}&from=nonsense"),
            format!("mount={digest}&from=acme/ONE"),
            "mount=sha256:123".into(),
            "mount=".into(),
            format!("mount={}&from=acme/one", sha512("layer")),
        ] {
            expect_session(&mount(&hub.acme.admin, "acme/app", &query).await);
        }
        let place = expect_session(&mount(&hub.acme.admin, "acme/app", &format!("mount={absent}")).await);
        finish(&hub.acme.admin, &place, &absent, b"hello world").await.expect(201);
        head(&hub.acme.admin, &format!("/v2/acme/app/blobs/{digest}")).await.expect(404);
    }

    async fn nothing_is_mounted_from_another_vendor(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let globex = hub.add_vendor("Globex", "globex").await;
        let foreign = globex.push_blob("app", b"secret").await;
        hub.acme.push_blob("app", b"own").await;
        for query in [format!("mount={foreign}&from=globex/app"), format!("mount={foreign}")] {
            expect_session(&mount(&hub.acme.admin, "acme/app", &query).await);
        }
        let path = format!("/v2/acme/app/blobs/{foreign}");
        expect_error(&get(&hub.acme.admin, &path).await, 404, "BLOB_UNKNOWN");
        let path = format!("/v2/acme/app/blobs/uploads/?digest={foreign}");
        hub.acme.admin.registry(Method::POST, &path).body("not it").send().await.expect(400);
        hub.acme.admin.registry(Method::POST, &path).body("secret").send().await.expect(201);
    }

    async fn who_may_not_push_may_not_mount(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let digest = hub.acme.push_blob("one", b"layer").await;
        let customer = hub.acme.add_customer("Initech").await;
        let absent = sha256("nothing");
        for client in [hub.vendor(Role::ReadOnly).await, hub.customer(&customer, Role::Admin).await] {
            let refused = mount(&client, "acme/two", &format!("mount={absent}&from=acme/one")).await;
            expect_error(&refused, 403, "DENIED");
            for query in [format!("mount={digest}&from=acme/one"), format!("mount={digest}"), format!("mount={absent}")] {
                let reply = mount(&client, "acme/two", &query).await;
                assert_eq!((reply.status, reply.body), (refused.status, refused.body.clone()), "{query}");
            }
        }
        expect_error(&get(&hub.acme.admin, "/v2/acme/two/tags/list").await, 404, "NAME_UNKNOWN");
    }

    async fn a_token_without_the_source_is_told_to_ask_for_both(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let digest = hub.acme.push_blob("one", b"layer").await;
        let narrow = token(&hub.acme.admin, "scope=repository:acme/two:pull,push").await;
        let anonymous = hub.anonymous();
        let begin = |token: String, query: String| {
            let (path, anonymous) = (format!("/v2/acme/two/blobs/uploads/?{query}"), &anonymous);
            async move { bearer(anonymous, Method::POST, &path, &token).send().await }
        };
        for from in ["acme/one", "acme/none", "none/one"] {
            let refused = begin(narrow.clone(), format!("mount={digest}&from={from}")).await;
            expect_error(&refused, 401, "UNAUTHORIZED");
            let scope = format!("scope=\"repository:acme/two:pull,push repository:{from}:pull\"");
            let challenge = refused.header("www-authenticate");
            assert!(challenge.contains(&scope) && challenge.ends_with(",error=\"insufficient_scope\""), "{challenge}");
        }
        let wide = "scope=repository:acme/two:pull,push&scope=repository:acme/one:pull";
        let wide = token(&hub.acme.admin, wide).await;
        expect_mounted(&begin(wide, format!("mount={digest}&from=acme/one")).await, "acme/two", &digest);
    }

    async fn nothing_is_mounted_into_what_is_pulled_through(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let digest = hub.acme.push_blob("one", b"layer").await;
        hub.acme.push_blob("mirror", b"other").await;
        alter(&hub, "update artifact set upstream_url = 'https://registry.test' where name = 'mirror'").await;
        for query in [format!("mount={digest}&from=acme/one"), format!("mount={digest}"), String::new()] {
            expect_error(&mount(&hub.acme.admin, "acme/mirror", &query).await, 405, "UNSUPPORTED");
        }
        head(&hub.acme.admin, &format!("/v2/acme/mirror/blobs/{digest}")).await.expect(404);
    }
}
