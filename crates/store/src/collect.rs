//! What nothing needs any more. It is collected for the whole hub, so these queries take no permit; what they return is
//! looked at again, under the artifact's lock, before it goes.

use chrono::{DateTime, Utc};
use grantry_model::id::{ArtifactId, BlobId, ManifestId, OrganizationId};
use grantry_model::policy::Permit;
use grantry_oci::digest::Digest;
use uuid::Uuid;

use crate::column::{count, id};
use crate::db::params;
use crate::error::Error;
use crate::manifest::digest;
use crate::store::Tx;

/// A manifest that is neither tagged nor reached through another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orphan {
    /// Whose it is.
    pub organization: OrganizationId,
    /// In which artifact.
    pub artifact: ArtifactId,
    /// What the artifact is called.
    pub artifact_name: String,
    /// The manifest.
    pub manifest: ManifestId,
    /// Its digest.
    pub digest: Digest,
}

/// A blob that an artifact has and no manifest of it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loose {
    /// In which artifact.
    pub artifact: ArtifactId,
    /// The blob.
    pub blob: BlobId,
    /// Its bytes' number.
    pub size: u64,
}

/// A stored blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBlob {
    /// Its id.
    pub id: BlobId,
    /// Where the storage has it.
    pub storage_key: String,
    /// Its bytes' number.
    pub size: u64,
    /// Its digest, by SHA-256.
    pub sha256: String,
}

fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

fn stored(row: &crate::db::Row) -> Result<StoredBlob, Error> {
    Ok(StoredBlob { id: id(row, 0)?, storage_key: row.get(1)?, size: count(row, 2)?, sha256: row.get(3)? })
}

impl Tx {
    /// Upload sessions that have ended by time, with their progress.
    pub async fn list_ended_uploads(
        &mut self,
        now: DateTime<Utc>,
        most: usize,
    ) -> Result<Vec<(Uuid, Option<String>)>, Error> {
        let sql = "select id, progress from upload where expires_at <= $1 order by expires_at limit $2";
        let rows = self.db.query(sql, params![now, limit(most)]).await?;
        rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
    }

    /// Deletes an upload session, if it has still ended.
    pub async fn delete_ended_upload(&mut self, id: Uuid, now: DateTime<Utc>) -> Result<bool, Error> {
        let sql = "delete from upload where id = $1 and expires_at <= $2";
        Ok(self.db.execute(sql, params![id, now]).await? == 1)
    }

