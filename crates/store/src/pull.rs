//! Pulls.

use chrono::{DateTime, Utc};
use grantry_model::id::{ArtifactId, CustomerId, ManifestId, OrganizationId, PullId, UserId};
use grantry_model::page::{Cursor, Page};
use grantry_model::policy::Permit;
use grantry_model::pull::{Pull, PullCount, PullFilter, PullOption, PullTally};
use uuid::Uuid;

use crate::column::{count, id, least_id, optional_id};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// A pull that is to be kept, with the names of its time.
#[derive(Debug, Clone)]
pub struct NewPull {
    /// Its id.
    pub id: PullId,
    /// When.
    pub at: DateTime<Utc>,
    /// Of which artifact.
    pub artifact: ArtifactId,
    /// What it was called.
    pub artifact_name: String,
    /// The manifest.
    pub manifest: ManifestId,
    /// By what it was asked for: a tag or a digest.
    pub reference: String,
    /// Its digest.
    pub digest: String,
    /// Its media type.
    pub media_type: String,
    /// The customer whose member pulled; `None` for the vendor's staff.
    pub customer: Option<CustomerId>,
    /// Who pulled; `None` for an agent.
    pub user: Option<UserId>,
    /// What they were called; for an agent, what its deployment target was called.
    pub user_name: String,
    /// Their address.
    pub user_email: String,
    /// The network address.
    pub address: String,
    /// The client, as it names itself.
    pub user_agent: String,
}

/// The pulls `p` of organization `$1` and customer `$2` with an id from `$3` on and before `$4`.
macro_rules! within {
    () => {
        "from artifact_pull p
         where p.organization_id = $1 and (p.customer_id = $2 or $2 is null) and p.id >= $3 and p.id < $4 "
    };
}

/// What [`Pull`] says of a pull `p`.
macro_rules! columns {
    () => {
        "select p.id, p.at, p.artifact_id, p.artifact_name,
           (select a.created_at from artifact a where a.id = p.artifact_id), p.manifest_id,
           (select m.pushed_at from manifest m where m.id = p.manifest_id), p.reference, p.digest, p.media_type,
           p.customer_id, p.customer_name, exists (select 1 from customer c where c.id = p.customer_id), p.user_id,
           p.user_name, p.user_email, p.address, p.user_agent "
    };
}

fn pull(row: &Row) -> Result<Pull, Error> {
    let artifact_created_at: Option<DateTime<Utc>> = row.get(4)?;
    Ok(Pull {
        id: id(row, 0)?,
        at: row.get(1)?,
        artifact: id(row, 2)?,
        artifact_name: row.get(3)?,
        artifact_exists: artifact_created_at.is_some(),
        artifact_created_at,
        manifest: id(row, 5)?,
        pushed_at: row.get(6)?,
        reference: row.get(7)?,
        digest: row.get(8)?,
        media_type: row.get(9)?,
        customer: optional_id(row, 10)?,
        customer_name: row.get(11)?,
        customer_exists: row.get(12)?,
        user: optional_id(row, 13)?,
        user_name: row.get(14)?,
        user_email: row.get(15)?,
        address: row.get(16)?,
        user_agent: row.get(17)?,
    })
}

/// A pattern for `like … escape '\'` that finds texts which begin so.
fn begins(text: &str) -> String {
    let escaped = text.trim().replace('\0', "").replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("{escaped}%")
}

