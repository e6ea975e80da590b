//! Organizations.

use grantry_store::organization::SLUG_UNIQUE;
use grantry_testdb::both_engines;

use crate::sample::{expect_conflict, organization, writing};

both_engines! {
    async fn a_slug_is_taken_once(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        expect_conflict(tx.insert_organization(&organization(3, "acme")).await, SLUG_UNIQUE);
        assert_eq!(SLUG_UNIQUE, "organization_slug_unique");
    }

    async fn an_id_is_taken_once(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        expect_conflict(tx.insert_organization(&organization(1, "other")).await, "organization_pkey");
    }
}
