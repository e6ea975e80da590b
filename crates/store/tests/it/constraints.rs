//! A refused row says which rule it broke, by the same name on both engines.

use grantry_store::db::{Database, Value, params};
use grantry_store::error::Error;
use grantry_testdb::both_engines;
use uuid::Uuid;

use crate::schema::{FAMILY, make};

const NONE: Value = Value::Null;

/// Puts a parent in: id, name, kind, code and plain text.
async fn parent(database: &Database, values: &[Value]) -> Result<(), Error> {
    let mut tx = database.write().await?;
    tx.execute("insert into parent (id, name, kind, code, plain) values ($1, $2, $3, $4, $5)", values)
        .await?;
    tx.commit().await
}

async fn child(database: &Database, parent: i64) -> Result<(), Error> {
    let mut tx = database.write().await?;
    tx.execute("insert into child (id, parent) values ($1, $2)", params![Uuid::from_u128(1), parent]).await?;
    tx.commit().await
}

fn conflict(result: Result<(), Error>) -> String {
    match result {
        Err(Error::Conflict { constraint }) => constraint,
        other => panic!("expected a conflict, got {other:?}"),
    }
}

both_engines! {
    async fn a_unique_violation_names_its_index(db: TestDatabase) {
        make(&db.database, FAMILY).await;
        let db = &db.database;
        parent(db, params![1, "one", "a", "Code", Some("p")]).await.unwrap();
        assert_eq!(conflict(parent(db, params![2, "one", "a", "other", NONE]).await), "parent_name_kind");
        assert_eq!(conflict(parent(db, params![2, "two", "a", "cODE", NONE]).await), "parent_code");
        assert_eq!(conflict(parent(db, params![2, "two", "a", "other", Some("p")]).await), "parent_plain_key");
        assert_eq!(conflict(parent(db, params![1, "two", "a", "other", NONE]).await), "parent_pkey");
        parent(db, params![2, "one", "b", "other", NONE]).await.unwrap();
        child(db, 1).await.unwrap();
        assert_eq!(conflict(child(db, 1).await), "child_pkey");
    }

    async fn a_reference_to_nothing_and_a_needed_row_are_told_apart_from_conflicts(db: TestDatabase) {
        make(&db.database, FAMILY).await;
        parent(&db.database, params![1, "one", "a", "c", NONE]).await.unwrap();
        assert!(matches!(child(&db.database, 9).await, Err(Error::ForeignKey)));
        child(&db.database, 1).await.unwrap();
        let mut tx = db.database.write().await.unwrap();
        let refused = tx.execute("delete from parent where id = $1", params![1]).await;
        assert!(matches!(refused, Err(Error::ForeignKey)), "{refused:?}");
    }

    async fn a_broken_check_is_named(db: TestDatabase) {
        make(&db.database, FAMILY).await;
        let refused = parent(&db.database, params![1, "one", "z", "c", NONE]).await;
        assert!(matches!(&refused, Err(Error::Check { constraint }) if constraint == "parent_kind"), "{refused:?}");
    }

    async fn a_missing_value_or_a_wrong_statement_is_the_programs_mistake(db: TestDatabase) {
        make(&db.database, FAMILY).await;
        for sql in ["insert into parent (id) values (1)", "select nothing from nowhere", "selec"] {
            let mut tx = db.database.write().await.unwrap();
            let refused = tx.execute(sql, params![]).await;
            assert!(matches!(refused, Err(Error::Database(_))), "{sql}: {refused:?}");
        }
    }

    async fn after_an_error_a_transaction_can_only_be_dropped(db: TestDatabase) {
        make(&db.database, FAMILY).await;
        let mut tx = db.database.write().await.unwrap();
        tx.execute("insert into parent (id, name, kind, code) values (1, 'n', 'a', 'c')", params![]).await.unwrap();
        tx.execute("insert into parent (id, name, kind, code) values (1, 'm', 'a', 'd')", params![]).await.unwrap_err();
        let refused = tx.query("select id from parent", params![]).await;
        assert!(matches!(refused, Err(Error::Aborted)), "{refused:?}");
        assert!(matches!(tx.commit().await, Err(Error::Aborted)));
        let mut tx = db.database.read().await.unwrap();
        assert!(tx.query("select id from parent", params![]).await.unwrap().is_empty());
    }

    async fn an_error_text_holds_neither_values_nor_its_source(db: TestDatabase) {
        make(&db.database, FAMILY).await;
        parent(&db.database, params![1, "hunter2", "a", "c", NONE]).await.unwrap();
        let told = parent(&db.database, params![2, "hunter2", "a", "d", NONE]).await.unwrap_err().to_string();
        assert!(!told.contains("hunter2"), "{told}");
        let mut tx = db.database.read().await.unwrap();
        let error = tx.query("select nothing from nowhere", params![]).await.unwrap_err();
        assert_eq!(error.to_string(), "the database refused a statement");
        assert!(std::error::Error::source(&error).is_some());
    }
}
