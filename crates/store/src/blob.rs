//! Blobs: what is stored, and which artifact has it.

use chrono::{DateTime, Utc};
use grantry_model::id::{ArtifactId, BlobId};
use grantry_model::policy::Permit;
use grantry_oci::digest::{Algorithm, Digest};

use crate::column::{corrupt, count, id};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// A stored blob of an artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Its id.
    pub id: BlobId,
    /// Where the storage has it.
    pub storage_key: String,
    /// Its bytes' number.
    pub size: u64,
    /// Its digest, by SHA-256.
    pub sha256: Digest,
    /// Its digest, by SHA-512, if it was pushed under that.
    pub sha512: Option<Digest>,
}

/// A blob that was stored just now.
#[derive(Debug)]
pub struct NewBlob<'a> {
    /// The id it gets if its content is new to the organization.
    pub id: BlobId,
    /// Where the storage has it.
    pub storage_key: &'a str,
    /// Its bytes' number.
    pub size: u64,
    /// Its digest, by SHA-256.
    pub sha256: Digest,
    /// Its digest, by SHA-512, if it was pushed under that.
    pub sha512: Option<Digest>,
}

fn blob(row: &Row) -> Result<Blob, Error> {
    let id: BlobId = id(row, 0)?;
    let digest = |text: String| text.parse::<Digest>().map_err(|_| corrupt("blob", "digest", id.0));
    Ok(Blob {
        id,
        storage_key: row.get(1)?,
        size: count(row, 2)?,
        sha256: digest(row.get(3)?)?,
        sha512: row.get::<Option<String>>(4)?.map(digest).transpose()?,
    })
}

impl Tx {
    /// The blob of a digest that an artifact has.
    pub async fn find_blob(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        digest: &Digest,
    ) -> Result<Option<Blob>, Error> {
        // Two texts, so that each is one look-up in an index.
        let sql = match digest.algorithm() {
            Algorithm::Sha256 => {
                "select b.id, b.storage_key, b.size, b.sha256, b.sha512
                 from blob b join artifact_blob l on l.blob_id = b.id and l.artifact_id = $1
                 where b.organization_id = $2 and b.sha256 = $3"
            }
            Algorithm::Sha512 => {
                "select b.id, b.storage_key, b.size, b.sha256, b.sha512
                 from blob b join artifact_blob l on l.blob_id = b.id and l.artifact_id = $1
                 where b.organization_id = $2 and b.sha512 = $3"
            }
        };
        let row =
            self.db.query_opt(sql, params![artifact, permit.organization(), digest.to_string()]).await?;
        row.as_ref().map(blob).transpose()
    }

    /// The artifacts of the organization that have the blob of a digest, for a mount from anywhere.
    pub async fn list_artifacts_with_blob(
        &mut self,
        permit: &Permit,
        digest: &Digest,
    ) -> Result<Vec<ArtifactId>, Error> {
        let rows = self
            .db
            .query(
                "select l.artifact_id from blob b join artifact_blob l on l.blob_id = b.id
                 where b.organization_id = $1 and (b.sha256 = $2 or b.sha512 = $2) order by l.artifact_id limit 10",
                params![permit.organization(), digest.to_string()],
            )
            .await?;
        rows.iter().map(|row| id(row, 0)).collect()
    }

    /// Keeps what was stored, and gives the blob that has the content now: the new one, or one that the organization had
    /// already. In the second case the caller lets the storage drop the new one.
    pub async fn keep_blob(
        &mut self,
        permit: &Permit,
        new: &NewBlob<'_>,
        now: DateTime<Utc>,
    ) -> Result<Blob, Error> {
        // The update takes the row's lock, so that a collection which is about to delete it sees that it lives.
        let row = self
            .db
            .query_opt(
                "insert into blob (id, organization_id, storage_key, size, sha256, sha512, created_at)
                 values ($1, $2, $3, $4, $5, $6, $7)
                 on conflict (organization_id, sha256) do update
                   set condemned_at = null, sha512 = coalesce(blob.sha512, excluded.sha512)
                 returning id, storage_key, size, sha256, sha512",
                params![
                    new.id,
                    permit.organization(),
                    new.storage_key,
                    i64::try_from(new.size).unwrap_or(i64::MAX),
                    new.sha256.to_string(),
                    new.sha512.map(|digest| digest.to_string()),
                    now
                ],
            )
            .await?;
        row.as_ref().map_or_else(|| Err(corrupt("blob", "id", new.id.0)), blob)
    }

    /// Links a blob to an artifact, or keeps the link, until `leased_until` or as long as a manifest needs it.
    pub async fn link_blob(
        &mut self,
        permit: &Permit,
        (artifact, blob): (ArtifactId, BlobId),
        leased_until: DateTime<Utc>,
    ) -> Result<(), Error> {
        let sql = "update blob set condemned_at = null where id = $1 and organization_id = $2";
        self.db.execute(sql, params![blob, permit.organization()]).await?;
        self.db
            .execute(
                "insert into artifact_blob (artifact_id, blob_id, leased_until)
                 select a.id, b.id, $4 from artifact a join blob b on b.organization_id = a.organization_id
                 where a.id = $1 and b.id = $2 and a.organization_id = $3
                 on conflict (artifact_id, blob_id) do update set leased_until = excluded.leased_until
                   where artifact_blob.leased_until is not null",
                params![artifact, blob, permit.organization(), leased_until],
            )
            .await?;
        Ok(())
    }

    /// Takes a blob out of an artifact.
    pub async fn unlink_blob(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        blob: BlobId,
    ) -> Result<(), Error> {
        self.db
            .execute(
                "delete from artifact_blob where artifact_id = $1 and blob_id = $2
                   and artifact_id in (select id from artifact where organization_id = $3)",
                params![artifact, blob, permit.organization()],
            )
            .await?;
        Ok(())
    }

    /// Keeps a blob in an artifact for as long as a manifest needs it.
    pub async fn hold_blob(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        blob: BlobId,
    ) -> Result<(), Error> {
        self.db
            .execute(
                "update artifact_blob set leased_until = null where artifact_id = $1 and blob_id = $2
                   and artifact_id in (select id from artifact where organization_id = $3)",
                params![artifact, blob, permit.organization()],
            )
            .await?;
        Ok(())
    }

    /// When the link of a blob to an artifact may be collected; `None` while a manifest needs it, or without a link.
    pub async fn find_lease(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        blob: BlobId,
    ) -> Result<Option<DateTime<Utc>>, Error> {
        let row = self
            .db
            .query_opt(
                "select l.leased_until from artifact_blob l join artifact a on a.id = l.artifact_id
                 where l.artifact_id = $1 and l.blob_id = $2 and a.organization_id = $3",
                params![artifact, blob, permit.organization()],
            )
            .await?;
        Ok(row.map(|row| row.get(0)).transpose()?.flatten())
    }
}
