//! Deployments and their revisions.

use grantry_model::application::{Application, TargetKind, Version};
use grantry_model::deployment::content::Content;
use grantry_model::deployment::{
    Deployment, DockerType, Installation, Revision, RevisionAuthor, Status, ValuesHash,
};
use grantry_model::deployment_target::DeploymentTarget;
use grantry_model::id::{CustomerId, DeploymentId, DeploymentRevisionId, DeploymentTargetId};
use grantry_model::name::Name;
use grantry_model::policy::Permit;

use crate::application_version::version;
use crate::column::{corrupt, id, name, named, optional_id};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// The unique index on a target's release names, for mapping a conflict.
pub const RELEASE_UNIQUE: &str = "deployment_release_unique";
/// The unique index on a deployment's revision numbers: two deployed at once.
pub const REVISION_UNIQUE: &str = "deployment_revision_unique";

/// Of so many targets the deployments are read one target after the other.
const FEW_TARGETS: usize = 50;

/// Which deployments are wanted, of those that a permit reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// All.
    Anywhere,
    /// At this target.
    Target(DeploymentTargetId),
    /// At the targets of this customer.
    Customer(CustomerId),
    /// At the vendor's own targets.
    Own,
}

/// A deployment with what is said of it everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentEntry {
    /// The deployment.
    pub deployment: Deployment,
    /// What it runs.
    pub application: Application,
    /// What its target is called.
    pub target_name: Name,
    /// Whose target it is.
    pub customer: Option<CustomerId>,
    /// Its newest revision.
    pub current: Revision,
    /// The version of that.
    pub version: Version,
    /// Why the hub can't tell the agent the newest revision; what it told it last stays.
    pub render_error: Option<String>,
    /// What the agent said last of the newest revision that it said something of.
    pub status: Option<Status>,
}

/// A revision with the name of its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionEntry {
    /// The revision.
    pub revision: Revision,
    /// What its version is called.
    pub version_name: Name,
    /// Whose member made it; `None`: the vendor's, or nobody's any more.
    pub author_customer: Option<CustomerId>,
}

macro_rules! deployment_columns {
    () => {
        "d.id, d.target_id, d.application_id, d.entitlement_id, d.release_name, d.docker_type, d.keep_volumes,
         d.current_seq, d.created_at"
    };
}
pub(crate) use deployment_columns;

macro_rules! revision_columns {
    () => {
        "r.id, r.deployment_id, r.seq, r.version_id, r.values_yaml, r.env_file, r.helm_options, r.force_restart,
         r.ignore_revision_skew, r.values_hash, r.created_at, r.created_by, r.created_by_name, r.reason"
    };
}
pub(crate) use revision_columns;

/// The deployments that a permit reaches, from `deployment d` at `deployment_target t`: the organization is `$1`, the permit's
/// customer `$2`.
macro_rules! reached {
    () => {
        "t.organization_id = $1 and (t.customer_id = $2 or $2 is null)"
    };
}

/// Deployments with what is said of them everywhere, the oldest first: those that the permit reaches, and of which this holds. Each
/// condition is a statement of its own: one with "or it is not asked for" in it would read all deployments for each.
macro_rules! entries {
    ($condition:literal) => {
        concat!(
            "select ",
            deployment_columns!(),
            ", a.name, a.kind, a.created_at, t.name, t.customer_id, d.render_error,
              v.id, v.application_id, v.name, v.link_template, v.chart_kind, v.chart_name, v.chart_url, v.chart_version,
              v.created_at, v.archived_at, ",
            revision_columns!(),
            ", s.id, s.revision_id, s.kind, s.message, s.created_at, s.until, a.image_id
             from deployment d
             join deployment_target t on t.id = d.target_id
             join application a on a.id = d.application_id
             join deployment_revision r on r.deployment_id = d.id and r.seq = d.current_seq
             join application_version v on v.id = r.version_id
             left join deployment_status s on s.id = (select x.id from deployment_status x
               join deployment_revision y on y.id = x.revision_id
               where x.deployment_id = d.id order by y.seq desc, x.created_at desc, x.id desc limit 1)
             where ",
            reached!(),
            " and ",
            $condition,
            " order by d.created_at, d.id"
        )
    };
}

