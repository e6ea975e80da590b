//! License keys.

use grantry_model::license_key::{Holder, LicenseKey};
use grantry_model::page::PageRequest;
use grantry_store::license_key::{NAME_UNIQUE, REVISION_UNIQUE};
use grantry_testdb::both_engines;

use crate::sample::{SIGNED, expect_conflict, id, license_key, permit, revision, writing};

both_engines! {
    async fn a_name_is_taken_once_in_an_organization_in_any_case(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        tx.insert_license_key(&permit(1), &license_key(31, "Flotte Ä", Some(11)), SIGNED).await.unwrap();
        tx.insert_license_key(&permit(2), &license_key(32, "Flotte Ä", None), SIGNED).await.unwrap();
        let again = license_key(33, "FLOTTE ä", None);
        expect_conflict(tx.insert_license_key(&permit(1), &again, SIGNED).await, NAME_UNIQUE);
        assert_eq!(NAME_UNIQUE, "license_key_name_unique");
    }

    async fn a_revision_number_is_taken_once_in_a_key(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        for number in [31, 32] {
            let key = license_key(number, &format!("KEY{number}"), None);
            tx.insert_license_key(&permit(1), &key, SIGNED).await.unwrap();
            tx.insert_revision(&permit(1), id(number), &revision(number + 10, 2), SIGNED).await.unwrap();
        }
        let twice = tx.insert_revision(&permit(1), id(31), &revision(51, 2), SIGNED).await;
        expect_conflict(twice, REVISION_UNIQUE);
        assert_eq!(REVISION_UNIQUE, "license_key_revision_unique");
    }

    async fn a_search_ignores_case_of_all_letters_in_names_and_descriptions(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        let described = |number, name: &str, description: &str| LicenseKey {
            description: description.to_owned(),
            ..license_key(number, name, None)
        };
        for key in [described(31, "ÜBER", "Für ÉCOLE"), described(32, "ДОМ", "")] {
            tx.insert_license_key(&permit(1), &key, SIGNED).await.unwrap();
        }
        for (search, found) in [("über", 31), ("FÜR école", 31), ("дом", 32)] {
            let page = PageRequest { search: Some(search.to_owned()), ..PageRequest::default() };
            let keys = tx.list_license_keys(&permit(1), Holder::Any, &page).await.unwrap().items;
            let ids: Vec<_> = keys.iter().map(|key| key.id).collect();
            assert_eq!(ids, [id(found)], "{search}");
        }
    }
}
