//! Accounts.

use grantry_store::user::EMAIL_UNIQUE;
use grantry_testdb::both_engines;

use crate::sample::{expect_conflict, user, writing};

both_engines! {
    async fn an_address_is_taken_once_on_the_hub_in_any_case(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        tx.insert_user(&user(21, "Pia@Example.com", "Pia")).await.unwrap();
        let found = tx.find_user_by_email(" PIA@example.COM ").await.unwrap().unwrap();
        assert_eq!((found.email.as_str(), found.name.as_str()), ("Pia@Example.com", "Pia"));
        expect_conflict(tx.insert_user(&user(22, "pia@EXAMPLE.com", "Other")).await, EMAIL_UNIQUE);
        assert_eq!(EMAIL_UNIQUE, "user_account_email_unique");
    }
}
