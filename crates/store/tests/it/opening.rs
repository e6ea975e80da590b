//! Databases that can't be opened say what to look at.

use grantry_store::db::Database;
use grantry_store::error::{Error, Unavailable};
use grantry_testdb::database::{Engine, TestDatabase};
use tempfile::TempDir;

async fn refused(url: &str) -> Error {
    match Database::open(url).await {
        Err(error) => error,
        Ok(_) => panic!("{url} was opened"),
    }
}

async fn reason(url: &str) -> Unavailable {
    match refused(url).await {
        Error::Unavailable { reason, .. } => reason,
        other => panic!("{url}: {other:?}"),
    }
}

#[tokio::test]
async fn a_url_of_another_kind_is_refused_with_a_sentence() {
    for url in [
        "",
        "mysql://h/d",
        "grantry.db",
        "sqlite:",
        "sqlite::memory:",
        "postgres://h/d?sslmode=allow",
        "postgres://h/d?colour=red",
    ] {
        let error = refused(url).await;
        assert!(matches!(error, Error::Url(_)), "{url}: {error:?}");
    }
    let told = refused("postgres://user:hunter2@h/d?colour=red").await.to_string();
    assert!(told.contains("colour") && !told.contains("hunter2"), "{told}");
}

#[tokio::test]
async fn a_missing_folder_and_a_file_of_another_kind_are_told() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    assert_eq!(reason(&at("missing/grantry.db")).await, Unavailable::CannotOpen);
    std::fs::write(folder.path().join("letter.txt"), "Dear Madam or Sir, ".repeat(500)).unwrap();
    assert_eq!(reason(&at("letter.txt")).await, Unavailable::Damaged);
}

#[tokio::test]
async fn a_server_that_is_not_there_and_one_that_refuses_are_told_apart() {
    assert_eq!(reason("postgres://postgres@%2Fnowhere/d").await, Unavailable::Connection);
    let db = TestDatabase::empty(Engine::Postgres, grantry_store::db::Options::default()).await;
    let (server, _) = db.url.rsplit_once('/').unwrap();
    assert_eq!(reason(&format!("{server}/no_such_database")).await, Unavailable::Refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_the_server_ended_is_replaced() {
    let db = TestDatabase::create(Engine::Postgres).await;
    let mut tx = db.database.write().await.unwrap();
    let end =
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database()";
    let error = tx.query(end, &[]).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { reason: Unavailable::Connection, .. }), "{error:?}");
    drop(tx);
    let mut tx = db.database.read().await.unwrap();
    assert_eq!(tx.query("select 1", &[]).await.unwrap()[0].get::<i64>(0).unwrap(), 1);
}
