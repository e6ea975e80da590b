//! Access tokens, and who is behind the secret of one.

use chrono::{DateTime, Utc};
use grantry_model::access_token::AccessToken;
use grantry_model::actor::{Actor, Credential};
use grantry_model::id::{AccessTokenId, UserId};
use grantry_model::policy::Permit;
use grantry_model::role::Role;

use crate::column::{corrupt, count, id};
use crate::db::{Row, params};
use crate::error::Error;
use crate::session::{SecretHash, actor};
use crate::store::Tx;

/// Who holds an access token's secret.
#[derive(Debug, Clone)]
pub struct AccessTokenHolder {
    /// The token.
    pub token: AccessTokenId,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Its owner, acting in its organization and with no more than its ceiling.
    pub actor: Actor,
}

fn ceiling(row: &Row, at: usize, token: AccessTokenId) -> Result<Option<Role>, Error> {
    let role = row.get::<Option<String>>(at)?.map(|role| role.parse());
    role.transpose().map_err(|_| corrupt("access_token", "role", token.0))
}

fn access_token(row: &Row) -> Result<AccessToken, Error> {
    let id = id(row, 0)?;
    Ok(AccessToken {
        id,
        label: row.get(1)?,
        role: ceiling(row, 2, id)?,
        created_at: row.get(3)?,
        expires_at: row.get(4)?,
        last_used_at: row.get(5)?,
    })
}

impl Tx {
    /// How many access tokens a member has in the organization.
    pub async fn count_access_tokens(&mut self, permit: &Permit, of: UserId) -> Result<u64, Error> {
        let sql = "select count(*) from access_token where organization_id = $1 and user_id = $2";
        let row = self.db.query_opt(sql, params![permit.organization(), of]).await?;
        row.map_or(Ok(0), |row| count(&row, 0))
    }

    /// Adds an access token of the permit's user.
    pub async fn insert_access_token(
        &mut self,
        permit: &Permit,
        token: &AccessToken,
        secret: &SecretHash,
    ) -> Result<(), Error> {
        self.db
            .execute(
                "insert into access_token (id, token_hash, organization_id, user_id, label, role, created_at, expires_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8)",
                params![
                    token.id,
                    secret.as_slice(),
                    permit.organization(),
                    permit.user(),
                    token.label.as_str(),
                    token.role.map(Role::as_str),
                    token.created_at,
                    token.expires_at
                ],
            )
            .await?;
        Ok(())
    }

    /// Who holds the secret of this hash, if the token has not expired and its owner is still a member.
    pub async fn find_access_token_holder(
        &mut self,
        secret: &SecretHash,
        now: DateTime<Utc>,
    ) -> Result<Option<AccessTokenHolder>, Error> {
        let row = self
            .db
            .query_opt(
                "select t.id, t.role, t.last_used_at, u.id, u.name, u.email, m.customer_id, m.role, o.id, o.plan,
                   o.plan_until, c.features, t.expires_at
                 from access_token t
                 join user_account u on u.id = t.user_id
                 join membership m on m.organization_id = t.organization_id and m.user_id = t.user_id
                 join organization o on o.id = t.organization_id
                 left join customer c on c.id = m.customer_id
                 where t.token_hash = $1 and (t.expires_at > $2 or t.expires_at is null)",
                params![secret.as_slice(), now],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let token = id(&row, 0)?;
        let ceiling = ceiling(&row, 1, token)?;
        let credential =
            Credential::AccessToken { id: token, limited: ceiling.is_some(), expires_at: row.get(12)? };
        let mut actor = actor(&row, 3, credential)?;
        actor.role = actor.role.min(ceiling.unwrap_or(Role::Admin));
        Ok(Some(AccessTokenHolder { token, last_used_at: row.get(2)?, actor }))
    }

    /// Notes that a token was used.
    pub async fn touch_access_token(&mut self, id: AccessTokenId, now: DateTime<Utc>) -> Result<(), Error> {
        self.db.execute("update access_token set last_used_at = $2 where id = $1", params![id, now]).await?;
        Ok(())
    }

    /// The tokens of the permit's user, the newest first.
    pub async fn list_access_tokens(&mut self, permit: &Permit) -> Result<Vec<AccessToken>, Error> {
        let rows = self
            .db
            .query(
                "select id, label, role, created_at, expires_at, last_used_at from access_token
                 where organization_id = $1 and user_id = $2 order by id desc",
                params![permit.organization(), permit.user()],
            )
            .await?;
        rows.iter().map(access_token).collect()
    }

    /// A token of the permit's user.
    pub async fn find_access_token(
        &mut self,
        permit: &Permit,
        id: AccessTokenId,
    ) -> Result<Option<AccessToken>, Error> {
        self.db
            .query_opt(
                "select id, label, role, created_at, expires_at, last_used_at from access_token
                 where id = $1 and organization_id = $2 and user_id = $3",
                params![id, permit.organization(), permit.user()],
            )
            .await?
            .as_ref()
            .map(access_token)
            .transpose()
    }

    /// Deletes a token of the permit's user.
    pub async fn delete_access_token(&mut self, permit: &Permit, id: AccessTokenId) -> Result<(), Error> {
        self.db
            .execute(
                "delete from access_token where id = $1 and organization_id = $2 and user_id = $3",
                params![id, permit.organization(), permit.user()],
            )
            .await?;
        Ok(())
    }
}
