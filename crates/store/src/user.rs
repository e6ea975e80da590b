//! Accounts. They belong to a person and not to an organization, so nothing here takes a permit; who calls it has
//! shown that the account is theirs, or is about to let the person show it.

use chrono::{DateTime, Utc};
use grantry_model::id::UserId;
use grantry_model::name::fold;
use grantry_model::user::{Membership, User};

use crate::column::{email, id, name, named, optional_id};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// The unique index on addresses, for mapping a conflict.
pub const EMAIL_UNIQUE: &str = "user_account_email_unique";

/// The columns that [`user`] reads, from an account called `u`.
macro_rules! user_columns {
    () => {
        "u.id, u.email, u.name, u.created_at, cast(case when u.password_hash is null then 0 else 1 end as bigint)"
    };
}
pub(crate) use user_columns;

/// Reads [`user_columns`] from column `at` on.
pub(crate) fn user(row: &Row, at: usize) -> Result<User, Error> {
    let id: UserId = id(row, at)?;
    Ok(User {
        id,
        email: email(row, at + 1, id)?,
        name: row.get(at + 2)?,
        created_at: row.get(at + 3)?,
        active: row.get::<i64>(at + 4)? == 1,
    })
}

impl Tx {
    /// Adds an account without a password.
    ///
    /// # Errors
    /// A conflict with [`EMAIL_UNIQUE`].
    pub async fn insert_user(&mut self, user: &User) -> Result<(), Error> {
        self.db
            .execute(
                "insert into user_account (id, email, email_fold, name, created_at) values ($1, $2, $3, $4, $5)",
                params![user.id, user.email.as_str(), user.email.fold(), user.name.as_str(), user.created_at],
            )
            .await?;
        Ok(())
    }

    /// The account of an id.
    pub async fn find_user(&mut self, id: UserId) -> Result<Option<User>, Error> {
        let sql = concat!("select ", user_columns!(), " from user_account u where u.id = $1");
        self.db.query_opt(sql, params![id]).await?.map(|row| user(&row, 0)).transpose()
    }

    /// The account of an address, without regard to case.
    pub async fn find_user_by_email(&mut self, email: &str) -> Result<Option<User>, Error> {
        let sql = concat!("select ", user_columns!(), " from user_account u where u.email_fold = $1");
        self.db.query_opt(sql, params![fold(email.trim())]).await?.map(|row| user(&row, 0)).transpose()
    }

    /// The hash of a user's password; `None` if they have not set one.
    pub async fn find_password_hash(&mut self, id: UserId) -> Result<Option<String>, Error> {
        let sql = "select password_hash from user_account where id = $1";
        Ok(self.db.query_opt(sql, params![id]).await?.map(|row| row.get(0)).transpose()?.flatten())
    }

    /// Sets the hash of a user's password.
    pub async fn update_password_hash(&mut self, id: UserId, hash: &str) -> Result<(), Error> {
        self.db
            .execute("update user_account set password_hash = $2 where id = $1", params![id, hash])
            .await?;
        Ok(())
    }

    /// Sets a user's name.
    pub async fn update_user_name(&mut self, id: UserId, name: &str) -> Result<(), Error> {
        self.db.execute("update user_account set name = $2 where id = $1", params![id, name]).await?;
        Ok(())
    }

    /// Where a user is a member, by name of the organization.
    pub async fn list_memberships(&mut self, of: UserId) -> Result<Vec<Membership>, Error> {
        let rows = self
            .db
            .query(
                "select o.id, o.name, m.customer_id, c.name, m.role, m.joined_at
                 from membership m
                 join organization o on o.id = m.organization_id
                 left join customer c on c.id = m.customer_id
                 where m.user_id = $1
                 order by o.id",
                params![of],
            )
            .await?;
        let mut memberships = rows
            .iter()
            .map(|row| {
                let organization = id(row, 0)?;
                let customer = optional_id(row, 2)?
                    .map(|customer| Ok::<_, Error>((customer, name(row, 3, "customer", customer)?)))
                    .transpose()?;
                Ok(Membership {
                    organization,
                    organization_name: name(row, 1, "organization", organization)?,
                    customer,
                    role: named(row, 4, ("membership", "role"), of)?,
                    joined_at: row.get::<DateTime<Utc>>(5)?,
                })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        // A name's place in SQL depends on the database's locale.
        memberships.sort_by_cached_key(|membership| membership.organization_name.fold());
        Ok(memberships)
    }
}
