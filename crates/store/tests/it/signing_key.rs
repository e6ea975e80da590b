//! Signing keys.

use grantry_license::SigningKey;
use grantry_store::db::params;
use grantry_store::error::Error;
use grantry_testdb::both_engines;

use crate::sample::{NOW, expect_conflict, id, store_with};

both_engines! {
    async fn a_key_opens_only_with_the_master_key_that_sealed_it(db: TestDatabase) {
        let key = SigningKey::from_seed([5; 32]);
        let mut tx = store_with(&db.database, 7).write().await.unwrap();
        tx.activate_signing_key(id(61), &key, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store_with(&db.database, 7).read().await.unwrap();
        let found = tx.find_active_signing_key().await.unwrap().unwrap();
        assert_eq!(found.public_key().key_id(), key.public_key().key_id());
        let mut tx = store_with(&db.database, 8).read().await.unwrap();
        let sealed = tx.find_active_signing_key().await;
        assert!(matches!(sealed, Err(Error::Sealed)), "{:?}", sealed.map(|_| ()));
        assert_eq!(tx.list_published_keys(NOW).await.unwrap().len(), 1, "public keys are not sealed");
    }

    async fn a_sealed_key_doesnt_open_under_another_id(db: TestDatabase) {
        let mut tx = store_with(&db.database, 7).write().await.unwrap();
        tx.activate_signing_key(id(61), &SigningKey::from_seed([5; 32]), NOW).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.database.write().await.unwrap();
        tx.execute("update signing_key set key_id = 'other'", params![]).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store_with(&db.database, 7).read().await.unwrap();
        assert!(matches!(tx.find_active_signing_key().await, Err(Error::Sealed)));
    }

    async fn only_one_key_is_active_and_a_key_id_stands_once(db: TestDatabase) {
        let insert = "insert into signing_key (id, key_id, state, public_key, private_key, created_at)
                      values ($1, $2, $3, $4, $4, $5)";
        for (second, index) in [(("b", "active"), "signing_key_active"), (("a", "retired"), "signing_key_unique")] {
            let mut tx = db.database.write().await.unwrap();
            let row = |number: u128, (key_id, state): (&'static str, &'static str)| {
                params![uuid::Uuid::from_u128(number), key_id, state, vec![0u8], NOW].to_vec()
            };
            tx.execute(insert, &row(61, ("a", "active"))).await.unwrap();
            expect_conflict(tx.execute(insert, &row(62, second)).await, index);
        }
    }
}
