//! Members.

use chrono::{DateTime, Utc};
use grantry_model::actor::{Actor, Credential};
use grantry_model::page::PageRequest;
use grantry_model::plan::{Plan, Subscription};
use grantry_model::policy::{Action, Permit, authorize};
use grantry_model::role::Role;
use grantry_store::member::MEMBER_UNIQUE;
use grantry_store::store::Tx;
use grantry_testdb::both_engines;

use crate::sample::{NOW, customer, expect_conflict, id, member, permit, user, writing};

/// What an administrator of the customer of this number may reach.
fn customers_permit(number: u128, now: DateTime<Utc>) -> Permit {
    let actor = Actor {
        user: id(99),
        name: String::new(),
        email: String::new(),
        organization: id(1),
        subscription: Subscription { plan: Plan::Enterprise, until: None },
        customer: Some(id(number)),
        features: Vec::new(),
        role: Role::Admin,
        credential: Credential::Session(id(98)),
    };
    authorize(&actor, Action::ViewMembers, now).unwrap()
}

async fn join(
    tx: &mut Tx,
    (organization, customer): (u128, Option<u128>),
    (number, email, name): (u128, &str, &str),
) {
    let user = user(number, email, name);
    tx.insert_user(&user).await.unwrap();
    tx.insert_member(&permit(organization), &member(user, customer)).await.unwrap();
}

both_engines! {
    async fn somebody_is_a_member_once_whatever_side_they_are_on(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        join(&mut tx, (1, None), (21, "pia@example.com", "Pia")).await;
        tx.insert_member(&permit(2), &member(user(21, "pia@example.com", "Pia"), None)).await.unwrap();
        let again = member(user(21, "pia@example.com", "Pia"), Some(11));
        expect_conflict(tx.insert_member(&permit(1), &again).await, MEMBER_UNIQUE);
        assert_eq!(MEMBER_UNIQUE, "membership_unique");
    }

    async fn a_customers_members_are_its_own_by_address(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        tx.insert_customer(&permit(1), &customer(12, "Hooli")).await.unwrap();
        tx.insert_customer(&permit(2), &customer(13, "Initech")).await.unwrap();
        for (place, person) in [
            ((1, Some(11)), (21, "Zoe@example.com", "Aaron")),
            ((1, Some(11)), (22, "adam@example.com", "Zoe")),
            ((1, Some(12)), (23, "hugo@example.com", "Hugo")),
            ((1, None), (24, "staff@example.com", "Staff")),
            ((2, Some(13)), (25, "globex@example.com", "Gus")),
        ] {
            join(&mut tx, place, person).await;
        }
        for (permit, customer, expected) in [
            (permit(1), 11, vec!["adam@example.com", "Zoe@example.com"]),
            (permit(1), 12, vec!["hugo@example.com"]),
            (permit(1), 13, vec![]),
            (permit(2), 11, vec![]),
            (customers_permit(11, NOW), 11, vec!["adam@example.com", "Zoe@example.com"]),
            (customers_permit(12, NOW), 11, vec![]),
        ] {
            let members = tx.list_members_of(&permit, id(customer)).await.unwrap();
            let emails: Vec<_> = members.iter().map(|member| member.user.email.as_str()).collect();
            assert_eq!(emails, expected, "{customer} for {permit:?}");
        }
    }

    async fn a_search_ignores_case_of_all_letters_in_names_and_addresses(db: TestDatabase) {
        let mut tx = writing(&db.database).await;
        join(&mut tx, (1, None), (21, "a@example.com", "Élodie ÇELİK-Öz")).await;
        join(&mut tx, (1, None), (22, "b@example.com", "Дмитрий ΔΕΛΤΑ")).await;
        for (search, found) in [("éLODIE ç", 21), ("öZ", 21), ("ДМИТРИЙ δ", 22), ("B@EXAMPLE", 22)] {
            let page = PageRequest { search: Some(search.to_owned()), ..PageRequest::default() };
            let members = tx.list_members(&permit(1), &page).await.unwrap().items;
            let ids: Vec<_> = members.iter().map(|member| member.user.id).collect();
            assert_eq!(ids, [id(found)], "{search}");
        }
    }
}
