//! Answers that are kept for a repeated request.

use grantry_store::idempotency::{ANSWER_UNIQUE, Answer};
use grantry_testdb::both_engines;

use crate::sample::{NOW, expect_conflict, id, permit, user, writing};

both_engines! {
    async fn a_key_has_one_answer_for_each_user_and_organization(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        let answer = |body: &str| Answer { request_hash: "hash".to_owned(), body: body.to_owned() };
        for number in [21, 22] {
            tx.insert_user(&user(number, &format!("{number}@example.com"), "")).await.unwrap();
        }
        for (organization, user) in [(1, 21), (1, 22), (2, 21)] {
            let permit = permit(organization).on_behalf_of(id(user));
            let body = format!("{user} in {organization}");
            tx.insert_answer(&permit, "key", &answer(&body), NOW).await.unwrap();
            assert_eq!(tx.find_answer(&permit, "key").await.unwrap(), Some(answer(&body)));
            assert_eq!(tx.find_answer(&permit, "KEY").await.unwrap(), None);
        }
        let again = tx.insert_answer(&permit(1).on_behalf_of(id(21)), "key", &answer("other"), NOW).await;
        expect_conflict(again, ANSWER_UNIQUE);
        assert_eq!(ANSWER_UNIQUE, "idempotent_answer_unique");
    }
}
