//! Manifests, and what is reached through what.

use chrono::{DateTime, Utc};
use grantry_model::artifact::Manifest;
use grantry_model::id::{ArtifactId, ManifestId, TagId};
use grantry_model::policy::Permit;
use grantry_oci::digest::Digest;
use grantry_oci::manifest::{Annotations, Descriptor, Kind};
use grantry_oci::reference::Tag;

use crate::column::{corrupt, count, id, optional_id};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// The unique index on an artifact's digests, for mapping a conflict.
pub const DIGEST_UNIQUE: &str = "manifest_digest_unique";

/// A manifest that is to be added.
#[derive(Debug)]
pub struct NewManifest<'a> {
    /// What lists say of it.
    pub manifest: &'a Manifest,
    /// What a list of referrers says of it.
    pub referrer: &'a Descriptor,
    /// The manifest that it refers to.
    pub subject: Option<Digest>,
    /// The platforms of an image, as `linux/amd64`.
    pub platforms: &'a [String],
    /// Its bytes.
    pub content: &'a [u8],
}

/// How a thing is reached through another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// A blob of a manifest.
    Blob,
    /// A manifest of an index.
    Child,
    /// A manifest that names another as its subject.
    Subject,
    /// A manifest whose tag has the form of one that is attached to another.
    Tag,
}

impl Link {
    fn as_str(self) -> &'static str {
        match self {
            Self::Blob => "blob",
            Self::Child => "child",
            Self::Subject => "subject",
            Self::Tag => "tag",
        }
    }
}

/// A manifest through which something is reached, with its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// The manifest.
    pub manifest: ManifestId,
    /// Its tags.
    pub tags: Vec<Tag>,
}

/// A manifest as it is pulled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PulledManifest {
    /// Its id.
    pub id: ManifestId,
    /// Its digest.
    pub digest: Digest,
    /// Its media type, as pushed.
    pub media_type: String,
    /// Its bytes' number.
    pub size: u64,
    /// Whether a pull of it is counted: it is tagged, or stands for itself.
    pub is_top: bool,
}

pub(crate) fn manifest(row: &Row) -> Result<Manifest, Error> {
    let id: ManifestId = id(row, 0)?;
    Ok(Manifest {
        id,
        artifact: self::id(row, 1)?,
        digest: digest(row, 2, id)?,
        media_type: row.get(3)?,
        kind: row.get::<String>(4)?.parse::<Kind>().map_err(|_| corrupt("manifest", "kind", id.0))?,
        size: count(row, 5)?,
        total_size: count(row, 6)?,
        pushed_at: row.get(7)?,
    })
}

pub(crate) fn digest(row: &Row, index: usize, id: ManifestId) -> Result<Digest, Error> {
    row.get::<String>(index)?.parse().map_err(|_| corrupt("manifest", "digest", id.0))
}

fn pulled(row: &Row) -> Result<PulledManifest, Error> {
    let id: ManifestId = id(row, 0)?;
    Ok(PulledManifest {
        id,
        digest: digest(row, 1, id)?,
        media_type: row.get(2)?,
        size: count(row, 3)?,
        is_top: row.get(4)?,
    })
}

