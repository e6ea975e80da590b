//! One-time links: the hub's set-up, invitations, new passwords. Who follows one shows by its secret that they may.

use chrono::{DateTime, Utc};
use grantry_model::id::{OrganizationId, UserId};
use uuid::Uuid;

use crate::column::optional_id;
use crate::db::params;
use crate::error::Error;
use crate::session::SecretHash;
use crate::store::Tx;

/// A link that works once.
#[derive(Debug, Clone)]
pub struct OneTimeLink {
    /// Its id.
    pub id: Uuid,
    /// Who sets a password by it; `None`: it sets up the hub.
    pub user: Option<UserId>,
    /// The organization that the user was invited to.
    pub organization: Option<OrganizationId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
}

impl Tx {
    /// Adds a link. Earlier ones of the same purpose, user and organization stop working.
    pub async fn insert_link(&mut self, link: &OneTimeLink, secret: &SecretHash) -> Result<(), Error> {
        self.db
            .execute(
                "delete from one_time_link where (user_id = $1 or (user_id is null and $1 is null))
                   and (organization_id = $2 or (organization_id is null and $2 is null))",
                params![link.user, link.organization],
            )
            .await?;
        self.db
            .execute(
                "insert into one_time_link (id, token_hash, user_id, organization_id, created_at, expires_at)
                 values ($1, $2, $3, $4, $5, $6)",
                params![
                    link.id,
                    secret.as_slice(),
                    link.user,
                    link.organization,
                    link.created_at,
                    link.expires_at
                ],
            )
            .await?;
        Ok(())
    }

    /// The link of this secret, if it still works.
    pub async fn find_link(
        &mut self,
        secret: &SecretHash,
        now: DateTime<Utc>,
    ) -> Result<Option<OneTimeLink>, Error> {
        let row = self
            .db
            .query_opt(
                "select id, user_id, organization_id, created_at, expires_at from one_time_link
                 where token_hash = $1 and expires_at > $2",
                params![secret.as_slice(), now],
            )
            .await?;
        row.map(|row| {
            Ok(OneTimeLink {
                id: row.get(0)?,
                user: optional_id(&row, 1)?,
                organization: optional_id(&row, 2)?,
                created_at: row.get(3)?,
                expires_at: row.get(4)?,
            })
        })
        .transpose()
    }

    /// Uses a link up. Whether it was still there: of two that follow it at once, one wins.
    pub async fn delete_link(&mut self, id: Uuid) -> Result<bool, Error> {
        Ok(self.db.execute("delete from one_time_link where id = $1", params![id]).await? > 0)
    }

    /// Ends all of a user's links, as after a password was set.
    pub async fn delete_links_of(&mut self, user: UserId) -> Result<(), Error> {
        self.db.execute("delete from one_time_link where user_id = $1", params![user]).await?;
        Ok(())
    }
}
