//! Upload sessions.

use chrono::{DateTime, Utc};
use grantry_model::id::ArtifactId;
use grantry_model::policy::Permit;
use uuid::Uuid;

use crate::column::count;
use crate::db::params;
use crate::error::Error;
use crate::store::Tx;

/// An upload session of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its id, as in its location.
    pub id: Uuid,
    /// Bytes received and stored.
    pub received: u64,
    /// What the storage needs to go on; `None` before the first bytes.
    pub progress: Option<String>,
    /// Moves with every change.
    pub version: i64,
    /// Until when one request alone appends to it.
    pub claimed_until: Option<DateTime<Utc>>,
}

impl Tx {
    /// Begins a session of the permit's user.
    pub async fn insert_upload(
        &mut self,
        permit: &Permit,
        (id, artifact): (Uuid, ArtifactId),
        (now, expires_at): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<(), Error> {
        self.db
            .execute(
                "insert into upload (id, organization_id, artifact_id, user_id, received, version, started_at, expires_at)
                 values ($1, $2, $3, $4, 0, 0, $5, $6)",
                params![id, permit.organization(), artifact, permit.user(), now, expires_at],
            )
            .await?;
        Ok(())
    }

    /// A session of the permit's user on an artifact.
    pub async fn find_upload(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Option<Upload>, Error> {
        let row = self
            .db
            .query_opt(
                "select received, progress, version, claimed_until from upload
                 where id = $1 and artifact_id = $2 and organization_id = $3 and user_id = $4 and expires_at > $5",
                params![id, artifact, permit.organization(), permit.user(), now],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Upload {
            id,
            received: count(&row, 0)?,
            progress: row.get(1)?,
            version: row.get(2)?,
            claimed_until: row.get(3)?,
        }))
    }

    /// Lets one request alone append to a session for a while, if nobody else changed it or does so now.
    pub async fn claim_upload(
        &mut self,
        permit: &Permit,
        upload: &Upload,
        (now, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<bool, Error> {
        let changed = self
            .db
            .execute(
                "update upload set version = version + 1, claimed_until = $5
                 where id = $1 and organization_id = $2 and version = $3
                   and (claimed_until is null or claimed_until <= $4)",
                params![upload.id, permit.organization(), upload.version, now, until],
            )
            .await?;
        Ok(changed == 1)
    }

    /// Goes on claiming a session.
    pub async fn extend_claim(
        &mut self,
        permit: &Permit,
        (id, version): (Uuid, i64),
        until: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let sql =
            "update upload set claimed_until = $4 where id = $1 and organization_id = $2 and version = $3";
        Ok(self.db.execute(sql, params![id, permit.organization(), version, until]).await? == 1)
    }

    /// Gives a claim up, without having come further.
    pub async fn release_upload(&mut self, permit: &Permit, (id, version): (Uuid, i64)) -> Result<(), Error> {
        let sql =
            "update upload set claimed_until = null where id = $1 and organization_id = $2 and version = $3";
        self.db.execute(sql, params![id, permit.organization(), version]).await?;
        Ok(())
    }

    /// Saves how far a session came, if its version is still the given one, and ends the claim.
    pub async fn save_upload(
        &mut self,
        permit: &Permit,
        (id, version): (Uuid, i64),
        (received, progress): (u64, &str),
        expires_at: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let changed = self
            .db
            .execute(
                "update upload set version = version + 1, claimed_until = null, received = $4, progress = $5,
                   expires_at = $6
                 where id = $1 and organization_id = $2 and version = $3",
                params![
                    id,
                    permit.organization(),
                    version,
                    i64::try_from(received).unwrap_or(i64::MAX),
                    progress,
                    expires_at
                ],
            )
            .await?;
        Ok(changed == 1)
    }

    /// Ends a session, if its version is still the given one; `None` ends it whatever came in between.
    pub async fn delete_upload(
        &mut self,
        permit: &Permit,
        id: Uuid,
        version: Option<i64>,
    ) -> Result<bool, Error> {
        let sql =
            "delete from upload where id = $1 and organization_id = $2 and (version = $3 or $3 is null)";
        Ok(self.db.execute(sql, params![id, permit.organization(), version]).await? == 1)
    }
}
