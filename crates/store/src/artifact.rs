//! Artifacts.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use grantry_model::artifact::{Artifact, ArtifactContents, ArtifactName, ArtifactOrder, Upstream};
use grantry_model::id::{ArtifactId, FileId};
use grantry_model::page::{Cursor, Page, PageRequest};
use grantry_model::policy::Permit;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::column::{PageParams, corrupt, count, id};
use crate::db::{Row, Value, params};
use crate::error::Error;
use crate::store::Tx;

/// The unique index on names, for mapping a conflict.
pub const NAME_UNIQUE: &str = "artifact_name_unique";

/// Where a request to the registry is, read at one moment with what decisions on it are valid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The number of the organization's last entry that changes access.
    pub access: u64,
    /// Whether customers see only what they are entitled to.
    pub is_restricted: bool,
    /// Whether tags may move.
    pub tags_mutable: bool,
    /// The organization's slug.
    pub slug: String,
    /// The artifact asked for, if the organization has it.
    pub artifact: Option<ArtifactPlace>,
}

/// An artifact, as a request to the registry needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArtifactPlace {
    /// Its id.
    pub id: ArtifactId,
    /// Moves with everything that changes what is reached through what in it.
    pub change: u64,
    /// Whether it is pulled through from elsewhere.
    pub has_upstream: bool,
}

/// The credentials of an upstream, in the clear.
#[derive(Clone)]
pub struct UpstreamCredentials {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: Zeroizing<String>,
}

impl fmt::Debug for UpstreamCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpstreamCredentials").field("username", &self.username).finish_non_exhaustive()
    }
}

fn seal_context(artifact: ArtifactId) -> String {
    format!("artifact.upstream_password.{artifact}")
}

/// What every list says of an artifact `a`.
macro_rules! listed {
    () => {
        "select a.id, a.name, a.created_at, a.pushed_at, a.upstream_url, a.upstream_username, a.synced_at, a.sync_error,
           a.cache_limit, a.cache_days, a.sync_hours, a.image_id,
           (select count(*) from tag t where t.artifact_id = a.id and t.name not like 'sha256-%'
              and t.name not like 'sha512-%'),
           (select cast(coalesce(sum(b.size), 0) as bigint) from artifact_blob l join blob b on b.id = l.blob_id
            where l.artifact_id = a.id),
           (select count(*) from manifest m where m.artifact_id = a.id)
         from artifact a "
    };
}

fn contents(row: &Row) -> Result<ArtifactContents, Error> {
    let manifests = count(row, COLUMNS + 2)?;
    Ok(ArtifactContents { tags: count(row, COLUMNS)?, size: count(row, COLUMNS + 1)?, manifests })
}

const COLUMNS: usize = 12;

fn artifact(row: &Row) -> Result<Artifact, Error> {
    let id: ArtifactId = id(row, 0)?;
    let upstream = row.get::<Option<String>>(4)?.map(|url| {
        Ok::<_, Error>(Upstream {
            url,
            username: row.get(5)?,
            synced_at: row.get(6)?,
            sync_error: row.get(7)?,
            upkeep: crate::cache::upkeep(row, 8, id)?,
        })
    });
    Ok(Artifact {
        id,
        name: name(&row.get::<String>(1)?, id)?,
        created_at: row.get(2)?,
        pushed_at: row.get(3)?,
        upstream: upstream.transpose()?,
        image: crate::column::optional_id(row, 11)?,
    })
}

/// Where a list goes on whose newest entries come first: before this time and id.
pub(crate) fn newest_before(after: Option<&Cursor>) -> (DateTime<Utc>, Uuid) {
    let found = after
        .and_then(|cursor| Some((DateTime::from_timestamp_micros(cursor.key.parse().ok()?)?, cursor.id)));
    // Later than anything that the hub's clock says; a database takes no later one.
    found.unwrap_or((DateTime::UNIX_EPOCH + TimeDelta::seconds(253_402_300_800), Uuid::max()))
}

/// The place of an entry in such a list.
pub(crate) fn newest_cursor(at: DateTime<Utc>, id: impl Into<Uuid>) -> Cursor {
    Cursor { key: at.timestamp_micros().to_string(), id: id.into() }
}

