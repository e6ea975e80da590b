//! What tests put into a store.

use chrono::{DateTime, Utc};
use grantry_license::Payload;
use grantry_model::customer::Customer;
use grantry_model::id::{OrganizationId, UserId};
use grantry_model::license_key::{LicenseKey, Revision, Terms};
use grantry_model::name::{Email, Name, Slug};
use grantry_model::organization::{ArtifactSettings, Organization};
use grantry_model::plan::{Plan, Subscription};
use grantry_model::policy::Permit;
use grantry_model::role::Role;
use grantry_model::user::{Member, User};
use grantry_store::db::Database;
use grantry_store::error::Error;
use grantry_store::license_key::SignedToken;
use grantry_store::seal::MasterKey;
use grantry_store::store::{Store, Tx};
use uuid::Uuid;

/// The moment of everything.
pub(crate) const NOW: DateTime<Utc> = DateTime::from_timestamp(1_795_521_600, 0).unwrap();
/// A token that stands for a signed one.
pub(crate) const SIGNED: SignedToken<'static> = SignedToken { token: "token", key_id: "key" };

/// The store on a database, with a master key of this byte.
pub(crate) fn store_with(database: &Database, byte: u8) -> Store {
    Store::new(database.clone(), MasterKey::from_bytes([byte; 32]))
}

/// An id of this number.
pub(crate) fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

/// What the operator may do in the organization of this number.
pub(crate) fn permit(organization: u128) -> Permit {
    Permit::operator(id(organization))
}

/// An organization.
pub(crate) fn organization(number: u128, slug: &str) -> Organization {
    Organization {
        id: id::<OrganizationId>(number),
        name: Name::parse("name", slug).unwrap(),
        slug: Slug::parse("slug", slug).unwrap(),
        subscription: Subscription { plan: Plan::Enterprise, until: None },
        artifacts: ArtifactSettings { restricted: true, tags_mutable: true },
        applications_restricted: true,
        created_at: NOW,
    }
}

/// A customer.
pub(crate) fn customer(number: u128, name: &str) -> Customer {
    Customer {
        id: id(number),
        name: Name::parse("name", name).unwrap(),
        features: Vec::new(),
        created_at: NOW,
        image: None,
    }
}

/// An account.
pub(crate) fn user(number: u128, email: &str, name: &str) -> User {
    let email = Email::parse("email", email).unwrap();
    User { id: id::<UserId>(number), email, name: name.to_owned(), created_at: NOW, active: false }
}

/// A member: of the customer of this number, or of the staff.
pub(crate) fn member(user: User, customer: Option<u128>) -> Member {
    Member { user, customer: customer.map(id), role: Role::ReadOnly, joined_at: NOW }
}

/// A revision of this number.
pub(crate) fn revision(number: u128, seq: u32) -> Revision {
    let terms = Terms {
        payload: Payload::parse("{}").unwrap(),
        not_before: NOW,
        expires_at: NOW + chrono::TimeDelta::days(90),
        grace: 0,
    };
    Revision { id: id(number), seq, terms, created_at: NOW, created_by: "Mara".to_owned() }
}

/// A license key with its first revision, whose id has the same number.
pub(crate) fn license_key(number: u128, name: &str, customer: Option<u128>) -> LicenseKey {
    LicenseKey {
        id: id(number),
        name: Name::parse("name", name).unwrap(),
        description: String::new(),
        customer: customer.map(id),
        created_at: NOW,
        current: revision(number, 1),
    }
}

/// A transaction on a store with the organizations “acme” (1) and “globex” (2), and with Initech (11), a customer of
/// the first.
pub(crate) async fn writing(database: &Database) -> Tx {
    let mut tx = store_with(database, 7).write().await.unwrap();
    tx.insert_organization(&organization(1, "acme")).await.unwrap();
    tx.insert_organization(&organization(2, "globex")).await.unwrap();
    tx.insert_customer(&permit(1), &customer(11, "Initech")).await.unwrap();
    tx
}

/// Requires a conflict with the unique index of this name.
#[track_caller]
pub(crate) fn expect_conflict<T: std::fmt::Debug>(result: Result<T, Error>, index: &str) {
    match result {
        Err(Error::Conflict { constraint }) => assert_eq!(constraint, index),
        other => panic!("no conflict with {index}: {other:?}"),
    }
}