    /// Manifests that have been orphans since before `before`, and that no entitlement which has not expired grants.
    pub async fn list_orphans(
        &mut self,
        (before, now): (DateTime<Utc>, DateTime<Utc>),
        most: usize,
    ) -> Result<Vec<Orphan>, Error> {
        let rows = self
            .db
            .query(
                "select m.organization_id, m.artifact_id, a.name, m.id, m.digest
                 from manifest m join artifact a on a.id = m.artifact_id
                 where m.orphaned_at < $1
                   and not exists (select 1 from tag t where t.manifest_id = m.id)
                   and not exists (select 1 from reach r join manifest p
                     on p.artifact_id = r.artifact_id and p.digest = r.above
                     where r.artifact_id = m.artifact_id and r.below = m.digest)
                   and not exists (select 1 from artifact_grant_manifest g
                     join artifact_entitlement e on e.id = g.entitlement_id
                     where g.manifest_id = m.id and (e.expires_at > $2 or e.expires_at is null))
                 order by m.orphaned_at limit $3",
                params![before, now, limit(most)],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let manifest = id(row, 3)?;
                Ok(Orphan {
                    organization: id(row, 0)?,
                    artifact: id(row, 1)?,
                    artifact_name: row.get(2)?,
                    manifest,
                    digest: digest(row, 4, manifest)?,
                })
            })
            .collect()
    }

    /// Whether a manifest is still an orphan as [`Tx::list_orphans`] lists them.
    pub async fn is_orphan(
        &mut self,
        permit: &Permit,
        manifest: ManifestId,
        (before, now): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<bool, Error> {
        let row = self
            .db
            .query_opt(
                "select m.id from manifest m
                 where m.id = $1 and m.organization_id = $2 and m.orphaned_at < $3
                   and not exists (select 1 from tag t where t.manifest_id = m.id)
                   and not exists (select 1 from reach r join manifest p
                     on p.artifact_id = r.artifact_id and p.digest = r.above
                     where r.artifact_id = m.artifact_id and r.below = m.digest)
                   and not exists (select 1 from artifact_grant_manifest g
                     join artifact_entitlement e on e.id = g.entitlement_id
                     where g.manifest_id = m.id and (e.expires_at > $4 or e.expires_at is null))",
                params![manifest, permit.organization(), before, now],
            )
            .await?;
        Ok(row.is_some())
    }

    /// Whether nothing was pushed to an artifact and nobody is about to.
    pub async fn is_artifact_empty(&mut self, permit: &Permit, artifact: ArtifactId) -> Result<bool, Error> {
        let row = self
            .db
            .query_opt(
                "select a.id from artifact a
                 where a.id = $1 and a.organization_id = $2 and a.pushed_at is null and a.upstream_url is null
                   and not exists (select 1 from upload u where u.artifact_id = a.id)
                   and not exists (select 1 from artifact_blob l where l.artifact_id = a.id)",
                params![artifact, permit.organization()],
            )
            .await?;
        Ok(row.is_some())
    }

    /// Blobs of artifacts whose lease has ended and that no manifest of the artifact needs.
    pub async fn list_loose_blobs(&mut self, now: DateTime<Utc>, most: usize) -> Result<Vec<Loose>, Error> {
        let rows = self
            .db
            .query(
                "select l.artifact_id, l.blob_id, b.size from artifact_blob l join blob b on b.id = l.blob_id
                 where l.leased_until <= $1
                   and not exists (select 1 from reach r where r.artifact_id = l.artifact_id
                     and r.below = b.sha256 and r.kind = 'blob')
                   and not exists (select 1 from reach r where r.artifact_id = l.artifact_id
                     and r.below = b.sha512 and r.kind = 'blob')
                 order by l.leased_until limit $2",
                params![now, limit(most)],
            )
            .await?;
        rows.iter()
            .map(|row| Ok(Loose { artifact: id(row, 0)?, blob: id(row, 1)?, size: count(row, 2)? }))
            .collect()
    }

    /// Notes for links whose lease has ended that a manifest does need the blob.
    pub async fn hold_needed_blobs(&mut self, now: DateTime<Utc>) -> Result<(), Error> {
        self.db
            .execute(
                "update artifact_blob set leased_until = null
                 where leased_until <= $1 and exists (select 1 from blob b join reach r
                   on r.artifact_id = artifact_blob.artifact_id and r.kind = 'blob'
                   and (r.below = b.sha256 or r.below = b.sha512)
                   where b.id = artifact_blob.blob_id)",
                params![now],
            )
            .await?;
        Ok(())
    }

    /// Takes a loose blob out of its artifact, and condemns it if no artifact has it then. Whether it was still loose.
    pub async fn unlink_loose_blob(&mut self, loose: &Loose, now: DateTime<Utc>) -> Result<bool, Error> {
        self.lock_artifact(loose.artifact).await?;
        // Of two artifacts that let go of a blob at once, the second must see that it is the last.
        self.db.execute("update blob set size = size where id = $1", params![loose.blob]).await?;
        let unlinked = self
            .db
            .execute(
                "delete from artifact_blob where artifact_id = $1 and blob_id = $2 and leased_until <= $3
                   and not exists (select 1 from blob b join reach r
                     on r.artifact_id = $1 and r.kind = 'blob' and (r.below = b.sha256 or r.below = b.sha512)
                     where b.id = $2)",
                params![loose.artifact, loose.blob, now],
            )
            .await?;
        if unlinked == 1 {
            self.condemn_blob(loose.blob, now).await?;
        }
        Ok(unlinked == 1)
    }

    /// Condemns a blob that no artifact has.
    pub async fn condemn_blob(&mut self, blob: BlobId, now: DateTime<Utc>) -> Result<(), Error> {
        self.db
            .execute(
                "update blob set condemned_at = $2 where id = $1 and condemned_at is null
                   and not exists (select 1 from artifact_blob l where l.blob_id = $1)",
                params![blob, now],
            )
            .await?;
        Ok(())
    }

    /// Blobs that no artifact has and that were not condemned, as when an artifact was deleted.
    pub async fn list_unlinked_blobs(&mut self, most: usize) -> Result<Vec<StoredBlob>, Error> {
        let rows = self
            .db
            .query(
                "select b.id, b.storage_key, b.size, b.sha256 from blob b
                 where b.condemned_at is null and not exists (select 1 from artifact_blob l where l.blob_id = b.id)
                 limit $1",
                params![limit(most)],
            )
            .await?;
        rows.iter().map(stored).collect()
    }

    /// Blobs that were condemned before `before`.
    pub async fn list_condemned_blobs(
        &mut self,
        before: DateTime<Utc>,
        most: usize,
    ) -> Result<Vec<StoredBlob>, Error> {
        let rows = self
            .db
            .query(
                "select id, storage_key, size, sha256 from blob where condemned_at < $1 order by condemned_at limit $2",
                params![before, limit(most)],
            )
            .await?;
        rows.iter().map(stored).collect()
    }

    /// Forgets a blob that is still condemned. What is stored may be deleted once this is committed.
    pub async fn delete_condemned_blob(
        &mut self,
        blob: BlobId,
        before: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let deleted = self
            .db
            .execute(
                "delete from blob where id = $1 and condemned_at < $2
                   and not exists (select 1 from artifact_blob l where l.blob_id = $1)",
                params![blob, before],
            )
            .await?;
        Ok(deleted == 1)
    }

    /// Artifacts that were made before `before` and to which nothing was pushed in the end.
    pub async fn list_empty_artifacts(
        &mut self,
        before: DateTime<Utc>,
        most: usize,
    ) -> Result<Vec<(OrganizationId, ArtifactId)>, Error> {
        let rows = self
            .db
            .query(
                "select a.organization_id, a.id from artifact a
                 where a.pushed_at is null and a.upstream_url is null and a.created_at < $1
                   and not exists (select 1 from upload u where u.artifact_id = a.id)
                   and not exists (select 1 from artifact_blob l where l.artifact_id = a.id)
                 limit $2",
                params![before, limit(most)],
            )
            .await?;
        rows.iter().map(|row| Ok((id(row, 0)?, id(row, 1)?))).collect()
    }

    /// Whether a blob is stored under this key.
    pub async fn is_key_known(&mut self, storage_key: &str) -> Result<bool, Error> {
        let sql = "select id from blob where storage_key = $1";
        Ok(self.db.query_opt(sql, params![storage_key]).await?.is_some())
    }

    /// All stored blobs, by id after `last`.
    pub async fn list_blobs(&mut self, last: BlobId, most: usize) -> Result<Vec<StoredBlob>, Error> {
        let sql = "select id, storage_key, size, sha256 from blob where id > $1 order by id limit $2";
        let rows = self.db.query(sql, params![last, limit(most)]).await?;
        rows.iter().map(stored).collect()
    }

    /// All manifests, by id after `last`: where each is, its digest and its bytes.
    pub async fn list_manifest_contents(
        &mut self,
        last: ManifestId,
        most: usize,
    ) -> Result<Vec<(ManifestId, String, Digest, Vec<u8>)>, Error> {
        let rows = self
            .db
            .query(
                "select m.id, o.slug, a.name, m.digest, m.content from manifest m
                 join artifact a on a.id = m.artifact_id join organization o on o.id = a.organization_id
                 where m.id > $1 order by m.id limit $2",
                params![last, limit(most)],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let manifest = id(row, 0)?;
                let name = format!("{}/{}", row.get::<String>(1)?, row.get::<String>(2)?);
                Ok((manifest, name, digest(row, 3, manifest)?, row.get(4)?))
            })
            .collect()
    }

    /// What a manifest needs and its artifact lacks. Where it is pulled through, what lacks is fetched when it is asked for.
    pub async fn list_missing_parts(&mut self, manifest: ManifestId) -> Result<Vec<String>, Error> {
        let rows = self
            .db
            .query(
                "select r.below from reach r
                 where r.manifest_id = $1
                   and exists (select 1 from artifact a where a.id = r.artifact_id and a.upstream_url is null) and (
                   (r.kind = 'blob' and not exists (select 1 from artifact_blob l join blob b on b.id = l.blob_id
                      where l.artifact_id = r.artifact_id and (b.sha256 = r.below or b.sha512 = r.below)))
                   or (r.kind = 'child' and not exists (select 1 from manifest c
                      where c.artifact_id = r.artifact_id and c.digest = r.below)))",
                params![manifest],
            )
            .await?;
        rows.iter().map(|row| row.get(0)).collect()
    }
}