fn name(text: &str, id: ArtifactId) -> Result<ArtifactName, Error> {
    text.parse().map_err(|_| corrupt("artifact", "name", id.0))
}

impl Tx {
    /// Where a request to the permit's organization is, by the parts of the name it uses. `None` if the organization is gone.
    pub async fn find_place(
        &mut self,
        permit: &Permit,
        slug: &str,
        artifact: &str,
    ) -> Result<Option<Place>, Error> {
        let row = self
            .db
            .query_opt(
                "select h.access_seq, o.artifacts_restricted, o.tags_mutable, o.slug, a.id, a.change,
                   a.upstream_url is not null
                 from organization o
                 left join audit_head h on h.organization_id = o.id
                 left join artifact a on a.organization_id = o.id and a.name = $3 and o.slug = $2
                 where o.id = $1",
                params![permit.organization(), slug, artifact],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let artifact = match crate::column::optional_id(&row, 4)? {
            Some(id) => Some(ArtifactPlace { id, change: count(&row, 5)?, has_upstream: row.get(6)? }),
            None => None,
        };
        Ok(Some(Place {
            access: row.get::<Option<i64>>(0)?.and_then(|seq| u64::try_from(seq).ok()).unwrap_or(0),
            is_restricted: row.get(1)?,
            tags_mutable: row.get(2)?,
            slug: row.get(3)?,
            artifact,
        }))
    }

    /// Adds an artifact.
    ///
    /// # Errors
    /// A conflict with [`NAME_UNIQUE`].
    pub async fn insert_artifact(&mut self, permit: &Permit, artifact: &Artifact) -> Result<(), Error> {
        let url = artifact.upstream.as_ref().map(|upstream| upstream.url.as_str());
        self.db
            .execute(
                "insert into artifact (id, organization_id, name, created_at, change, upstream_url)
                 values ($1, $2, $3, $4, 0, $5)",
                params![artifact.id, permit.organization(), artifact.name.as_str(), artifact.created_at, url],
            )
            .await?;
        Ok(())
    }

    /// The artifact of an id.
    pub async fn find_artifact(
        &mut self,
        permit: &Permit,
        id: ArtifactId,
    ) -> Result<Option<Artifact>, Error> {
        self.db
            .query_opt(
                "select id, name, created_at, pushed_at, upstream_url, upstream_username, synced_at, sync_error,
                   cache_limit, cache_days, sync_hours, image_id
                 from artifact where id = $1 and organization_id = $2",
                params![id, permit.organization()],
            )
            .await?
            .as_ref()
            .map(artifact)
            .transpose()
    }

    /// The artifact of a name.
    pub async fn find_artifact_by_name(
        &mut self,
        permit: &Permit,
        name: &ArtifactName,
    ) -> Result<Option<Artifact>, Error> {
        self.db
            .query_opt(
                "select id, name, created_at, pushed_at, upstream_url, upstream_username, synced_at, sync_error,
                   cache_limit, cache_days, sync_hours, image_id
                 from artifact where organization_id = $1 and name = $2",
                params![permit.organization(), name.as_str()],
            )
            .await?
            .as_ref()
            .map(artifact)
            .transpose()
    }

    /// Artifacts in this order, each with what it has. Those to which nothing was pushed yet are left out.
    pub async fn list_artifacts(
        &mut self,
        permit: &Permit,
        order: ArtifactOrder,
        page: &PageRequest,
    ) -> Result<Page<(Artifact, ArtifactContents)>, Error> {
        let params = PageParams::new(page);
        let rows = match order {
            ArtifactOrder::Name => {
                let sql = concat!(
                    listed!(),
                    "where a.organization_id = $1 and (a.name, a.id) > ($2, $3) and a.name like $4 escape '\\'
                       and (a.pushed_at is not null or a.upstream_url is not null)
                     order by a.name, a.id limit $5"
                );
                let after = params.after;
                let keys = params![permit.organization(), after.key, after.id, params.pattern, params.limit];
                self.db.query(sql, keys).await?
            }
            ArtifactOrder::Newest => {
                let sql = concat!(
                    listed!(),
                    "where a.organization_id = $1 and (coalesce(a.pushed_at, a.created_at), a.id) < ($2, $3)
                       and a.name like $4 escape '\\' and (a.pushed_at is not null or a.upstream_url is not null)
                     order by coalesce(a.pushed_at, a.created_at) desc, a.id desc limit $5"
                );
                let (at, id) = newest_before(page.after.as_ref());
                let keys = params![permit.organization(), at, id, params.pattern, params.limit];
                self.db.query(sql, keys).await?
            }
        };
        let items =
            rows.iter().map(|row| Ok((artifact(row)?, contents(row)?))).collect::<Result<_, Error>>()?;
        Ok(Page::from_surplus(items, page.limit, |(artifact, _)| match order {
            ArtifactOrder::Name => Cursor { key: artifact.name.as_str().to_owned(), id: artifact.id.0 },
            ArtifactOrder::Newest => {
                newest_cursor(artifact.pushed_at.unwrap_or(artifact.created_at), artifact.id)
            }
        }))
    }

    /// What an artifact has.
    pub async fn artifact_contents(
        &mut self,
        permit: &Permit,
        id: ArtifactId,
    ) -> Result<ArtifactContents, Error> {
        let sql = concat!(listed!(), "where a.id = $1 and a.organization_id = $2");
        let row = self.db.query_opt(sql, params![id, permit.organization()]).await?;
        row.map_or(Ok(ArtifactContents::default()), |row| contents(&row))
    }

    /// How many artifacts there are to see.
    pub async fn count_artifacts(&mut self, permit: &Permit) -> Result<u64, Error> {
        let sql = "select count(*) from artifact
                   where organization_id = $1 and (pushed_at is not null or upstream_url is not null)";
        let row = self.db.query_opt(sql, params![permit.organization()]).await?;
        row.map_or(Ok(0), |row| count(&row, 0))
    }

    /// Changes where an artifact is pulled through from. What was said of its last comparison is forgotten.
    pub async fn update_upstream(
        &mut self,
        permit: &Permit,
        id: ArtifactId,
        url: &str,
        credentials: Option<&UpstreamCredentials>,
    ) -> Result<(), Error> {
        let sealed = match credentials {
            Some(one) => Some(self.master_key.seal(&seal_context(id), one.password.as_bytes())?),
            None => None,
        };
        let username = credentials.map(|one| one.username.as_str());
        self.db
            .execute(
                "update artifact set upstream_url = $3, upstream_username = $4, upstream_password = $5,
                   synced_at = null, sync_error = null
                 where id = $1 and organization_id = $2",
                params![id, permit.organization(), url, username, sealed],
            )
            .await?;
        Ok(())
    }

    /// Notes when an artifact's tags were compared with its upstream's, and why that failed if it did.
    pub async fn note_sync(
        &mut self,
        permit: &Permit,
        id: ArtifactId,
        now: DateTime<Utc>,
        problem: Option<&str>,
    ) -> Result<(), Error> {
        // The time is that of the last success.
        let (sql, noted) = match problem {
            None => {
                let sql = "update artifact set synced_at = $3, sync_error = null
                           where id = $1 and organization_id = $2";
                (sql, Value::from(now))
            }
            Some(problem) => {
                let sql = "update artifact set sync_error = $3 where id = $1 and organization_id = $2";
                (sql, Value::from(problem))
            }
        };
        self.db.execute(sql, params![id, permit.organization(), noted]).await?;
        Ok(())
    }

    /// The credentials of an artifact's upstream, if it has any.
    ///
    /// # Errors
    /// They can't be opened with the hub's master key.
    pub async fn find_upstream_credentials(
        &mut self,
        permit: &Permit,
        id: ArtifactId,
    ) -> Result<Option<UpstreamCredentials>, Error> {
        let sql = "select id, upstream_username, upstream_password from artifact
                   where id = $1 and organization_id = $2 and upstream_username is not null
                     and upstream_password is not null";
        let Some(row) = self.db.query_opt(sql, params![id, permit.organization()]).await? else {
            return Ok(None);
        };
        let plain = self.master_key.open(&seal_context(id), &row.get::<Vec<u8>>(2)?)?;
        let password =
            std::str::from_utf8(&plain).map_err(|_| corrupt("artifact", "upstream_password", id.0))?;
        Ok(Some(UpstreamCredentials { username: row.get(1)?, password: Zeroizing::new(password.to_owned()) }))
    }

    /// Ids and names of all artifacts that there are to see, by name, to choose from.
    pub async fn list_artifact_choices(
        &mut self,
        permit: &Permit,
    ) -> Result<Vec<(ArtifactId, String)>, Error> {
        let sql = "select id, name from artifact
                   where organization_id = $1 and (pushed_at is not null or upstream_url is not null) order by name";
        let rows = self.db.query(sql, params![permit.organization()]).await?;
        rows.iter().map(|row| Ok((id(row, 0)?, row.get(1)?))).collect()
    }

    /// Ids and names of artifacts that something was pushed to, by name after `last`.
    pub async fn list_artifact_names(
        &mut self,
        permit: &Permit,
        (last, limit): (&str, usize),
    ) -> Result<Vec<(ArtifactId, String)>, Error> {
        let rows = self
            .db
            .query(
                "select id, name from artifact where organization_id = $1 and name > $2 and pushed_at is not null
                 order by name limit $3",
                params![permit.organization(), last, i64::try_from(limit).unwrap_or(i64::MAX)],
            )
            .await?;
        rows.iter().map(|row| Ok((id(row, 0)?, row.get(1)?))).collect()
    }

    /// Changes the image of an artifact, under the lock of the organization's [files](Tx::lock_files).
    pub async fn update_artifact_image(
        &mut self,
        permit: &Permit,
        id: ArtifactId,
        to: Option<FileId>,
    ) -> Result<(), Error> {
        let sql = "update artifact set image_id = $3 where id = $1 and organization_id = $2";
        self.db.execute(sql, params![id, permit.organization(), to]).await?;
        Ok(())
    }

    /// Keeps other transactions waiting that add to or take from the same artifact.
    pub async fn lock_artifact(&mut self, id: ArtifactId) -> Result<(), Error> {
        self.db.lock(id.0).await
    }

    /// Keeps other transactions waiting that add to the organization's artifacts.
    pub async fn lock_artifacts(&mut self, permit: &Permit) -> Result<(), Error> {
        self.db.lock(permit.organization().0).await
    }

    /// Whether tags of the organization may move.
    pub async fn are_tags_mutable(&mut self, permit: &Permit) -> Result<bool, Error> {
        let sql = "select tags_mutable from organization where id = $1";
        let row = self.db.query_opt(sql, params![permit.organization()]).await?;
        row.map_or(Ok(false), |row| row.get(0))
    }

    /// Notes that what is reached through what in the artifact has changed.
    pub async fn move_artifact(&mut self, permit: &Permit, id: ArtifactId) -> Result<(), Error> {
        let sql = "update artifact set change = change + 1 where id = $1 and organization_id = $2";
        self.db.execute(sql, params![id, permit.organization()]).await?;
        Ok(())
    }

    /// As [`Tx::move_artifact`], for a push.
    pub async fn move_artifact_by_push(
        &mut self,
        permit: &Permit,
        id: ArtifactId,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let sql =
            "update artifact set change = change + 1, pushed_at = $3 where id = $1 and organization_id = $2";
        self.db.execute(sql, params![id, permit.organization(), now]).await?;
        Ok(())
    }

    /// Deletes an artifact with its manifests, tags and links. Its blobs are left to the collection.
    pub async fn delete_artifact(&mut self, permit: &Permit, id: ArtifactId) -> Result<(), Error> {
        for sql in [
            "delete from artifact_grant_manifest where artifact_id in
               (select id from artifact where id = $1 and organization_id = $2)",
            "delete from artifact_grant_tag where artifact_id in
               (select id from artifact where id = $1 and organization_id = $2)",
            "delete from artifact_grant where artifact_id in
               (select id from artifact where id = $1 and organization_id = $2)",
            "delete from upload where artifact_id = $1 and organization_id = $2",
            "delete from tag where artifact_id in (select id from artifact where id = $1 and organization_id = $2)",
            "delete from reach where artifact_id in (select id from artifact where id = $1 and organization_id = $2)",
            "delete from manifest where artifact_id = $1 and organization_id = $2",
            "delete from artifact_blob where artifact_id in
               (select id from artifact where id = $1 and organization_id = $2)",
            "delete from artifact where id = $1 and organization_id = $2",
        ] {
            self.db.execute(sql, params![id, permit.organization()]).await?;
        }
        Ok(())
    }
}
