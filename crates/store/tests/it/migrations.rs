//! Bringing a database to the current schema.

use grantry_store::db::{Database, Migration, Options, params};
use grantry_store::error::{Error, Migration as Refused};
use grantry_testdb::database::{Engine, TestDatabase};

use crate::schema::{ENTRY, FAMILY, INSERT, TYPES, entries};

const ENGINES: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

async fn empty(engine: Engine) -> TestDatabase {
    TestDatabase::empty(engine, Options::default()).await
}

fn refused(result: Result<(), Error>) -> Refused {
    match result {
        Err(Error::Migration(refused)) => refused,
        other => panic!("expected the migration to be refused, got {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn migrating_twice_is_migrating_once() {
    for engine in ENGINES {
        let db = empty(engine).await;
        db.database.migrate(&[ENTRY]).await.unwrap();
        let mut tx = db.database.write().await.unwrap();
        tx.execute(INSERT, params![1]).await.unwrap();
        tx.commit().await.unwrap();
        db.database.migrate(&[ENTRY]).await.unwrap();
        db.database.migrate(&[ENTRY, TYPES]).await.unwrap();
        assert_eq!(entries(&db.database).await, [1]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_may_start_at_once() {
    for engine in ENGINES {
        let db = empty(engine).await;
        let (one, two) = (Database::open(&db.url).await.unwrap(), Database::open(&db.url).await.unwrap());
        let steps = [ENTRY, TYPES, FAMILY];
        let (first, second, third) =
            tokio::join!(one.migrate(&steps), two.migrate(&steps), db.database.migrate(&steps));
        first.and(second).and(third).unwrap();
        let mut tx = db.database.read().await.unwrap();
        let rows = tx.query("select version, name from migration order by version", params![]).await.unwrap();
        let seen: Vec<_> = rows.iter().map(|row| (row.get(0).unwrap(), row.get(1).unwrap())).collect();
        assert_eq!(seen, [(1_i64, "entry".to_owned()), (2, "types".to_owned()), (3, "family".to_owned())]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_is_refused() {
    for engine in ENGINES {
        let db = empty(engine).await;
        db.database.migrate(&[ENTRY, TYPES]).await.unwrap();
        let told = refused(db.database.migrate(&[ENTRY]).await);
        assert_eq!(told, Refused::Newer { recorded: 2, known: 1 });
        assert!(told.to_string().contains("newer version"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_history_is_refused() {
    for engine in ENGINES {
        let db = empty(engine).await;
        db.database.migrate(&[ENTRY]).await.unwrap();
        let edited = Migration { sqlite: TYPES.sqlite, postgres: TYPES.postgres, ..ENTRY };
        let told = refused(db.database.migrate(&[edited, FAMILY]).await);
        assert_eq!(told, Refused::Changed { version: 1, name: "entry".to_owned() });
        assert_eq!(
            refused(db.database.migrate(&[Migration { name: "other", ..ENTRY }]).await),
            Refused::Changed { version: 1, name: "other".to_owned() }
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_fails_leaves_nothing_and_can_be_tried_again() {
    const BROKEN: Migration = Migration {
        name: "types",
        sqlite: "create table types (id blob primary key) strict; create table types (id blob) strict",
        postgres: "create table types (id uuid primary key); create table types (id uuid)",
    };
    for engine in ENGINES {
        let db = empty(engine).await;
        let failed = db.database.migrate(&[ENTRY, BROKEN]).await;
        assert!(matches!(failed, Err(Error::Database(_))), "{failed:?}");
        assert!(entries(&db.database).await.is_empty());
        db.database.migrate(&[ENTRY, TYPES]).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_would_point_at_nothing_are_refused() {
    const LOST: Migration = Migration {
        name: "lost",
        sqlite: "insert into child (id, parent) values (x'00', 77)",
        postgres: "insert into child (id, parent) values (gen_random_uuid(), 77)",
    };
    for engine in ENGINES {
        let db = empty(engine).await;
        let failed = db.database.migrate(&[FAMILY, LOST]).await;
        let told = matches!(failed, Err(Error::ForeignKey | Error::Migration(Refused::Dangling { .. })));
        assert!(told, "{failed:?}");
        db.database.migrate(&[FAMILY]).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deferred_constraint_is_refused_on_sqlite() {
    const DEFERRED: Migration = Migration {
        name: "deferred",
        sqlite: "create table a (id integer primary key, b integer references a (id) deferrable INITIALLY\n DEFERRED) strict",
        postgres: "",
    };
    let db = empty(Engine::Sqlite).await;
    let told = refused(db.database.migrate(&[DEFERRED]).await);
    assert_eq!(told, Refused::Deferred { name: "deferred".to_owned() });
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hubs_own_schema_is_made_on_both() {
    for engine in ENGINES {
        let db = TestDatabase::create(engine).await;
        let mut tx = db.database.read().await.unwrap();
        let count: i64 =
            tx.query("select count(*) from migration", params![]).await.unwrap()[0].get(0).unwrap();
        assert_eq!(usize::try_from(count).unwrap(), grantry_store::migrate::migrations().len());
    }
}
