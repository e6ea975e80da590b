//! What artifacts that are pulled through keep of their upstreams, and when they are compared with them. This is looked after
//! for the whole hub, so the lists take no permit.

use chrono::{DateTime, Utc};
use grantry_model::artifact::Upkeep;
use grantry_model::id::{ArtifactId, BlobId, OrganizationId};
use grantry_model::policy::Permit;

use crate::column::{corrupt, count, id};
use crate::db::{Row, Value, params};
use crate::error::Error;
use crate::store::Tx;

/// An artifact that keeps its upstream's blobs within limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cache {
    /// Whose it is.
    pub organization: OrganizationId,
    /// The artifact.
    pub artifact: ArtifactId,
    /// The limits.
    pub upkeep: Upkeep,
}

/// A blob that an artifact keeps of its upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CachedBlob {
    /// The blob.
    pub blob: BlobId,
    /// Its bytes' number.
    pub size: u64,
    /// When it was pulled last, as far as that was written already.
    pub used_at: Option<DateTime<Utc>>,
}

/// The limits from columns `at` and the two after it.
pub(crate) fn upkeep(row: &Row, at: usize, artifact: ArtifactId) -> Result<Upkeep, Error> {
    let number = |index: usize| {
        let value = row.get::<Option<i64>>(index)?;
        let value =
            value.map(|value| u32::try_from(value).map_err(|_| corrupt("artifact", "upkeep", artifact.0)));
        value.transpose()
    };
    let limit = row.get::<Option<i64>>(at)?;
    let limit =
        limit.map(|limit| u64::try_from(limit).map_err(|_| corrupt("artifact", "cache_limit", artifact.0)));
    Ok(Upkeep { cache_limit: limit.transpose()?, cache_days: number(at + 1)?, sync_hours: number(at + 2)? })
}

fn whole(number: Option<u64>) -> Value {
    Value::from(number.map(|number| i64::try_from(number).unwrap_or(i64::MAX)))
}

impl Tx {
    /// Changes how an artifact looks after what it keeps. The next comparison is due at `due`, if there are to be any.
    pub async fn update_upkeep(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        upkeep: &Upkeep,
        due: DateTime<Utc>,
    ) -> Result<(), Error> {
        let due = upkeep.sync_hours.map(|_| due);
        self.db
            .execute(
                "update artifact set cache_limit = $3, cache_days = $4, sync_hours = $5, sync_due_at = $6
                 where id = $1 and organization_id = $2",
                params![
                    artifact,
                    permit.organization(),
                    whole(upkeep.cache_limit),
                    whole(upkeep.cache_days.map(u64::from)),
                    whole(upkeep.sync_hours.map(u64::from)),
                    due
                ],
            )
            .await?;
        Ok(())
    }

    /// Artifacts whose comparison is due, the one that has waited longest first.
    pub async fn list_due_syncs(
        &mut self,
        now: DateTime<Utc>,
        most: i64,
    ) -> Result<Vec<(OrganizationId, ArtifactId)>, Error> {
        let sql = "select organization_id, id from artifact
                   where sync_due_at <= $1 and upstream_url is not null order by sync_due_at limit $2";
        let rows = self.db.query(sql, params![now, most]).await?;
        rows.iter().map(|row| Ok((id(row, 0)?, id(row, 1)?))).collect()
    }