impl Tx {
    /// Adds a manifest. What it links is added by [`Tx::insert_reach`].
    ///
    /// # Errors
    /// A conflict with [`DIGEST_UNIQUE`].
    pub async fn insert_manifest(&mut self, permit: &Permit, new: &NewManifest<'_>) -> Result<(), Error> {
        let Manifest { id, artifact, digest, media_type, kind, size, total_size, pushed_at } = new.manifest;
        let annotations = serde_json::to_string(&new.referrer.annotations).unwrap_or_default();
        self.db
            .execute(
                "insert into manifest (id, organization_id, artifact_id, digest, media_type, kind, artifact_type,
                   annotations, subject, size, total_size, content, platforms, pushed_at, pushed_by)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
                params![
                    *id,
                    permit.organization(),
                    *artifact,
                    digest.to_string(),
                    media_type.as_str(),
                    kind.as_str(),
                    new.referrer.artifact_type.as_deref(),
                    annotations,
                    new.subject.map(|subject| subject.to_string()),
                    i64::try_from(*size).unwrap_or(i64::MAX),
                    i64::try_from(*total_size).unwrap_or(i64::MAX),
                    new.content,
                    new.platforms.join(" "),
                    *pushed_at,
                    permit.user()
                ],
            )
            .await?;
        Ok(())
    }

    /// Notes that in a manifest's artifact `below` is reached through `above`, because the manifest says so.
    pub async fn insert_reach(
        &mut self,
        manifest: &Manifest,
        (below, above): (&Digest, &Digest),
        link: Link,
        size: u64,
    ) -> Result<(), Error> {
        self.db
            .execute(
                "insert into reach (artifact_id, manifest_id, below, above, kind, size) values ($1, $2, $3, $4, $5, $6)
                 on conflict (manifest_id, below, above, kind) do nothing",
                params![
                    manifest.artifact,
                    manifest.id,
                    below.to_string(),
                    above.to_string(),
                    link.as_str(),
                    i64::try_from(size).unwrap_or(i64::MAX)
                ],
            )
            .await?;
        Ok(())
    }

    /// Notes anew to what a manifest is attached by its tags.
    pub async fn replace_attachments(&mut self, permit: &Permit, manifest: &Manifest) -> Result<(), Error> {
        let sql = "delete from reach where manifest_id = $1 and kind = 'tag'";
        self.db.execute(sql, params![manifest.id]).await?;
        for tag in self.list_tags_of(permit, manifest.id).await? {
            let Some(attachment) = tag.name.attachment() else { continue };
            let subject = match attachment.subject() {
                Some(subject) => Some(subject),
                None => self.find_subject_by_tag(manifest.artifact, &tag.name).await?,
            };
            if let Some(subject) = subject {
                self.insert_reach(manifest, (&manifest.digest, &subject), Link::Tag, 0).await?;
            }
        }
        Ok(())
    }

    /// The manifest whose SHA-512 digest begins as the tag says, which holds only the beginning.
    async fn find_subject_by_tag(
        &mut self,
        artifact: ArtifactId,
        tag: &Tag,
    ) -> Result<Option<Digest>, Error> {
        let Some(digits) = tag.as_str().strip_prefix("sha512-").and_then(|rest| rest.get(..64)) else {
            return Ok(None);
        };
        let row = self
            .db
            .query_opt(
                "select id, digest from manifest where artifact_id = $1 and digest >= $2 and digest < $3 limit 1",
                params![artifact, format!("sha512:{digits}"), format!("sha512:{digits}g")],
            )
            .await?;
        row.map(|row| digest(&row, 1, id(&row, 0)?)).transpose()
    }

    /// The manifest of a digest in an artifact.
    pub async fn find_manifest(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        digest: &Digest,
    ) -> Result<Option<Manifest>, Error> {
        self.db
            .query_opt(
                "select m.id, m.artifact_id, m.digest, m.media_type, m.kind, m.size, m.total_size, m.pushed_at
                 from manifest m where m.artifact_id = $1 and m.organization_id = $2 and m.digest = $3",
                params![artifact, permit.organization(), digest.to_string()],
            )
            .await?
            .as_ref()
            .map(manifest)
            .transpose()
    }

    /// The manifest of an id.
    pub async fn find_manifest_by_id(
        &mut self,
        permit: &Permit,
        id: ManifestId,
    ) -> Result<Option<Manifest>, Error> {
        self.db
            .query_opt(
                "select m.id, m.artifact_id, m.digest, m.media_type, m.kind, m.size, m.total_size, m.pushed_at
                 from manifest m where m.id = $1 and m.organization_id = $2",
                params![id, permit.organization()],
            )
            .await?
            .as_ref()
            .map(manifest)
            .transpose()
    }

    /// The manifest that a tag of an artifact stands for, as it is pulled.
    pub async fn find_pulled_by_tag(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        tag: &Tag,
    ) -> Result<Option<PulledManifest>, Error> {
        self.db
            .query_opt(
                "select m.id, m.digest, m.media_type, m.size, 1 = 1 from tag t join manifest m on m.id = t.manifest_id
                 where t.artifact_id = $1 and t.name = $3 and m.organization_id = $2",
                params![artifact, permit.organization(), tag.as_str()],
            )
            .await?
            .as_ref()
            .map(pulled)
            .transpose()
    }

    /// The manifest of a digest in an artifact, as it is pulled.
    pub async fn find_pulled_by_digest(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        digest: &Digest,
    ) -> Result<Option<PulledManifest>, Error> {
        self.db
            .query_opt(
                "select m.id, m.digest, m.media_type, m.size,
                   exists (select 1 from tag t where t.manifest_id = m.id)
                   or (m.subject is null and not exists (select 1 from reach r
                       where r.artifact_id = m.artifact_id and r.below = m.digest))
                 from manifest m where m.artifact_id = $1 and m.organization_id = $2 and m.digest = $3",
                params![artifact, permit.organization(), digest.to_string()],
            )
            .await?
            .as_ref()
            .map(pulled)
            .transpose()
    }

    /// The bytes of a manifest.
    pub async fn find_manifest_content(
        &mut self,
        permit: &Permit,
        id: ManifestId,
    ) -> Result<Option<Vec<u8>>, Error> {
        let sql = "select content from manifest where id = $1 and organization_id = $2";
        let row = self.db.query_opt(sql, params![id, permit.organization()]).await?;
        row.map(|row| row.get(0)).transpose()
    }

    /// Every manifest through which a digest is reached in an artifact, itself if it is one, each with its tags.
    pub async fn list_roots(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        digest: &str,
    ) -> Result<Vec<Root>, Error> {
        let rows = self
            .db
            .query(
                "with recursive up (digest) as (
                   select m.digest from manifest m where m.artifact_id = $1 and m.digest = $3
                   union
                   select r.above from reach r where r.artifact_id = $1 and r.below = $3
                   union
                   select r.above from up join reach r on r.artifact_id = $1 and r.below = up.digest
                 )
                 select m.id, t.id, t.name from up
                 join manifest m on m.artifact_id = $1 and m.digest = up.digest and m.organization_id = $2
                 left join tag t on t.manifest_id = m.id
                 order by m.id",
                params![artifact, permit.organization(), digest],
            )
            .await?;
        let mut roots: Vec<Root> = Vec::new();
        for row in &rows {
            let manifest = id(row, 0)?;
            if roots.last().is_none_or(|root| root.manifest != manifest) {
                roots.push(Root { manifest, tags: Vec::new() });
            }
            if let (Some(id), Some(root)) = (optional_id::<TagId>(row, 1)?, roots.last_mut()) {
                root.tags.push(row.get::<String>(2)?.parse().map_err(|_| corrupt("tag", "name", id.0))?);
            }
        }
        Ok(roots)
    }

    /// What is below a manifest and moved by a pull of it: digests with their sizes, each once.
    pub async fn list_below(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        digest: &Digest,
    ) -> Result<Vec<(String, u64)>, Error> {
        let rows = self
            .db
            .query(
                "with recursive down (digest, size) as (
                   select r.below, r.size from reach r join artifact a on a.id = r.artifact_id
                   where r.artifact_id = $1 and a.organization_id = $3 and r.above = $2
                     and r.kind in ('blob', 'child')
                   union
                   select r.below, r.size from down join reach r
                     on r.artifact_id = $1 and r.above = down.digest and r.kind in ('blob', 'child')
                 )
                 select distinct digest, size from down",
                params![artifact, digest.to_string(), permit.organization()],
            )
            .await?;
        rows.iter().map(|row| Ok((row.get(0)?, count(row, 1)?))).collect()
    }

    /// Manifests whose subject is `subject`, by digest after `last`, as a list of referrers shows them.
    pub async fn list_referrers(
        &mut self,
        permit: &Permit,
        (artifact, subject): (ArtifactId, &Digest),
        artifact_type: Option<&str>,
        (last, limit): (Option<&Digest>, usize),
    ) -> Result<Vec<Descriptor>, Error> {
        let rows = self
            .db
            .query(
                "select id, digest, media_type, artifact_type, annotations, size from manifest
                 where artifact_id = $1 and organization_id = $2 and subject = $3
                   and (artifact_type = $4 or $4 is null) and digest > $5 order by digest limit $6",
                params![
                    artifact,
                    permit.organization(),
                    subject.to_string(),
                    artifact_type,
                    last.map_or(String::new(), ToString::to_string),
                    i64::try_from(limit).unwrap_or(i64::MAX)
                ],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let id: ManifestId = id(row, 0)?;
                let annotations: Annotations = serde_json::from_str(&row.get::<String>(4)?)
                    .map_err(|_| corrupt("manifest", "annotations", id.0))?;
                Ok(Descriptor {
                    media_type: row.get(2)?,
                    digest: digest(row, 1, id)?,
                    size: count(row, 5)?,
                    artifact_type: row.get(3)?,
                    platform: None,
                    annotations,
                })
            })
            .collect()
    }

    /// Whether a manifest of the artifact still lists this digest as its blob.
    pub async fn is_blob_needed(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        digest: &str,
    ) -> Result<bool, Error> {
        let sql = "select r.manifest_id from reach r join artifact a on a.id = r.artifact_id
                   where r.artifact_id = $1 and a.organization_id = $2 and r.below = $3 and r.kind = 'blob' limit 1";
        Ok(self.db.query_opt(sql, params![artifact, permit.organization(), digest]).await?.is_some())
    }

    /// The size that manifests of the artifact say a blob of theirs has; the largest, should they differ.
    pub async fn find_listed_size(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        digest: &str,
    ) -> Result<Option<u64>, Error> {
        let sql = "select r.size from reach r join artifact a on a.id = r.artifact_id
                   where r.artifact_id = $1 and a.organization_id = $2 and r.below = $3 and r.kind = 'blob'
                   order by r.size desc limit 1";
        let row = self.db.query_opt(sql, params![artifact, permit.organization(), digest]).await?;
        row.map(|row| count(&row, 0)).transpose()
    }

    /// Deletes a manifest with its tags and links. Blobs that it needed may be collected from `now` on.
    pub async fn delete_manifest(
        &mut self,
        permit: &Permit,
        id: ManifestId,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.db
            .execute(
                "update artifact_blob set leased_until = $3 where leased_until is null
                   and artifact_id in (select artifact_id from manifest where id = $1 and organization_id = $2)
                   and blob_id in (select b.id from reach r join blob b
                     on b.organization_id = $2 and (b.sha256 = r.below or b.sha512 = r.below)
                     where r.manifest_id = $1 and r.kind = 'blob')",
                params![id, permit.organization(), now],
            )
            .await?;
        for sql in [
            "delete from artifact_grant_manifest where manifest_id in
               (select id from manifest where id = $1 and organization_id = $2)",
            "delete from tag where manifest_id in (select id from manifest where id = $1 and organization_id = $2)",
            "delete from reach where manifest_id in (select id from manifest where id = $1 and organization_id = $2)",
            "delete from manifest where id = $1 and organization_id = $2",
        ] {
            self.db.execute(sql, params![id, permit.organization()]).await?;
        }
        Ok(())
    }

    /// Notes since when these digests of an artifact are neither tagged nor reached through another manifest.
    pub async fn mark_orphans(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        digests: &[String],
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        for digest in digests {
            self.db
                .execute(
                    "update manifest set orphaned_at = $4
                     where artifact_id = $1 and organization_id = $2 and digest = $3 and orphaned_at is null
                       and not exists (select 1 from tag t where t.manifest_id = manifest.id)
                       and not exists (select 1 from reach r join manifest p
                         on p.artifact_id = r.artifact_id and p.digest = r.above
                         where r.artifact_id = $1 and r.below = manifest.digest)",
                    params![artifact, permit.organization(), digest.as_str(), now],
                )
                .await?;
        }
        Ok(())
    }

    /// Notes that a manifest is in use again.
    pub async fn unmark_orphan(&mut self, permit: &Permit, id: ManifestId) -> Result<(), Error> {
        let sql = "update manifest set orphaned_at = null where id = $1 and organization_id = $2";
        self.db.execute(sql, params![id, permit.organization()]).await?;
        Ok(())
    }

    /// What a manifest's deletion leaves with one thing less to be reached through: its children and its referrers.
    pub async fn list_manifests_below(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        above: &Digest,
    ) -> Result<Vec<String>, Error> {
        let rows = self
            .db
            .query(
                "select r.below from reach r join artifact a on a.id = r.artifact_id
                 where r.artifact_id = $1 and a.organization_id = $2 and r.above = $3 and r.kind <> 'blob'",
                params![artifact, permit.organization(), above.to_string()],
            )
            .await?;
        rows.iter().map(|row| row.get(0)).collect()
    }
}
