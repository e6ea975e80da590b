//! Tags.

use chrono::{DateTime, Utc};
use grantry_model::artifact::TagEntry;
use grantry_model::id::{ArtifactId, ManifestId, TagId};
use grantry_model::policy::Permit;
use grantry_oci::reference::Tag;

use crate::column::{contains, corrupt, id};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// The unique index on an artifact's tags, for mapping a conflict.
pub const TAG_UNIQUE: &str = "tag_name_unique";

fn tag(row: &Row) -> Result<TagEntry, Error> {
    let id: TagId = id(row, 0)?;
    Ok(TagEntry {
        id,
        name: name(&row.get::<String>(1)?, id)?,
        manifest: self::id(row, 2)?,
        created_at: row.get(3)?,
        updated_at: row.get(4)?,
    })
}

fn name(text: &str, id: TagId) -> Result<Tag, Error> {
    text.parse().map_err(|_| corrupt("tag", "name", id.0))
}

impl Tx {
    /// A tag of an artifact.
    pub async fn find_tag(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        name: &Tag,
    ) -> Result<Option<TagEntry>, Error> {
        self.db
            .query_opt(
                "select t.id, t.name, t.manifest_id, t.created_at, t.updated_at
                 from tag t join artifact a on a.id = t.artifact_id
                 where t.artifact_id = $1 and a.organization_id = $2 and t.name = $3",
                params![artifact, permit.organization(), name.as_str()],
            )
            .await?
            .as_ref()
            .map(tag)
            .transpose()
    }

    /// Tags of an artifact in the order of ASCII, after `last`, with those attached to manifests by their form.
    pub async fn list_tags(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        (last, limit): (&str, usize),
    ) -> Result<Vec<TagEntry>, Error> {
        let rows = self
            .db
            .query(
                "select t.id, t.name, t.manifest_id, t.created_at, t.updated_at
                 from tag t join artifact a on a.id = t.artifact_id
                 where t.artifact_id = $1 and a.organization_id = $2 and t.name > $3 order by t.name limit $4",
                params![
                    artifact,
                    permit.organization(),
                    last,
                    i64::try_from(limit).unwrap_or(i64::MAX)
                ],
            )
            .await?;
        rows.iter().map(tag).collect()
    }

    /// The tags of a manifest, in the order of ASCII.
    pub async fn list_tags_of(
        &mut self,
        permit: &Permit,
        manifest: ManifestId,
    ) -> Result<Vec<TagEntry>, Error> {
        let rows = self
            .db
            .query(
                "select t.id, t.name, t.manifest_id, t.created_at, t.updated_at
                 from tag t join artifact a on a.id = t.artifact_id
                 where t.manifest_id = $1 and a.organization_id = $2 order by t.name",
                params![manifest, permit.organization()],
            )
            .await?;
        rows.iter().map(tag).collect()
    }

    /// Adds a tag.
    ///
    /// # Errors
    /// A conflict with [`TAG_UNIQUE`].
    pub async fn insert_tag(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        tag: &TagEntry,
    ) -> Result<(), Error> {
        self.db
            .execute(
                "insert into tag (id, artifact_id, name, manifest_id, created_at, updated_at)
                 select $1, a.id, $4, m.id, $6, $7 from artifact a join manifest m on m.artifact_id = a.id
                 where a.id = $2 and a.organization_id = $3 and m.id = $5",
                params![
                    tag.id,
                    artifact,
                    permit.organization(),
                    tag.name.as_str(),
                    tag.manifest,
                    tag.created_at,
                    tag.updated_at
                ],
            )
            .await?;
        Ok(())
    }

    /// Moves a tag to another manifest of its artifact.
    pub async fn move_tag(
        &mut self,
        permit: &Permit,
        id: TagId,
        to: ManifestId,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.db
            .execute(
                "update tag set manifest_id = $3, updated_at = $4
                 where id = $1 and artifact_id in (select id from artifact where organization_id = $2)",
                params![id, permit.organization(), to, now],
            )
            .await?;
        Ok(())
    }

    /// Deletes a tag alone.
    pub async fn delete_tag(&mut self, permit: &Permit, id: TagId) -> Result<(), Error> {
        self.db
            .execute(
                "delete from tag
                 where id = $1 and artifact_id in (select id from artifact where organization_id = $2)",
                params![id, permit.organization()],
            )
            .await?;
        Ok(())
    }

    /// The tag of an id.
    pub async fn find_tag_by_id(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        id: TagId,
    ) -> Result<Option<TagEntry>, Error> {
        self.db
            .query_opt(
                "select t.id, t.name, t.manifest_id, t.created_at, t.updated_at
                 from tag t join artifact a on a.id = t.artifact_id
                 where t.id = $1 and t.artifact_id = $2 and a.organization_id = $3",
                params![id, artifact, permit.organization()],
            )
            .await?
            .as_ref()
            .map(tag)
            .transpose()
    }

    /// All tags of an artifact whose name contains `search`, those that moved last first, without those attached to
    /// manifests by their form.
    pub async fn list_newest_tags(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        search: &str,
    ) -> Result<Vec<TagEntry>, Error> {
        let rows = self
            .db
            .query(
                "select t.id, t.name, t.manifest_id, t.created_at, t.updated_at
                 from tag t join artifact a on a.id = t.artifact_id
                 where t.artifact_id = $1 and a.organization_id = $2 and lower(t.name) like $3 escape '\\'
                 order by t.updated_at desc, t.name desc",
                params![artifact, permit.organization(), contains(search)],
            )
            .await?;
        let tags = rows.iter().map(tag).collect::<Result<Vec<_>, _>>()?;
        Ok(tags.into_iter().filter(|tag| tag.name.attachment().is_none()).collect())
    }
}
