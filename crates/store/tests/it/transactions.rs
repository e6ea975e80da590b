//! What a transaction promises, on both engines.

use std::sync::Arc;
use std::time::Duration;

use grantry_store::db::{Database, Options, params};
use grantry_store::error::{Error, Unavailable};
use grantry_testdb::both_engines;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::schema::{ENTRY, INSERT, entries, make};

fn reason<T: std::fmt::Debug>(result: Result<T, Error>) -> Unavailable {
    match result {
        Err(Error::Unavailable { reason, .. }) => reason,
        other => panic!("expected the database to be unavailable, got {other:?}"),
    }
}

async fn insert(database: &Database, number: i64) -> Result<(), Error> {
    let mut tx = database.write().await?;
    tx.execute(INSERT, params![number]).await?;
    tx.commit().await
}

both_engines! {
    async fn a_dropped_transaction_leaves_no_trace(db: TestDatabase) {
        make(&db.database, ENTRY).await;
        let mut tx = db.database.write().await.unwrap();
        tx.execute(INSERT, params![1]).await.unwrap();
        drop(tx);
        insert(&db.database, 2).await.unwrap();
        assert_eq!(entries(&db.database).await, [2]);
    }

    async fn a_transaction_sees_its_own_changes_and_others_do_not(db: TestDatabase) {
        make(&db.database, ENTRY).await;
        let mut tx = db.database.write().await.unwrap();
        tx.execute(INSERT, params![1]).await.unwrap();
        let seen = tx.query_opt("select number from entry", params![]).await.unwrap();
        assert_eq!(seen.unwrap().get::<i64>(0).unwrap(), 1);
        assert!(entries(&db.database).await.is_empty());
        tx.commit().await.unwrap();
        assert_eq!(entries(&db.database).await, [1]);
    }

    async fn a_snapshot_does_not_move(db: TestDatabase) {
        make(&db.database, ENTRY).await;
        insert(&db.database, 1).await.unwrap();
        let mut snapshot = db.database.read().await.unwrap();
        let count = "select count(*) from entry";
        let before: i64 = snapshot.query_opt(count, params![]).await.unwrap().unwrap().get(0).unwrap();
        insert(&db.database, 2).await.unwrap();
        let after: i64 = snapshot.query_opt(count, params![]).await.unwrap().unwrap().get(0).unwrap();
        assert_eq!((before, after), (1, 1));
        snapshot.commit().await.unwrap();
        assert_eq!(entries(&db.database).await, [1, 2]);
    }

    async fn a_reading_transaction_cannot_write(db: TestDatabase) {
        make(&db.database, ENTRY).await;
        let mut tx = db.database.read().await.unwrap();
        assert_eq!(reason(tx.execute(INSERT, params![1]).await), Unavailable::ReadOnly);
        drop(tx);
        assert!(entries(&db.database).await.is_empty());
    }

    async fn a_task_cancelled_inside_of_a_transaction_leaves_the_database_usable(db: TestDatabase) {
        make(&db.database, ENTRY).await;
        let (database, inside) = (db.database.clone(), Arc::new(Notify::new()));
        let reached = Arc::clone(&inside);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut tx = database.write().await.unwrap();
            tx.execute(INSERT, params![1]).await.unwrap();
            reached.notify_one();
            std::future::pending::<()>().await;
        });
        inside.notified().await;
        tasks.shutdown().await;
        insert(&db.database, 1).await.unwrap();
        assert_eq!(entries(&db.database).await, [1]);
    }

    async fn tasks_cancelled_anywhere_lose_nothing_that_was_acknowledged(db: TestDatabase) {
        make(&db.database, ENTRY).await;
        let mut tasks = JoinSet::new();
        let (acknowledged, mut told) = tokio::sync::mpsc::unbounded_channel();
        let mut handles = Vec::new();
        for number in 0..300 {
            let (database, acknowledged) = (db.database.clone(), acknowledged.clone());
            handles.push(tasks.spawn(async move {
                if insert(&database, number).await.is_ok() {
                    acknowledged.send(number).unwrap();
                }
            }));
            // Every third is stopped a little later, wherever it is by then: in line, inside, or waiting for the disk.
            if number % 3 == 0 {
                tokio::task::yield_now().await;
                handles[usize::try_from(number).unwrap() * 2 / 3].abort();
            }
        }
        while tasks.join_next().await.is_some() {}
        drop(acknowledged);
        insert(&db.database, 1000).await.unwrap();
        let stored = entries(&db.database).await;
        let mut count = 0;
        while let Some(number) = told.recv().await {
            assert!(stored.contains(&number), "{number} was acknowledged and is gone");
            count += 1;
        }
        assert!(count >= 200, "only {count} came through");
    }

    async fn many_writers_at_once_are_all_kept(db: TestDatabase) {
        make(&db.database, ENTRY).await;
        let before = db.database.stats();
        let mut tasks = JoinSet::new();
        for number in 0..200 {
            let database = db.database.clone();
            tasks.spawn(async move { insert(&database, number).await });
        }
        while let Some(result) = tasks.join_next().await {
            result.unwrap().unwrap();
        }
        assert_eq!(entries(&db.database).await, (0..200).collect::<Vec<_>>());
        assert_eq!(db.database.stats().commits - before.commits, 200);
    }

    async fn a_failing_writer_does_not_hurt_the_others(db: TestDatabase) {
        make(&db.database, ENTRY).await;
        insert(&db.database, -1).await.unwrap();
        let mut tasks = JoinSet::new();
        for number in 0..90 {
            let database = db.database.clone();
            tasks.spawn(async move {
                let mut tx = database.write().await.unwrap();
                tx.execute(INSERT, params![number]).await.unwrap();
                match number % 3 {
                    0 => tx.commit().await.unwrap(),
                    1 => drop(tx),
                    _ => {
                        let refused = tx.execute(INSERT, params![-1]).await;
                        assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
                    }
                }
            });
        }
        while let Some(result) = tasks.join_next().await {
            result.unwrap();
        }
        let expected: Vec<i64> = std::iter::once(-1).chain((0..90).step_by(3)).collect();
        assert_eq!(entries(&db.database).await, expected);
    }

    async fn a_lock_held_elsewhere_is_reported_after_the_timeout(db: TestDatabase) {
        make(&db.database, ENTRY).await;
        insert(&db.database, 1).await.unwrap();
        let options = Options { lock_timeout: Duration::from_millis(150), ..Options::default() };
        let other = Database::open_with(&db.url, options).await.unwrap();
        let update = "update entry set data = $1 where number = 1";
        let mut holder = db.database.write().await.unwrap();
        holder.execute(update, params![vec![1]]).await.unwrap();
        let blocked = async {
            let mut tx = other.write().await?;
            tx.execute(update, params![vec![2]]).await?;
            tx.commit().await
        };
        assert_eq!(reason(blocked.await), Unavailable::Locked);
        holder.commit().await.unwrap();
        insert(&other, 2).await.unwrap();
        assert_eq!(entries(&db.database).await, [1, 2]);
    }

    async fn whoever_locks_an_id_goes_first(db: TestDatabase) {
        make(&db.database, ENTRY).await;
        let id = Uuid::from_u128(9);
        let mut tasks = JoinSet::new();
        for _ in 0..20 {
            let database = db.database.clone();
            // Reading the largest number and adding one is only right if nobody comes between.
            tasks.spawn(async move {
                let mut tx = database.write().await.unwrap();
                tx.lock(id).await.unwrap();
                let row = tx.query_opt("select coalesce(max(number), 0) + 1 from entry", params![]).await.unwrap();
                let next: i64 = row.unwrap().get(0).unwrap();
                tx.execute(INSERT, params![next]).await.unwrap();
                tx.commit().await.unwrap();
            });
        }
        while let Some(result) = tasks.join_next().await {
            result.unwrap();
        }
        assert_eq!(entries(&db.database).await, (1..=20).collect::<Vec<_>>());
    }

    async fn when_all_readers_are_busy_the_next_is_told(db: TestDatabase) {
        let options = Options { lock_timeout: Duration::from_millis(50), connections: 2, ..Options::default() };
        let database = Database::open_with(&db.url, options).await.unwrap();
        let (first, _second) = (database.read().await.unwrap(), database.read().await.unwrap());
        assert_eq!(reason(database.read().await), Unavailable::Exhausted);
        drop(first);
        database.read().await.unwrap();
    }
}
