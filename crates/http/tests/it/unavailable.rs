//! A database that can't serve: locked, full, read-only, gone. The answer is a clear 503, nothing is half written, and
//! all is well again afterwards.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

use grantry_ops::audit::verify;
use grantry_store::db::{Database, Options, params};
use grantry_store::migrate::migrations;
use grantry_testdb::both_engines;
use grantry_testdb::database::{Engine, TestDatabase};
use grantry_testdb::postgres::Cluster;
use grantry_testkit::hub::{TestHub, license_key, visit};
use grantry_testkit::reply::Reply;
use serde_json::json;

use crate::snapshot::check;

const CUSTOMERS: &str = "/api/v1/customer-organizations";
const KEYS: &str = "/api/v1/license-keys";
/// Names the database that a child process works on, and the credential that it uses.
const CHILD: &str = "GRANTRY_TEST_HUB";

async fn require_whole_log(hub: &TestHub) {
    let chains = verify(&hub.ops).await.unwrap();
    assert!(chains.iter().all(|checked| checked.chain.broken_at.is_none()), "{chains:?}");
}

both_engines! {
    async fn a_lock_held_elsewhere_is_told_and_passes(db: TestDatabase) {
        let other = db.database.clone();
        let options = Options { lock_timeout: Duration::from_millis(150), ..Options::default() };
        let hub = TestHub::start_with(db, options).await;
        hub.acme.add_customer("Initech").await;
        let mut holder = other.write().await.unwrap();
        holder.execute("update audit_head set seq = seq", params![]).await.unwrap();
        let refused = hub.acme.admin.post(CUSTOMERS, json!({ "name": "Hooli" })).await;
        check_refusal("unavailable_locked", &refused);
        hub.acme.admin.get(CUSTOMERS).await.expect(200);
        drop(holder);
        let list = hub.acme.admin.get(CUSTOMERS).await.json();
        assert_eq!(list.as_array().unwrap().len(), 1, "{list}");
        hub.acme.add_customer("Hooli").await;
        require_whole_log(&hub).await;
    }
}

/// Compares a refusal with its snapshot. It names the request, as its header does, so that the operator finds it.
fn check_refusal(name: &str, refused: &Reply) {
    assert_eq!(refused.field("/requestId"), refused.header("x-request-id"));
    check(name, refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_room_heals_it() {
    let db = TestDatabase::create(Engine::Sqlite).await;
    let hub = TestHub::start_with(db, Options { max_pages: Some(300), ..Options::default() }).await;
    let mut made: Vec<String> = Vec::new();
    let refused = loop {
        let mut key = license_key(&format!("key {}", made.len()), None);
        key["payload"] = json!({ "bulk": "x".repeat(30_000) });
        let reply = hub.acme.admin.post(KEYS, key).await;
        if reply.status != 200 {
            break reply;
        }
        made.push(reply.id());
        assert!(made.len() < 100, "the disk is never full");
    };
    check_refusal("unavailable_full", &refused);
    let list = hub.acme.admin.get(KEYS).await.json();
    let ids: Vec<_> = list.as_array().unwrap().iter().map(|key| key["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), made.len());
    assert!(made.iter().all(|id| ids.contains(&id.as_str())), "what was acknowledged is there");
    hub.acme.admin.delete(&format!("{KEYS}/{}", made[0])).await.expect(204);
    hub.acme.add_license_key("small", None).await;
    require_whole_log(&hub).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_file_is_read_and_told() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("grantry.db");
    let url = format!("sqlite:{}", file.display());
    let database = Database::open(&url).await.unwrap();
    database.migrate(&migrations()).await.unwrap();
    let hub = TestHub::start_on(database).await;
    hub.acme.add_customer("Initech").await;
    // Root may write everything, so the child runs as somebody else, from a copy of this program that it may read.
    let program = folder.path().join("it");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    for (path, mode) in [(folder.path(), 0o755), (program.as_path(), 0o755)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    for entry in std::fs::read_dir(folder.path()).unwrap().flatten().filter(|entry| entry.path() != program) {
        std::fs::set_permissions(entry.path(), std::fs::Permissions::from_mode(0o444)).unwrap();
    }
    let mut command = Command::new(&program);
    command.args(["--exact", "unavailable::child_meets_a_read_only_file", "--nocapture"]);
    command.env(CHILD, format!("{url} {}", hub.acme.admin.secret())).current_dir(folder.path());
    if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
        command.uid(65534);
    }
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("it was told"), "{told}");
}

/// The child of the test above.
#[tokio::test(flavor = "multi_thread")]
async fn child_meets_a_read_only_file() {
    #[expect(clippy::disallowed_methods, reason = "this is how a child knows that it is one")]
    let Ok(place) = std::env::var(CHILD) else { return };
    let (url, secret) = place.split_once(' ').unwrap();
    let admin = visit(Database::open(url).await.unwrap()).await.with_secret(secret);
    assert_eq!(admin.get(CUSTOMERS).await.expect(200).json().as_array().unwrap().len(), 1);
    let refused = admin.post(CUSTOMERS, json!({ "name": "Hooli" })).await;
    refused.expect_problem(503, "unavailable", "");
    assert!(refused.field("/detail").contains("read-only"), "{refused}");
    println!("it was told");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_went_away_is_told() {
    let cluster = Cluster::start().unwrap();
    let database = Database::open(&cluster.url()).await.unwrap();
    database.migrate(&migrations()).await.unwrap();
    let hub = TestHub::start_on(database).await;
    hub.acme.add_customer("Initech").await;
    assert_eq!(hub.anonymous().get("/ready").await.status, 200);
    drop(cluster);
    for _ in 0..3 {
        let refused = hub.acme.admin.post(CUSTOMERS, json!({ "name": "Hooli" })).await;
        refused.expect_problem(503, "unavailable", "");
    }
    check_refusal("unavailable_gone", &hub.acme.admin.get(CUSTOMERS).await);
    assert_eq!(hub.anonymous().get("/ready").await.status, 503);
    assert_eq!(hub.anonymous().get("/status").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_broke_are_replaced() {
    let db = TestDatabase::create(Engine::Postgres).await;
    let other = Database::open(&db.url).await.unwrap();
    let hub = TestHub::start(db).await;
    hub.acme.add_customer("Initech").await;
    let mut tx = other.write().await.unwrap();
    let sql = "select cast(count(pg_terminate_backend(pid, 10000)) as text) from pg_stat_activity
               where datname = current_database() and pid <> pg_backend_pid()";
    tx.query(sql, params![]).await.unwrap();
    tx.commit().await.unwrap();
    hub.acme.add_customer("Hooli").await;
    require_whole_log(&hub).await;
}
