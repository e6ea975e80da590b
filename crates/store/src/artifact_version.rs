//! Versions of an artifact: manifests with a tag, as lists show them.

use grantry_model::artifact::{TagEntry, Version};
use grantry_model::id::{ArtifactId, ManifestId, TagId};
use grantry_model::page::PageRequest;
use grantry_model::policy::Permit;
use grantry_oci::manifest::Kind;

use crate::artifact::newest_before;
use crate::column::{PageParams, corrupt, id};
use crate::db::{Row, params};
use crate::error::Error;
use crate::manifest::manifest;
use crate::store::Tx;

/// A part of the versions of artifact `$1` of organization `$2`: pushed before `$3` and `$4`, with a tag like `$5`, at most
/// `$6`, the newest first.
macro_rules! part {
    () => {
        "with part as (
           select m.id, m.artifact_id, m.digest, m.media_type, m.kind, m.size, m.total_size, m.pushed_at, m.platforms,
             m.pushed_by
           from manifest m
           where m.artifact_id = $1 and m.organization_id = $2 and (m.pushed_at, m.id) < ($3, $4)
             and exists (select 1 from tag t where t.manifest_id = m.id and lower(t.name) like $5 escape '\\'
               and t.name not like 'sha256-%' and t.name not like 'sha512-%')
           order by m.pushed_at desc, m.id desc limit $6) "
    };
}

fn version(row: &Row) -> Result<Version, Error> {
    let platforms = row.get::<String>(8)?;
    Ok(Version {
        manifest: manifest(row)?,
        platforms: platforms.split_whitespace().map(str::to_owned).collect(),
        pushed_by: row.get(9)?,
        tags: Vec::new(),
        attached: Vec::new(),
    })
}

fn tag(row: &Row, manifest: ManifestId) -> Result<TagEntry, Error> {
    let id: TagId = id(row, 10)?;
    Ok(TagEntry {
        id,
        name: row.get::<String>(11)?.parse().map_err(|_| corrupt("tag", "name", id.0))?,
        manifest,
        created_at: row.get(12)?,
        updated_at: row.get(13)?,
    })
}

impl Tx {
    /// Versions of an artifact with a tag whose name contains what is searched for, those pushed last first; up to one more
    /// than the page's limit.
    pub async fn list_versions(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        page: &PageRequest,
    ) -> Result<Vec<Version>, Error> {
        let PageParams { pattern, limit, .. } = PageParams::new(page);
        let (at, id) = newest_before(page.after.as_ref());
        let keys = params![artifact, permit.organization(), at, id, pattern, limit];
        let sql = concat!(
            part!(),
            "select p.id, p.artifact_id, p.digest, p.media_type, p.kind, p.size, p.total_size, p.pushed_at, p.platforms,
               coalesce(nullif(u.name, ''), u.email), t.id, t.name, t.created_at, t.updated_at
             from part p join tag t on t.manifest_id = p.id left join user_account u on u.id = p.pushed_by
             order by p.pushed_at desc, p.id desc, t.name"
        );
        let mut versions: Vec<Version> = Vec::new();
        for row in &self.db.query(sql, keys).await? {
            let manifest: ManifestId = self::id(row, 0)?;
            if versions.last().is_none_or(|last| last.manifest.id != manifest) {
                versions.push(version(row)?);
            }
            let tag = tag(row, manifest)?;
            if let Some(last) = versions.last_mut().filter(|_| tag.name.attachment().is_none()) {
                last.tags.push(tag);
            }
        }
        let sql = concat!(
            part!(),
            "select distinct p.pushed_at, p.id, x.kind
             from part p
             join reach r on r.artifact_id = p.artifact_id and r.above = p.digest and r.kind in ('subject', 'tag')
             join manifest x on x.id = r.manifest_id
             order by p.pushed_at desc, p.id desc, x.kind"
        );
        for row in &self.db.query(sql, keys).await? {
            let manifest: ManifestId = self::id(row, 1)?;
            let kind = row.get::<String>(2)?.parse().map_err(|_| corrupt("manifest", "kind", manifest.0))?;
            if let Some(one) = versions.iter_mut().find(|one| one.manifest.id == manifest) {
                one.attached.push(kind);
            }
        }
        Ok(versions)
    }

    /// Tags of an artifact with the kind of what they stand for, those that moved last first, without those attached to
    /// manifests by their form; at most so many, if there is a limit.
    pub async fn list_tags_with_kind(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
        limit: Option<usize>,
    ) -> Result<Vec<(TagEntry, Kind)>, Error> {
        let rows = self
            .db
            .query(
                "select m.id, m.kind, t.id, t.name, t.created_at, t.updated_at
                 from tag t join manifest m on m.id = t.manifest_id
                 where t.artifact_id = $1 and m.organization_id = $2
                   and t.name not like 'sha256-%' and t.name not like 'sha512-%'
                 order by t.updated_at desc, t.name desc limit $3",
                params![
                    artifact,
                    permit.organization(),
                    limit.and_then(|limit| i64::try_from(limit).ok()).unwrap_or(i64::MAX)
                ],
            )
            .await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let (manifest, tag): (ManifestId, TagId) = (id(row, 0)?, id(row, 2)?);
            let kind = row.get::<String>(1)?.parse().map_err(|_| corrupt("manifest", "kind", manifest.0))?;
            let entry = TagEntry {
                id: tag,
                name: row.get::<String>(3)?.parse().map_err(|_| corrupt("tag", "name", tag.0))?,
                manifest,
                created_at: row.get(4)?,
                updated_at: row.get(5)?,
            };
            if entry.name.attachment().is_none() {
                found.push((entry, kind));
            }
        }
        Ok(found)
    }
}