    /// Takes over an artifact's comparison, if it is still due: nobody else can until `until`.
    pub async fn claim_sync(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        (now, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<bool, Error> {
        let sql = "update artifact set sync_due_at = $4
                   where id = $1 and organization_id = $2 and sync_due_at <= $3";
        Ok(self.db.execute(sql, params![artifact, permit.organization(), now, until]).await? == 1)
    }

    /// Notes when an artifact's next comparison is due, unless there are to be none any more.
    pub async fn schedule_sync(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        due: DateTime<Utc>,
    ) -> Result<(), Error> {
        let sql = "update artifact set sync_due_at = $3
                   where id = $1 and organization_id = $2 and sync_hours is not null";
        self.db.execute(sql, params![artifact, permit.organization(), due]).await?;
        Ok(())
    }

    /// Notes that a blob was pulled. It was permitted then; so there is no permit.
    pub async fn touch_cached_blob(
        &mut self,
        artifact: ArtifactId,
        blob: BlobId,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let sql = "update artifact_blob set used_at = $3
                   where artifact_id = $1 and blob_id = $2 and (used_at < $3 or used_at is null)";
        self.db.execute(sql, params![artifact, blob, at]).await?;
        Ok(())
    }

    /// Artifacts that are pulled through and keep what they fetched within limits.
    pub async fn list_caches(&mut self) -> Result<Vec<Cache>, Error> {
        let sql = "select organization_id, id, cache_limit, cache_days, sync_hours from artifact
                   where upstream_url is not null and (cache_limit is not null or cache_days is not null)
                   order by id";
        let rows = self.db.query(sql, params![]).await?;
        rows.iter()
            .map(|row| {
                let artifact = id(row, 1)?;
                Ok(Cache { organization: id(row, 0)?, artifact, upkeep: upkeep(row, 2, artifact)? })
            })
            .collect()
    }

    /// The bytes of the blobs that an artifact has, each once.
    pub async fn cached_size(&mut self, permit: &Permit, artifact: ArtifactId) -> Result<u64, Error> {
        let sql = "select cast(coalesce(sum(b.size), 0) as bigint) from artifact_blob l join blob b on b.id = l.blob_id
                   where l.artifact_id = $1 and b.organization_id = $2";
        let row = self.db.query_opt(sql, params![artifact, permit.organization()]).await?;
        row.map_or(Ok(0), |row| count(&row, 0))
    }

    /// Blobs that an artifact can let go of, the one that was not pulled for longest first; only those not pulled since
    /// `before`, if it is given. Left out are those that an entitlement which has not expired holds: that are reached through
    /// a manifest or a tag which it names.
    pub async fn list_evictable(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        (before, now): (Option<DateTime<Utc>>, DateTime<Utc>),
        most: i64,
    ) -> Result<Vec<CachedBlob>, Error> {
        // A blob that came just now was not noted as pulled yet. It has a lease, which ends later.
        let rows = self
            .db
            .query(
                "with recursive held (digest) as (
                   select m.digest from artifact_grant_manifest g
                   join artifact_entitlement e on e.id = g.entitlement_id join manifest m on m.id = g.manifest_id
                   where g.artifact_id = $1 and (e.expires_at > $4 or e.expires_at is null)
                   union
                   select m.digest from artifact_grant_tag g
                   join artifact_entitlement e on e.id = g.entitlement_id
                   join tag t on t.artifact_id = g.artifact_id and t.name = g.tag
                   join manifest m on m.id = t.manifest_id
                   where g.artifact_id = $1 and (e.expires_at > $4 or e.expires_at is null)
                   union
                   select r.below from held join reach r on r.artifact_id = $1 and r.above = held.digest
                 )
                 select b.id, b.size, l.used_at from artifact_blob l join blob b on b.id = l.blob_id
                 where l.artifact_id = $1 and b.organization_id = $2
                   and (coalesce(l.used_at, l.leased_until) < $3 or $3 is null)
                   and b.sha256 not in (select digest from held)
                   and (b.sha512 is null or b.sha512 not in (select digest from held))
                 order by coalesce(l.used_at, l.leased_until) nulls first, b.id limit $5",
                params![artifact, permit.organization(), before, now, most],
            )
            .await?;
        rows.iter()
            .map(|row| Ok(CachedBlob { blob: id(row, 0)?, size: count(row, 1)?, used_at: row.get(2)? }))
            .collect()
    }

    /// Takes a blob out of its artifact, unless it was pulled meanwhile, and condemns it if no artifact has it then. Whether
    /// it went.
    pub async fn evict_blob(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        cached: &CachedBlob,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        self.lock_artifact(artifact).await?;
        // Of two artifacts that let go of a blob at once, the second must see that it is the last.
        self.db.execute("update blob set size = size where id = $1", params![cached.blob]).await?;
        let evicted = self
            .db
            .execute(
                "delete from artifact_blob where artifact_id = $1 and blob_id = $2
                   and artifact_id in (select id from artifact where organization_id = $3 and upstream_url is not null)
                   and (used_at = $4 or (used_at is null and $4 is null))",
                params![artifact, cached.blob, permit.organization(), cached.used_at],
            )
            .await?;
        if evicted == 1 {
            self.condemn_blob(cached.blob, now).await?;
        }
        Ok(evicted == 1)
    }
}
