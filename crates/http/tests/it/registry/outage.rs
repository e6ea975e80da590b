//! A database or a storage that can't serve: the answer is a 503 that says when to try again, never that something is not
//! there, and all is well again afterwards.

use std::path::PathBuf;
use std::time::Duration;

use grantry_store::db::{Database, Options, params};
use grantry_store::migrate::migrations;
use grantry_testdb::both_engines;
use grantry_testdb::postgres::Cluster;
use grantry_testkit::client::Client;
use grantry_testkit::hub::TestHub;
use grantry_testkit::registry::IMAGE;
use grantry_testkit::reply::Reply;
use http::Method;

use super::token::{bearer, token};
use super::{
    begin, chunk, count, delete, expect_error, finish, get, head, image_of, push_as, sha256, stored_files,
};

#[track_caller]
fn expect_outage(reply: &Reply) {
    expect_error(reply, 503, "UNSUPPORTED");
    assert!(reply.header("retry-after").parse::<u32>().unwrap() > 0, "{reply}");
    let sentence = reply.field("/errors/0/message");
    assert!(!sentence.contains("sql") && !sentence.contains('/'), "{sentence}");
}

/// Larger than what is remembered.
fn large() -> String {
    "large".repeat(50_000)
}

/// Takes a hub's folder of blobs away, and puts it back when dropped.
struct Away(PathBuf, PathBuf);

impl Away {
    fn take(hub: &TestHub) -> Self {
        let folder = hub.blobs_folder().to_owned();
        let away = folder.with_extension("away");
        std::fs::rename(&folder, &away).unwrap();
        Self(folder, away)
    }
}

impl Drop for Away {
    fn drop(&mut self) {
        // The hub may have begun the folder anew.
        if self.0.exists() {
            std::fs::remove_dir_all(&self.0).unwrap();
        }
        std::fs::rename(&self.1, &self.0).unwrap();
    }
}

async fn post(client: &Client, content: &str) -> Reply {
    let path = format!("/v2/acme/app/blobs/uploads/?digest={}", sha256(content));
    client.registry(Method::POST, &path).body(content.to_owned()).send().await
}