/// Reads a deployment from the first columns.
pub(crate) fn deployment(row: &Row) -> Result<Deployment, Error> {
    let id: DeploymentId = id(row, 0)?;
    let bad = |column| corrupt("deployment", column, id.0);
    let release: Option<String> = row.get(4)?;
    let docker: Option<String> = row.get(5)?;
    let installation = match (release, docker) {
        (Some(name), None) => Installation::Helm(name.parse().map_err(|_| bad("release_name"))?),
        (None, Some(kind)) => {
            Installation::Docker(kind.parse::<DockerType>().map_err(|_| bad("docker_type"))?)
        }
        _ => return Err(bad("docker_type")),
    };
    Ok(Deployment {
        id,
        target: self::id(row, 1)?,
        application: self::id(row, 2)?,
        entitlement: optional_id(row, 3)?,
        installation,
        keep_volumes: row.get(6)?,
        current_seq: u32::try_from(row.get::<i64>(7)?).map_err(|_| bad("current_seq"))?,
        created_at: row.get(8)?,
    })
}

/// Reads a revision whose first column is `at`.
pub(crate) fn revision(row: &Row, at: usize) -> Result<Revision, Error> {
    let id: DeploymentRevisionId = id(row, at)?;
    let bad = |column| corrupt("deployment_revision", column, id.0);
    let helm: Option<String> = row.get(at + 6)?;
    Ok(Revision {
        id,
        deployment: self::id(row, at + 1)?,
        seq: u32::try_from(row.get::<i64>(at + 2)?).map_err(|_| bad("seq"))?,
        version: self::id(row, at + 3)?,
        content: Content {
            values: row.get(at + 4)?,
            env: row.get(at + 5)?,
            helm: helm
                .map(|json| serde_json::from_str(&json))
                .transpose()
                .map_err(|_| bad("helm_options"))?,
            force_restart: row.get(at + 7)?,
            ignore_revision_skew: row.get(at + 8)?,
        },
        values_hash: row.get::<ValuesHash>(at + 9)?,
        created_at: row.get(at + 10)?,
        author: RevisionAuthor { user: optional_id(row, at + 11)?, name: row.get(at + 12)? },
        reason: row.get(at + 13)?,
    })
}

/// A left-joined status: its id, revision, kind, message and times.
fn status(row: &Row, at: usize) -> Result<Option<Status>, Error> {
    let Some(id) = optional_id(row, at)? else { return Ok(None) };
    Ok(Some(Status {
        id,
        revision: self::id(row, at + 1)?,
        kind: named(row, at + 2, ("deployment_status", "kind"), id)?,
        message: row.get(at + 3)?,
        created_at: row.get(at + 4)?,
        until: row.get(at + 5)?,
    }))
}

fn entry(row: &Row) -> Result<DeploymentEntry, Error> {
    let deployment = deployment(row)?;
    let of = deployment.application;
    Ok(DeploymentEntry {
        application: Application {
            id: of,
            name: name(row, 9, "application", of)?,
            kind: named::<TargetKind>(row, 10, ("application", "kind"), of)?,
            created_at: row.get(11)?,
            image: optional_id(row, 45)?,
        },
        target_name: name(row, 12, "deployment_target", deployment.target)?,
        customer: optional_id(row, 13)?,
        render_error: row.get(14)?,
        version: version(row, 15)?,
        current: revision(row, 25)?,
        status: status(row, 39)?,
        deployment,
    })
}

impl Tx {
    /// Adds a deployment, whose first revision is inserted next.
    ///
    /// # Errors
    /// A conflict with [`RELEASE_UNIQUE`].
    pub async fn insert_deployment(&mut self, permit: &Permit, deployment: &Deployment) -> Result<(), Error> {
        self.db
            .execute(
                "insert into deployment (id, organization_id, target_id, application_id, entitlement_id, release_name,
                   docker_type, keep_volumes, current_seq, created_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                params![
                    deployment.id,
                    permit.organization(),
                    deployment.target,
                    deployment.application,
                    deployment.entitlement,
                    deployment.installation.release_name().map(|name| name.as_str()),
                    deployment.installation.docker_type().map(DockerType::as_str),
                    deployment.keep_volumes,
                    deployment.current_seq,
                    deployment.created_at
                ],
            )
            .await?;
        Ok(())
    }

