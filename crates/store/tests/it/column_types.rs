//! What goes in comes out, on both engines.

use chrono::{DateTime, TimeDelta, Utc};
use grantry_store::db::{Row, Value, params};
use grantry_store::error::Error;
use grantry_testdb::both_engines;
use grantry_testdb::database::TestDatabase;
use uuid::Uuid;

use crate::schema::{TYPES, make};

/// Writes the values and reads them back in another transaction.
async fn stored(db: &TestDatabase, values: &[Value]) -> Row {
    make(&db.database, TYPES).await;
    let mut tx = db.database.write().await.unwrap();
    let sql = "insert into types (id, label, number, flag, moment, data) values ($1, $2, $3, $4, $5, $6)";
    assert_eq!(tx.execute(sql, values).await.unwrap(), 1);
    tx.commit().await.unwrap();
    let mut tx = db.database.read().await.unwrap();
    let sql = "select id, label, number, flag, moment, data from types where id = $1";
    tx.query_opt(sql, &values[..1]).await.unwrap().unwrap()
}

fn micros(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap()
}

both_engines! {
    async fn every_type_comes_back_as_it_was(db: TestDatabase) {
        let (id, now) = (Uuid::from_u128(1), micros(1_795_000_000_123_456));
        let row = stored(&db, params![id, "Zürich 🦀", i64::MAX, true, now, vec![0_u8, 255, 0]]).await;
        assert_eq!(row.get::<Uuid>(0).unwrap(), id);
        assert_eq!(row.get::<String>(1).unwrap(), "Zürich 🦀");
        assert_eq!(row.get::<i64>(2).unwrap(), i64::MAX);
        assert!(row.get::<bool>(3).unwrap());
        assert_eq!(row.get::<DateTime<Utc>>(4).unwrap(), now);
        assert_eq!(row.get::<Vec<u8>>(5).unwrap(), [0, 255, 0]);
        assert_eq!(row.get::<Option<String>>(1).unwrap().as_deref(), Some("Zürich 🦀"));
    }

    async fn null_is_kept_in_a_column_of_any_type(db: TestDatabase) {
        let none: Option<&str> = None;
        let row = stored(&db, params![Uuid::from_u128(2), none, None::<i64>, None::<bool>, Value::Null, None::<Vec<u8>>]).await;
        assert_eq!(row.get::<Option<String>>(1).unwrap(), None);
        assert_eq!(row.get::<Option<i64>>(2).unwrap(), None);
        assert_eq!(row.get::<Option<bool>>(3).unwrap(), None);
        assert_eq!(row.get::<Option<DateTime<Utc>>>(4).unwrap(), None);
        assert_eq!(row.get::<Option<Vec<u8>>>(5).unwrap(), None);
    }

    async fn limits_and_empty_values_are_kept(db: TestDatabase) {
        let before_1970 = micros(-1);
        let row = stored(&db, params![Uuid::nil(), "", i64::MIN, false, before_1970, Vec::new()]).await;
        assert_eq!(row.get::<String>(1).unwrap(), "");
        assert_eq!(row.get::<i64>(2).unwrap(), i64::MIN);
        assert!(!row.get::<bool>(3).unwrap());
        assert_eq!(row.get::<DateTime<Utc>>(4).unwrap(), before_1970);
        assert_eq!(row.get::<Vec<u8>>(5).unwrap(), Vec::<u8>::new());
    }

    async fn times_are_cut_to_microseconds(db: TestDatabase) {
        let time = micros(1_795_000_000_123_456) + TimeDelta::nanoseconds(999);
        let row = stored(&db, params![Uuid::from_u128(3), "t", 0, true, time, vec![1]]).await;
        assert_eq!(row.get::<DateTime<Utc>>(4).unwrap(), micros(1_795_000_000_123_456));
    }

    async fn sixteen_bytes_are_bytes_or_an_id(db: TestDatabase) {
        let row = stored(&db, params![Uuid::from_u128(4), "b", 0, true, micros(0), [7_u8; 16]]).await;
        assert_eq!(row.get::<Vec<u8>>(5).unwrap(), [7; 16]);
        assert_eq!(row.get::<[u8; 16]>(5).unwrap(), [7; 16]);
    }

    async fn parameters_go_by_number_and_may_repeat(db: TestDatabase) {
        make(&db.database, TYPES).await;
        let mut tx = db.database.write().await.unwrap();
        let sql = "insert into types (number, label, id, data) values ($2, $3, $1, null), (7, $3, $4, null) returning label, number";
        let rows = tx.query(sql, params![Uuid::from_u128(6), 9, "same", Uuid::from_u128(7)]).await.unwrap();
        let seen: Vec<_> = rows.iter().map(|row| (row.get::<String>(0).unwrap(), row.get::<i64>(1).unwrap())).collect();
        assert_eq!(seen, [("same".to_owned(), 9), ("same".to_owned(), 7)]);
    }

    async fn a_wrong_number_of_parameters_is_an_error(db: TestDatabase) {
        make(&db.database, TYPES).await;
        for values in [params![], params![1, 2]] {
            let mut tx = db.database.read().await.unwrap();
            let refused = tx.query("select id from types where number = $1", values).await;
            assert!(matches!(refused, Err(Error::Database(_))), "{refused:?}");
        }
    }

    async fn a_value_of_another_type_is_corrupt(db: TestDatabase) {
        let row = stored(&db, params![Uuid::from_u128(5), "five", 5, true, micros(5), vec![5]]).await;
        let told = row.get::<i64>(1).unwrap_err();
        assert!(matches!(&told, Error::Corrupt { table: "types", column: "label", id } if id.ends_with("05")), "{told}");
        assert!(matches!(row.get::<String>(2), Err(Error::Corrupt { .. })));
        assert!(matches!(row.get::<Uuid>(5), Err(Error::Corrupt { .. })));
        assert!(matches!(row.get::<i64>(6), Err(Error::Corrupt { .. })));
    }

    async fn a_text_with_nul_is_refused(db: TestDatabase) {
        let mut tx = db.database.write().await.unwrap();
        let refused = tx.query("select id from types where label = $1", params!["a\0b"]).await;
        assert!(matches!(refused, Err(Error::Text)), "{refused:?}");
    }
}