both_engines! {
    async fn a_storage_that_is_away_is_told_and_nothing_is_lost(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let blob = hub.acme.push_blob("app", large().as_bytes()).await;
        let image = hub.acme.push("app", "1.0").await;
        let (fresh, begun) = (begin(admin, "acme/app").await, begin(admin, "acme/app").await);
        chunk(admin, &begun, "", b"hel").await.expect(202);
        let path = format!("/v2/acme/app/blobs/{blob}");
        let away = Away::take(&hub);
        expect_outage(&get(admin, &path).await);
        expect_outage(&admin.registry(Method::GET, &path).header("range", "bytes=0-9").send().await);
        expect_outage(&admin.pull_blob("acme/app", &image.layer).await);
        expect_outage(&post(admin, "whole").await);
        for (place, before) in [(&fresh, ""), (&begun, "hel")] {
            expect_outage(&chunk(admin, place, "", b"lo").await);
            expect_outage(&finish(admin, place, &sha256(format!("{before}lo")), b"lo").await);
            get(admin, place).await.expect(204);
        }
        for known in ["manifests/1.0", "tags/list", &format!("blobs/{blob}")] {
            head(admin, &format!("/v2/acme/app/{known}")).await.expect(200);
        }
        drop(away);
        assert_eq!(get(admin, &path).await.expect(200).text(), large());
        admin.pull_blob("acme/app", &image.layer).await.expect(200);
        post(admin, "whole").await.expect(201);
        assert_eq!(chunk(admin, &begun, "3-4", b"lo").await.expect(202).header("range"), "0-4");
        finish(admin, &begun, &sha256("hello"), b"").await.expect(201);
        finish(admin, &fresh, &sha256("fresh"), b"fresh").await.expect(201);
    }

    async fn a_blob_whose_bytes_are_gone_is_not_said_to_be_unknown(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let path = format!("/v2/acme/app/blobs/{}", hub.acme.push_blob("app", large().as_bytes()).await);
        for file in stored_files(&hub) {
            std::fs::remove_file(file).unwrap();
        }
        let reply = get(admin, &path).await;
        assert!(reply.status.is_server_error(), "{reply}");
        assert!(!reply.text().contains(hub.blobs_folder().to_str().unwrap()), "{reply}");
    }

    async fn a_database_that_is_locked_elsewhere_lets_pulls_through(db: TestDatabase) {
        let other = db.database.clone();
        let options = Options { lock_timeout: Duration::from_millis(150), ..Options::default() };
        let hub = TestHub::start_with(db, options).await;
        let admin = &hub.acme.admin;
        let image = hub.acme.push("app", "1.0").await;
        hub.acme.push_blob("app", b"{}").await;
        let place = begin(admin, "acme/app").await;
        chunk(admin, &place, "", b"hel").await.expect(202);
        let mut holder = other.write().await.unwrap();
        for sql in ["update audit_head set seq = seq", "update upload set received = received", "update artifact set change = change"] {
            holder.execute(sql, params![]).await.unwrap();
        }
        let body = image_of("2", &[]).to_string();
        for reply in [
            push_as(admin, "/v2/acme/app/manifests/2.0", IMAGE, body).await,
            chunk(admin, &place, "", b"lo").await,
            finish(admin, &place, &sha256("hello"), b"lo").await,
            delete(admin, "/v2/acme/app/manifests/1.0").await,
            delete(admin, &place).await,
        ] {
            expect_outage(&reply);
        }
        get(admin, "/v2/acme/app/manifests/1.0").await.expect(200);
        admin.pull_blob("acme/app", &image.layer).await.expect(200);
        drop(holder);
        let taken = chunk(admin, &place, "3-4", b"lo").await.expect(202);
        assert_eq!(taken.header("range"), "0-4", "nothing came twice");
        finish(admin, &place, &sha256("hello"), b"").await.expect(201);
        delete(admin, "/v2/acme/app/manifests/1.0").await.expect(202);
        assert_eq!(count(&hub, "select count(*) from upload").await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_went_away_is_told() {
    let cluster = Cluster::start().unwrap();
    let database = Database::open(&cluster.url()).await.unwrap();
    database.migrate(&migrations()).await.unwrap();
    let hub = TestHub::start_on(database).await;
    let admin = &hub.acme.admin;
    let image = hub.acme.push("app", "1.0").await;
    let place = begin(admin, "acme/app").await;
    let text = token(admin, "scope=repository:acme/app:pull").await;
    get(admin, "/v2/acme/app/manifests/1.0").await.expect(200);
    drop(cluster);
    for path in [
        "/v2/".to_owned(),
        "/v2/token".into(),
        "/v2/_catalog".into(),
        "/v2/acme/app/tags/list".into(),
        "/v2/acme/app/manifests/1.0".into(),
        "/v2/acme/none/manifests/1.0".into(),
        format!("/v2/acme/app/blobs/{}", image.layer),
        format!("/v2/acme/app/referrers/{}", image.digest),
        place.clone(),
    ] {
        expect_outage(&get(admin, &path).await);
    }
    expect_outage(&chunk(admin, &place, "", b"hello").await);
    expect_outage(&post(admin, "whole").await);
    expect_outage(&push_as(admin, "/v2/acme/app/manifests/2.0", IMAGE, image_of("2", &[]).to_string()).await);
    let anonymous = hub.anonymous();
    expect_outage(&bearer(&anonymous, Method::GET, "/v2/acme/app/manifests/1.0", &text).send().await);
    // Who shows no credential need not wait for the database to hear so.
    expect_error(&anonymous.get("/v2/").await, 401, "UNAUTHORIZED");
}
