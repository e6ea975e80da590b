//! Sessions, and who is behind the secret of one.

use chrono::{DateTime, Utc};
use grantry_model::actor::{Actor, Credential};
use grantry_model::customer::Feature;
use grantry_model::id::{OrganizationId, SessionId, UserId};
use grantry_model::plan::Subscription;
use grantry_model::session::Session;

use crate::column::{corrupt, id, named, optional_id};
use crate::customer::split;
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// SHA-256 of a credential's secret: all that is kept of it.
pub type SecretHash = [u8; 32];

/// A session that is to be opened.
#[derive(Debug)]
pub struct NewSession<'a> {
    /// The list's view of it.
    pub session: &'a Session,
    /// Whose it is.
    pub user: UserId,
    /// Where it starts; `None` for a user without membership.
    pub organization: Option<OrganizationId>,
    /// Hash of the secret that the browser holds.
    pub secret: SecretHash,
}

/// Who holds a session's secret.
#[derive(Debug, Clone)]
pub struct SessionHolder {
    /// The session.
    pub session: SessionId,
    /// Its owner.
    pub user: UserId,
    /// When it was last used, to the minute.
    pub last_used_at: DateTime<Utc>,
    /// The owner, acting in the session's organization; `None` if they are not a member there any more, or of none.
    pub actor: Option<Actor>,
}

/// Reads the actor of a row with user (3), membership (2), organization (3) and the customer's features from column `at` on.
pub(crate) fn actor(row: &Row, at: usize, credential: Credential) -> Result<Actor, Error> {
    let user: UserId = id(row, at)?;
    let organization: OrganizationId = id(row, at + 5)?;
    let name: String = row.get(at + 1)?;
    let email: String = row.get(at + 2)?;
    let features: Option<String> = row.get(at + 8)?;
    Ok(Actor {
        user,
        name: if name.is_empty() { email.clone() } else { name },
        email,
        customer: optional_id(row, at + 3)?,
        features: match features {
            Some(features) => split(&features).ok_or_else(|| corrupt("customer", "features", user.0))?,
            None => Feature::ALL.to_vec(),
        },
        role: named(row, at + 4, ("membership", "role"), user)?,
        organization,
        subscription: Subscription {
            plan: named(row, at + 6, ("organization", "plan"), organization)?,
            until: row.get(at + 7)?,
        },
        credential,
    })
}

impl Tx {
    /// Opens a session.
    pub async fn insert_session(&mut self, new: &NewSession<'_>) -> Result<(), Error> {
        let Session { id, created_at, last_used_at, expires_at, address, user_agent } = new.session;
        self.db
            .execute(
                "insert into session (id, token_hash, user_id, organization_id, created_at, last_used_at, expires_at,
                   address, user_agent)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                params![
                    *id,
                    new.secret.as_slice(),
                    new.user,
                    new.organization,
                    *created_at,
                    *last_used_at,
                    *expires_at,
                    address.as_str(),
                    user_agent.as_str()
                ],
            )
            .await?;
        Ok(())
    }

    /// Who holds the secret of this hash, if the session has not ended.
    pub async fn find_session_holder(
        &mut self,
        secret: &SecretHash,
        now: DateTime<Utc>,
    ) -> Result<Option<SessionHolder>, Error> {
        let row = self
            .db
            .query_opt(
                "select s.id, s.last_used_at, u.id, u.name, u.email, m.customer_id, m.role, o.id, o.plan, o.plan_until,
                   c.features
                 from session s
                 join user_account u on u.id = s.user_id
                 left join membership m on m.organization_id = s.organization_id and m.user_id = s.user_id
                 left join organization o on o.id = m.organization_id
                 left join customer c on c.id = m.customer_id
                 where s.token_hash = $1 and s.expires_at > $2",
                params![secret.as_slice(), now],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let session: SessionId = id(&row, 0)?;
        let is_member = optional_id::<OrganizationId>(&row, 7)?.is_some();
        let actor = is_member.then(|| actor(&row, 2, Credential::Session(session))).transpose()?;
        Ok(Some(SessionHolder { session, user: id(&row, 2)?, last_used_at: row.get(1)?, actor }))
    }

    /// Notes that a session is in use, which puts off its end.
    pub async fn touch_session(
        &mut self,
        id: SessionId,
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let sql = "update session set last_used_at = $2, expires_at = $3 where id = $1";
        self.db.execute(sql, params![id, now, expires_at]).await?;
        Ok(())
    }

    /// Lets a session act in another organization.
    pub async fn update_session_organization(
        &mut self,
        id: SessionId,
        organization: OrganizationId,
    ) -> Result<(), Error> {
        self.db
            .execute("update session set organization_id = $2 where id = $1", params![id, organization])
            .await?;
        Ok(())
    }

    /// The organization of the session that a user has used last.
    pub async fn find_last_organization(&mut self, of: UserId) -> Result<Option<OrganizationId>, Error> {
        let sql = "select organization_id from session where user_id = $1 and organization_id is not null
                   order by last_used_at desc limit 1";
        self.db.query_opt(sql, params![of]).await?.map(|row| id(&row, 0)).transpose()
    }

    /// A user's sessions that have not ended, the last used first.
    pub async fn list_sessions(&mut self, of: UserId, now: DateTime<Utc>) -> Result<Vec<Session>, Error> {
        let rows = self
            .db
            .query(
                "select id, created_at, last_used_at, expires_at, address, user_agent from session
                 where user_id = $1 and expires_at > $2 order by last_used_at desc, id",
                params![of, now],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Session {
                    id: id(row, 0)?,
                    created_at: row.get(1)?,
                    last_used_at: row.get(2)?,
                    expires_at: row.get(3)?,
                    address: row.get(4)?,
                    user_agent: row.get(5)?,
                })
            })
            .collect()
    }

    /// Ends one of a user's sessions. Whether there was one.
    pub async fn delete_session(&mut self, of: UserId, id: SessionId) -> Result<bool, Error> {
        let sql = "delete from session where id = $1 and user_id = $2";
        Ok(self.db.execute(sql, params![id, of]).await? > 0)
    }

    /// Ends a user's sessions but one, as after a change of the password.
    pub async fn delete_other_sessions(&mut self, of: UserId, keep: Option<SessionId>) -> Result<(), Error> {
        let sql = "delete from session where user_id = $1 and (id <> $2 or $2 is null)";
        self.db.execute(sql, params![of, keep]).await?;
        Ok(())
    }

    /// Removes sessions, links and remembered answers that have ended.
    pub async fn delete_ended(
        &mut self,
        now: DateTime<Utc>,
        answers_before: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.db.execute("delete from session where expires_at <= $1", params![now]).await?;
        self.db.execute("delete from one_time_link where expires_at <= $1", params![now]).await?;
        self.db
            .execute("delete from idempotent_answer where created_at <= $1", params![answers_before])
            .await?;
        // Numbers of targets and customers that are gone. They go here, where nobody waits for the head of a log.
        let sql = "delete from desired_number
                   where not exists (select 1 from deployment_target t where t.id = desired_number.id)
                     and not exists (select 1 from customer c where c.id = desired_number.id)
                     and not exists (select 1 from organization o where o.id = desired_number.id)";
        self.db.execute(sql, params![]).await?;
        Ok(())
    }
}