    /// Changes by which entitlement a deployment was made, and whether its volumes stay.
    pub async fn update_deployment(&mut self, permit: &Permit, deployment: &Deployment) -> Result<(), Error> {
        let sql = "update deployment set entitlement_id = $3, keep_volumes = $4
                   where id = $2 and organization_id = $1";
        self.db
            .execute(
                sql,
                params![
                    permit.organization(),
                    deployment.id,
                    deployment.entitlement,
                    deployment.keep_volumes
                ],
            )
            .await?;
        Ok(())
    }

    /// Adds a revision, which is the one that the agent should run from then on.
    ///
    /// # Errors
    /// A conflict with [`REVISION_UNIQUE`].
    pub async fn insert_deployment_revision(
        &mut self,
        permit: &Permit,
        revision: &Revision,
    ) -> Result<(), Error> {
        let helm =
            revision.content.helm.as_ref().map(|options| serde_json::to_string(options).unwrap_or_default());
        self.db
            .execute(
                "insert into deployment_revision (id, deployment_id, seq, version_id, values_yaml, env_file, helm_options,
                   force_restart, ignore_revision_skew, values_hash, created_at, created_by, created_by_name, reason)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
                params![
                    revision.id,
                    revision.deployment,
                    revision.seq,
                    revision.version,
                    revision.content.values.as_deref(),
                    revision.content.env.as_deref(),
                    helm,
                    revision.content.force_restart,
                    revision.content.ignore_revision_skew,
                    &revision.values_hash,
                    revision.created_at,
                    revision.author.user,
                    revision.author.name.as_str(),
                    revision.reason.as_str()
                ],
            )
            .await?;
        let sql = "update deployment set current_seq = $3, render_error = null
                   where id = $2 and organization_id = $1";
        self.db.execute(sql, params![permit.organization(), revision.deployment, revision.seq]).await?;
        Ok(())
    }

    /// Deletes a deployment that the permit reaches, with all that agents said of it.
    pub async fn delete_deployment(&mut self, permit: &Permit, id: DeploymentId) -> Result<(), Error> {
        if self.find_deployment(permit, id).await?.is_none() {
            return Ok(());
        }
        for sql in [
            "delete from log_line where deployment_id = $1",
            "delete from deployment_status where deployment_id = $1",
            "delete from deployment_revision where deployment_id = $1",
            "delete from deployment where id = $1",
        ] {
            self.db.execute(sql, params![id]).await?;
        }
        Ok(())
    }

    /// A deployment that the permit reaches.
    pub async fn find_deployment(
        &mut self,
        permit: &Permit,
        id: DeploymentId,
    ) -> Result<Option<Deployment>, Error> {
        let sql = concat!(
            "select ",
            deployment_columns!(),
            " from deployment d join deployment_target t on t.id = d.target_id where ",
            reached!(),
            " and d.id = $3"
        );
        let row = self.db.query_opt(sql, params![permit.organization(), permit.customer(), id]).await?;
        row.as_ref().map(deployment).transpose()
    }

    /// Deployments that the permit reaches, the oldest first.
    pub async fn list_deployments(&mut self, permit: &Permit, at: At) -> Result<Vec<DeploymentEntry>, Error> {
        let (customer, own) = match at {
            At::Target(target) => return self.list_deployments_of_target(permit, target).await,
            At::Anywhere => (None, false),
            At::Customer(customer) => (Some(customer), false),
            At::Own => (None, true),
        };
        let sql = entries!(
            "(t.customer_id = $3 or $3 is null) and (cast($4 as bigint) = 0 or t.customer_id is null)"
        );
        let params = params![permit.organization(), permit.customer(), customer, i64::from(own)];
        self.db.query(sql, params).await?.iter().map(entry).collect()
    }

    async fn list_deployments_of_target(
        &mut self,
        permit: &Permit,
        target: DeploymentTargetId,
    ) -> Result<Vec<DeploymentEntry>, Error> {
        let params = params![permit.organization(), permit.customer(), target];
        self.db.query(entries!("d.target_id = $3"), params).await?.iter().map(entry).collect()
    }

    /// A deployment that the permit reaches, with what is said of it everywhere.
    pub async fn find_deployment_entry(
        &mut self,
        permit: &Permit,
        id: DeploymentId,
    ) -> Result<Option<DeploymentEntry>, Error> {
        let params = params![permit.organization(), permit.customer(), id];
        self.db.query_opt(entries!("d.id = $3"), params).await?.as_ref().map(entry).transpose()
    }

    /// The deployments at these targets, all of which the permit reached, the oldest first.
    pub async fn list_deployments_at(
        &mut self,
        permit: &Permit,
        targets: &[DeploymentTarget],
    ) -> Result<Vec<DeploymentEntry>, Error> {
        // Of many, one query for all; what is at other targets is dropped here. Of a page of thousands, only what is on it is read.
        if targets.len() > FEW_TARGETS {
            let mut entries = self.list_deployments(permit, At::Anywhere).await?;
            entries.retain(|entry| targets.iter().any(|target| target.id == entry.deployment.target));
            return Ok(entries);
        }
        let mut entries = Vec::new();
        for target in targets {
            entries.extend(self.list_deployments_of_target(permit, target.id).await?);
        }
        entries.sort_by_key(|entry| (entry.deployment.created_at, entry.deployment.id.0));
        Ok(entries)
    }

    /// The newest revision of a deployment that the permit reaches.
    pub async fn find_current_deployment_revision(
        &mut self,
        permit: &Permit,
        id: DeploymentId,
    ) -> Result<Option<Revision>, Error> {
        let sql = concat!(
            "select ",
            revision_columns!(),
            " from deployment d join deployment_target t on t.id = d.target_id
             join deployment_revision r on r.deployment_id = d.id and r.seq = d.current_seq where ",
            reached!(),
            " and d.id = $3"
        );
        let row = self.db.query_opt(sql, params![permit.organization(), permit.customer(), id]).await?;
        row.map(|row| revision(&row, 0)).transpose()
    }

    /// All revisions of a deployment that the permit reaches, the newest first.
    pub async fn list_deployment_revisions(
        &mut self,
        permit: &Permit,
        id: DeploymentId,
    ) -> Result<Vec<RevisionEntry>, Error> {
        let sql = concat!(
            "select ",
            revision_columns!(),
            ", v.name, m.customer_id from deployment d join deployment_target t on t.id = d.target_id
             join deployment_revision r on r.deployment_id = d.id
             join application_version v on v.id = r.version_id
             left join membership m on m.user_id = r.created_by and m.organization_id = t.organization_id where ",
            reached!(),
            " and d.id = $3 order by r.seq desc"
        );
        let rows = self.db.query(sql, params![permit.organization(), permit.customer(), id]).await?;
        rows.iter()
            .map(|row| {
                let revision = revision(row, 0)?;
                let version_name = name(row, 14, "application_version", revision.version)?;
                Ok(RevisionEntry { revision, version_name, author_customer: optional_id(row, 15)? })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::db::Database;
    use crate::migrate::migrations;

    /// How SQLite goes about a statement.
    async fn plan(database: &Database, sql: &'static str, values: usize) -> String {
        let mut tx = database.read().await.unwrap();
        let values = vec![crate::db::Value::Null; values];
        let rows = tx.query(sql, &values).await.unwrap();
        rows.iter().map(|row| row.get::<String>(3).unwrap() + "\n").collect()
    }

    #[tokio::test]
    async fn what_one_agent_or_one_deployment_needs_is_found_without_reading_all() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let database = Database::open(&url).await.unwrap();
        database.migrate(&migrations()).await.unwrap();
        for (sql, values) in [
            (concat!("explain query plan ", entries!("d.target_id = $3")), 3),
            (concat!("explain query plan ", entries!("d.id = $3")), 3),
            (concat!("explain query plan ", crate::rendering::to_render!()), 2),
            (concat!("explain query plan ", crate::agent::numbers!()), 2),
        ] {
            let plan = plan(&database, sql, values).await;
            assert!(plan.contains("SEARCH") && !plan.contains("SCAN"), "{sql}\n{plan}");
        }
        // The test would notice.
        let all = concat!("explain query plan ", entries!("(d.id = $3 or $3 is null)"));
        assert!(plan(&database, all, 3).await.contains("SCAN"));
    }
}