impl Tx {
    /// Keeps a pull that was served in an organization. It was permitted then; so there is no permit.
    pub async fn insert_pull(&mut self, organization: OrganizationId, pull: &NewPull) -> Result<(), Error> {
        self.db
            .execute(
                "insert into artifact_pull (id, organization_id, at, artifact_id, artifact_name, manifest_id, reference,
                   digest, media_type, customer_id, customer_name, user_id, user_name, user_email, address, user_agent)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
                   (select c.name from customer c where c.id = $10), $11, $12, $13, $14, $15)",
                params![
                    pull.id,
                    organization,
                    pull.at,
                    pull.artifact,
                    pull.artifact_name.as_str(),
                    pull.manifest,
                    pull.reference.as_str(),
                    pull.digest.as_str(),
                    pull.media_type.as_str(),
                    pull.customer,
                    pull.user,
                    pull.user_name.as_str(),
                    pull.user_email.as_str(),
                    pull.address.as_str(),
                    pull.user_agent.as_str()
                ],
            )
            .await?;
        Ok(())
    }

    /// Pulls that the permit reaches, the newest first.
    pub async fn list_pulls(
        &mut self,
        permit: &Permit,
        filter: &PullFilter,
        (before, limit): (Option<&Cursor>, usize),
    ) -> Result<Page<Pull>, Error> {
        let end = filter.before.map_or(Uuid::max(), least_id);
        let rows = self
            .db
            .query(
                concat!(
                    columns!(),
                    within!(),
                    "and (p.customer_id = $5 or $5 is null) and (p.user_id = $6 or $6 is null)
                     and p.address like $7 escape '\\' and (p.address = $11 or $11 is null) and (p.artifact_id = $8 or $8 is null)
                     and (p.manifest_id = $9 or $9 is null or exists (select 1 from tag t
                       where t.id = $9 and t.artifact_id = p.artifact_id and t.name = p.reference))
                     order by p.id desc limit $10"
                ),
                params![
                    permit.organization(),
                    permit.customer(),
                    filter.after.map_or(Uuid::nil(), least_id),
                    before.map_or(end, |cursor| cursor.id.min(end)),
                    filter.customer,
                    filter.user,
                    begins(filter.address.as_deref().unwrap_or("")),
                    filter.artifact,
                    filter.version,
                    i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1),
                    filter.whole_address.as_deref().map(|text| text.replace('\0', ""))
                ],
            )
            .await?;
        let items = rows.iter().map(pull).collect::<Result<_, _>>()?;
        Ok(Page::from_surplus(items, Some(limit), |pull| Cursor { key: String::new(), id: pull.id.0 }))
    }

    /// How often each artifact was pulled by each customer from one moment until before another; only of one artifact, if it
    /// is given.
    pub async fn count_pulls(
        &mut self,
        permit: &Permit,
        artifact: Option<ArtifactId>,
        (from, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<PullCount>, Error> {
        let rows = self
            .db
            .query(
                concat!(
                    "select p.artifact_id, p.customer_id,
                       coalesce((select c.name from customer c where c.id = p.customer_id), max(p.customer_name)), count(*) ",
                    within!(),
                    "and (p.artifact_id = $5 or $5 is null) group by p.artifact_id, p.customer_id"
                ),
                params![
                    permit.organization(),
                    permit.customer(),
                    least_id(from),
                    least_id(until),
                    artifact
                ],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(PullCount {
                    artifact: id(row, 0)?,
                    customer: optional_id(row, 1)?,
                    customer_name: row.get(2)?,
                    count: count(row, 3)?,
                })
            })
            .collect()
    }

    /// Who pulled what how often, ever; only of one artifact, if it is given.
    pub async fn tally_pulls(
        &mut self,
        permit: &Permit,
        artifact: Option<ArtifactId>,
    ) -> Result<Vec<PullTally>, Error> {
        let rows = self
            .db
            .query(
                "select p.artifact_id, p.manifest_id, p.reference, p.customer_id, p.user_id, count(*) from artifact_pull p
                 where p.organization_id = $1 and (p.customer_id = $2 or $2 is null)
                   and (p.artifact_id = $3 or $3 is null)
                 group by p.artifact_id, p.manifest_id, p.reference, p.customer_id, p.user_id",
                params![permit.organization(), permit.customer(), artifact],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(PullTally {
                    artifact: id(row, 0)?,
                    manifest: id(row, 1)?,
                    reference: row.get(2)?,
                    customer: optional_id(row, 3)?,
                    user: optional_id(row, 4)?,
                    count: count(row, 5)?,
                })
            })
            .collect()
    }

    /// Customers of which pulls are kept, by name.
    pub async fn list_pulling_customers(&mut self, permit: &Permit) -> Result<Vec<PullOption>, Error> {
        let sql = "select p.customer_id,
                     coalesce((select c.name from customer c where c.id = p.customer_id), max(p.customer_name), '')
                   from artifact_pull p where p.organization_id = $1 and p.customer_id is not null
                   group by p.customer_id order by 2";
        self.pull_options(sql, permit).await
    }

    /// Users of which pulls are kept, by name.
    pub async fn list_pulling_users(&mut self, permit: &Permit) -> Result<Vec<PullOption>, Error> {
        let sql = "select p.user_id, max(p.user_name) from artifact_pull p
                   where p.organization_id = $1 and p.user_id is not null group by p.user_id order by 2";
        self.pull_options(sql, permit).await
    }

    /// Artifacts of which pulls are kept, by name.
    pub async fn list_pulled_artifacts(&mut self, permit: &Permit) -> Result<Vec<PullOption>, Error> {
        let sql = "select p.artifact_id, max(p.artifact_name) from artifact_pull p
                   where p.organization_id = $1 group by p.artifact_id order by 2";
        self.pull_options(sql, permit).await
    }

    /// Network addresses of which pulls are kept; at most `limit`.
    pub async fn list_pulling_addresses(
        &mut self,
        permit: &Permit,
        limit: i64,
    ) -> Result<Vec<String>, Error> {
        let sql = "select distinct p.address from artifact_pull p
                   where p.organization_id = $1 order by p.address limit $2";
        self.db
            .query(sql, params![permit.organization(), limit])
            .await?
            .iter()
            .map(|row| row.get(0))
            .collect()
    }

    /// Manifests of an artifact of which pulls are kept, each with by what it was asked for.
    pub async fn list_pulled_versions(
        &mut self,
        permit: &Permit,
        artifact: ArtifactId,
    ) -> Result<Vec<PullOption>, Error> {
        let rows = self
            .db
            .query(
                "select p.manifest_id, p.reference from artifact_pull p
                 where p.organization_id = $1 and p.artifact_id = $2
                 group by p.manifest_id, p.reference order by 2, 1",
                params![permit.organization(), artifact],
            )
            .await?;
        rows.iter().map(|row| Ok(PullOption { id: id(row, 0)?, name: row.get(1)? })).collect()
    }

    /// The last pull of each artifact by each customer's members.
    pub async fn list_last_pulls(&mut self, permit: &Permit) -> Result<Vec<Pull>, Error> {
        let rows = self
            .db
            .query(
                concat!(
                    columns!(),
                    "from artifact_pull p
                 where p.organization_id = $1 and p.customer_id is not null
                   and not exists (select 1 from artifact_pull l where l.organization_id = $1
                     and l.customer_id = p.customer_id and l.artifact_id = p.artifact_id and l.id > p.id)
                 order by p.artifact_name, p.artifact_id"
                ),
                params![permit.organization()],
            )
            .await?;
        rows.iter().map(pull).collect()
    }

    async fn pull_options(&mut self, sql: &'static str, permit: &Permit) -> Result<Vec<PullOption>, Error> {
        let rows = self.db.query(sql, params![permit.organization()]).await?;
        rows.iter().map(|row| Ok(PullOption { id: id(row, 0)?, name: row.get(1)? })).collect()
    }
}
