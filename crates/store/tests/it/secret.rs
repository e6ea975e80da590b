//! Secrets.

use grantry_model::page::PageRequest;
use grantry_model::secret::{Secret, SecretKey, SecretValue};
use grantry_store::db::params;
use grantry_store::secret::{KEY_UNIQUE, OWN_KEY_UNIQUE};
use grantry_testdb::both_engines;

use crate::sample::{NOW, customer, expect_conflict, id, permit, writing};

fn secret(number: u128, key: &str, customer: Option<u128>) -> Secret {
    Secret {
        id: id(number),
        customer: customer.map(id),
        key: SecretKey::parse("key", key).unwrap(),
        created_at: NOW,
        updated_at: NOW,
        updated_by: Some(id(99)),
        updated_by_name: "Mara".to_owned(),
    }
}

fn value(text: &str) -> SecretValue {
    SecretValue::parse("value", text).unwrap()
}

both_engines! {
    async fn a_key_is_taken_once_for_each_owner_in_any_case(db: TestDatabase) {
        for (taken, again, index) in [(Some(11), Some(11), KEY_UNIQUE), (None, None, OWN_KEY_UNIQUE)] {
            let mut tx = writing(&db.database).await;
            tx.insert_customer(&permit(1), &customer(12, "Hooli")).await.unwrap();
            for (number, owner) in [(31, Some(11)), (32, Some(12)), (33, None)] {
                tx.insert_secret(&permit(1), &secret(number, "Key", owner), &value("v")).await.unwrap();
            }
            tx.insert_secret(&permit(2), &secret(34, "Key", None), &value("v")).await.unwrap();
            assert_eq!(taken, again);
            expect_conflict(tx.insert_secret(&permit(1), &secret(35, "kEY", again), &value("v")).await, index);
        }
        assert_eq!((KEY_UNIQUE, OWN_KEY_UNIQUE), ("secret_key_unique", "secret_own_key_unique"));
    }

    async fn values_are_sealed_and_each_owner_reads_its_own(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        for (number, owner, text) in [(31, Some(11), "initech's"), (32, None, "the vendor's")] {
            tx.insert_secret(&permit(1), &secret(number, "KEY", owner), &value(text)).await.unwrap();
            tx.insert_secret(&permit(1), &secret(number + 10, "OTHER", owner), &value("x")).await.unwrap();
        }
        tx.insert_secret(&permit(2), &secret(33, "KEY", None), &value("globex's")).await.unwrap();
        tx.commit().await.unwrap();
        let store = crate::sample::store_with(&db.database, 7);
        let mut tx = store.write().await.unwrap();
        for (organization, owner, expected) in
            [(1, Some(11), "initech's"), (1, None, "the vendor's"), (2, None, "globex's")]
        {
            let found = tx.list_secret_values(&permit(organization), owner.map(id), |key| key == "KEY").await.unwrap();
            let read: Vec<_> = found.iter().map(|(key, value)| (key.as_str(), value.reveal())).collect();
            assert_eq!(read, [("KEY", expected)]);
        }
        assert!(tx.list_secret_values(&permit(2), Some(id(11)), |_| true).await.unwrap().is_empty());
        tx.update_secret(&permit(1), &secret(31, "KEY", Some(11)), &value("new")).await.unwrap();
        tx.update_secret(&permit(2), &secret(32, "KEY", None), &value("stolen")).await.unwrap();
        let read = tx.list_secret_values(&permit(1), Some(id(11)), |key| key == "KEY").await.unwrap();
        assert_eq!(read[0].1.reveal(), "new");
        let read = tx.list_secret_values(&permit(1), None, |key| key == "KEY").await.unwrap();
        assert_eq!(read[0].1.reveal(), "the vendor's", "another organization changes nothing");
        tx.commit().await.unwrap();
        let mut raw = db.database.read().await.unwrap();
        for row in raw.query("select id, value from secret", params![]).await.unwrap() {
            let sealed = row.get::<Vec<u8>>(1).unwrap();
            assert!(!String::from_utf8_lossy(&sealed).contains("'s"), "nothing is kept in the clear");
        }
    }

    async fn a_list_is_by_key_and_goes_on_where_it_ended(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        for (number, key) in [(31, "b"), (32, "A"), (33, "c_x")] {
            tx.insert_secret(&permit(1), &secret(number, key, Some(11)), &value("v")).await.unwrap();
        }
        tx.insert_secret(&permit(1), &secret(34, "D", None), &value("v")).await.unwrap();
        let mut page = PageRequest { limit: Some(2), ..PageRequest::default() };
        let mut keys = Vec::new();
        loop {
            let part = tx.list_secrets(&permit(1), None, &page).await.unwrap();
            keys.extend(part.items.iter().map(|one| one.key.to_string()));
            let Some(next) = part.next else { break };
            page.after = Some(next);
        }
        assert_eq!(keys, ["A", "b", "c_x", "D"]);
        let found = tx.list_secrets(&permit(1), Some(id(11)), &PageRequest::default()).await.unwrap().items;
        assert_eq!(found.len(), 3);
        let page = PageRequest { search: Some("C_".to_owned()), ..PageRequest::default() };
        assert_eq!(tx.list_secrets(&permit(1), None, &page).await.unwrap().items.len(), 1);
        assert!(tx.list_secrets(&permit(2), None, &PageRequest::default()).await.unwrap().items.is_empty());
        tx.delete_secret(&permit(2), id(31)).await.unwrap();
        assert!(tx.find_secret(&permit(1), id(31)).await.unwrap().is_some());
        tx.delete_secret(&permit(1), id(31)).await.unwrap();
        assert!(tx.find_secret(&permit(1), id(31)).await.unwrap().is_none());
    }
}
