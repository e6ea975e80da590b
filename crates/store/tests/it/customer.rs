//! Customers.

use grantry_model::customer::CustomerDraft;
use grantry_model::page::PageRequest;
use grantry_store::customer::NAME_UNIQUE;
use grantry_testdb::both_engines;

use crate::sample::{customer, expect_conflict, id, permit, writing};

both_engines! {
    async fn a_name_is_taken_once_in_an_organization_in_any_case(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        tx.insert_customer(&permit(1), &customer(12, "Škoda")).await.unwrap();
        tx.insert_customer(&permit(2), &customer(13, "Škoda")).await.unwrap();
        expect_conflict(tx.insert_customer(&permit(1), &customer(14, "ŠKODA")).await, NAME_UNIQUE);
        assert_eq!(NAME_UNIQUE, "customer_name_unique");
    }

    async fn a_name_cant_be_changed_to_anothers(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        tx.insert_customer(&permit(1), &customer(12, "Hooli")).await.unwrap();
        let own = CustomerDraft::parse("HOOLI", None).unwrap();
        tx.update_customer(&permit(1), id(12), &own, None).await.unwrap();
        let others = CustomerDraft::parse("iNITECH", None).unwrap();
        expect_conflict(tx.update_customer(&permit(1), id(12), &others, None).await, NAME_UNIQUE);
    }

    async fn a_search_ignores_case_of_all_letters(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        for (number, name) in [(12, "Žižkov Ärzte"), (13, "ДОМ ΔΕΛΤΑ")] {
            tx.insert_customer(&permit(1), &customer(number, name)).await.unwrap();
        }
        for (search, found) in [("žIŽKOV äR", 12), ("дом", 13), ("δελτα", 13), ("INI", 11)] {
            let page = PageRequest { search: Some(search.to_owned()), ..PageRequest::default() };
            let customers = tx.list_customers(&permit(1), &page).await.unwrap().items;
            let ids: Vec<_> = customers.iter().map(|(customer, _)| customer.id).collect();
            assert_eq!(ids, [id(found)], "{search}");
        }
    }
}
