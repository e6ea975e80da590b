//! Access tokens, sessions and one-time links: what is kept of their secrets stands once.

use grantry_model::access_token::AccessToken;
use grantry_model::policy::Permit;
use grantry_model::session::Session;
use grantry_store::one_time_link::OneTimeLink;
use grantry_store::session::NewSession;
use grantry_testdb::both_engines;

use crate::sample::{NOW, expect_conflict, id, permit, user, writing};

fn token(number: u128) -> AccessToken {
    AccessToken {
        id: id(number),
        label: String::new(),
        role: None,
        created_at: NOW,
        expires_at: None,
        last_used_at: None,
    }
}

fn session(number: u128) -> Session {
    Session {
        id: id(number),
        created_at: NOW,
        last_used_at: NOW,
        expires_at: NOW,
        address: String::new(),
        user_agent: String::new(),
    }
}

fn link(number: u128) -> OneTimeLink {
    OneTimeLink {
        id: id(number),
        user: Some(id(number)),
        organization: None,
        created_at: NOW,
        expires_at: NOW,
    }
}

fn of(organization: u128, user: u128) -> Permit {
    permit(organization).on_behalf_of(id(user))
}

both_engines! {
    async fn the_same_secret_cant_be_two_access_tokens(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        tx.insert_user(&user(21, "pia@example.com", "Pia")).await.unwrap();
        tx.insert_access_token(&of(1, 21), &token(41), &[1; 32]).await.unwrap();
        let again = tx.insert_access_token(&of(2, 21), &token(42), &[1; 32]).await;
        expect_conflict(again, "access_token_unique");
    }

    async fn the_same_secret_cant_be_two_sessions(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        tx.insert_user(&user(21, "pia@example.com", "Pia")).await.unwrap();
        let (first, second) = (session(41), session(42));
        let new = |session| NewSession { session, user: id(21), organization: None, secret: [1; 32] };
        tx.insert_session(&new(&first)).await.unwrap();
        expect_conflict(tx.insert_session(&new(&second)).await, "session_token_unique");
    }

    async fn the_same_secret_cant_be_two_links(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        for number in [21, 22] {
            tx.insert_user(&user(number, &format!("{number}@example.com"), "")).await.unwrap();
        }
        tx.insert_link(&link(21), &[1; 32]).await.unwrap();
        expect_conflict(tx.insert_link(&link(22), &[1; 32]).await, "one_time_link_token_unique");
    }

    async fn tokens_are_counted_by_member_and_organization(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        for number in [21, 22] {
            tx.insert_user(&user(number, &format!("{number}@example.com"), "")).await.unwrap();
        }
        for (number, (organization, user)) in [(1, 21), (1, 21), (2, 21), (1, 22)].into_iter().enumerate() {
            let (number, hash) = (41 + number as u128, [u8::try_from(number).unwrap(); 32]);
            tx.insert_access_token(&of(organization, user), &token(number), &hash).await.unwrap();
        }
        for (organization, user, expected) in [(1, 21, 2), (2, 21, 1), (1, 22, 1), (2, 22, 0)] {
            // Whose permit it is makes no difference: an administrator asks for others.
            let counted = tx.count_access_tokens(&of(organization, 22), id(user)).await.unwrap();
            assert_eq!(counted, expected, "{user} in {organization}");
        }
    }
}
