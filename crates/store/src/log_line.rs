//! Lines of logs.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use grantry_model::id::{DeploymentId, DeploymentRevisionId, DeploymentTargetId};
use grantry_model::log_line::{LogLine, LogOrder, LogSource, MAX_OF_RESOURCE, MAX_OF_TARGET, MAX_RESOURCES};
use grantry_model::policy::Permit;
use uuid::Uuid;

use crate::column::{id, least_id};
use crate::db::{Row, Value, params};
use crate::error::Error;
use crate::store::Tx;

/// Lines that one statement inserts, if there are as many.
const AT_ONCE: usize = 25;
/// Columns of a line.
const COLUMNS: usize = 8;

static ONE: LazyLock<String> = LazyLock::new(|| insertion(1));
static MANY: LazyLock<String> = LazyLock::new(|| insertion(AT_ONCE));

fn insertion(rows: usize) -> String {
    let row = |row: usize| {
        let places: Vec<String> =
            (1..=COLUMNS).map(|column| format!("${}", row * COLUMNS + column)).collect();
        format!("({})", places.join(", "))
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    format!(
        "insert into log_line (id, target_id, deployment_id, revision_id, resource, at, severity, body) values {}
         on conflict do nothing",
        rows.join(", ")
    )
}

/// Which lines are read: those between two ids, some at a time.
#[derive(Debug, Clone, Copy)]
pub struct LogRange {
    /// Only lines after this one.
    pub after: Uuid,
    /// Only lines before this one.
    pub before: Uuid,
    /// In which order.
    pub order: LogOrder,
    /// Most lines.
    pub limit: usize,
}

impl LogRange {
    /// The lines between two moments.
    pub fn between(
        (after, before): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
        order: LogOrder,
        limit: usize,
    ) -> Self {
        let before = before.map_or(Uuid::max(), least_id);
        Self { after: after.map_or(Uuid::nil(), least_id), before, order, limit }
    }

    /// The range that is left when it was read up to a line.
    #[must_use]
    pub fn beyond(self, line: Uuid) -> Self {
        match self.order {
            LogOrder::NewestFirst => Self { before: line, ..self },
            LogOrder::OldestFirst => Self { after: line, ..self },
        }
    }

    pub(crate) fn limit(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX)
    }
}

/// Whether a resource still prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogResource {
    /// The container or workload.
    pub name: String,
    /// Whether there are lines of it by the newest revision that printed any.
    pub is_active: bool,
}

fn of_deployment(row: &Row, deployment: DeploymentId, resource: &str) -> Result<LogLine, Error> {
    let source = LogSource::Deployment { deployment, revision: id(row, 1)?, resource: resource.to_owned() };
    Ok(LogLine { id: id(row, 0)?, source, at: row.get(2)?, severity: row.get(3)?, body: row.get(4)? })
}

fn of_agent(row: &Row, target: DeploymentTargetId) -> Result<LogLine, Error> {
    let source = LogSource::Agent(target);
    Ok(LogLine { id: id(row, 0)?, source, at: row.get(1)?, severity: row.get(2)?, body: row.get(3)? })
}

impl Tx {
    /// Adds lines of a target that the caller has found by their permit. A line that is there already, because its batch
    /// was sent again, is left alone.
    pub async fn insert_log_lines(
        &mut self,
        target: DeploymentTargetId,
        lines: &[LogLine],
    ) -> Result<(), Error> {
        let (many, rest) = lines.as_chunks::<AT_ONCE>();
        for chunk in many {
            let params: Vec<Value> = chunk.iter().flat_map(|line| columns(target, line)).collect();
            self.db.execute(&MANY, &params).await?;
        }
        for line in rest {
            self.db.execute(&ONE, &columns(target, line)).await?;
        }
        Ok(())
    }

    /// Which deployments of an agent's target there are, with all their revisions.
    pub async fn list_revisions_of_target(
        &mut self,
        permit: &Permit,
        target: DeploymentTargetId,
    ) -> Result<Vec<(DeploymentId, DeploymentRevisionId)>, Error> {
        let rows = self
            .db
            .query(
                "select d.id, r.id from deployment d join deployment_revision r on r.deployment_id = d.id
                 where d.target_id = $1 and d.organization_id = $2",
                params![target, permit.organization()],
            )
            .await?;
        rows.iter().map(|row| Ok((id(row, 0)?, id(row, 1)?))).collect()
    }

    /// Lines of a resource of a deployment that the permit reaches.
    pub async fn list_log_lines(
        &mut self,
        permit: &Permit,
        (deployment, resource): (DeploymentId, &str),
        range: LogRange,
    ) -> Result<Vec<LogLine>, Error> {
        macro_rules! lines {
            ($order:literal) => {
                concat!(
                    "select l.id, l.revision_id, l.at, l.severity, l.body from log_line l
                     where l.deployment_id = $1 and l.resource = $2 and l.id > $5 and l.id < $6
                       and l.deployment_id in (select d.id from deployment d
                         join deployment_target t on t.id = d.target_id
                         where d.id = $1 and d.organization_id = $3 and (t.customer_id = $4 or $4 is null))
                     order by l.id ",
                    $order,
                    " limit $7"
                )
            };
        }
        let sql = match range.order {
            LogOrder::NewestFirst => lines!("desc"),
            LogOrder::OldestFirst => lines!("asc"),
        };
        let params = params![
            deployment,
            resource.replace('\0', ""),
            permit.organization(),
            permit.customer(),
            range.after,
            range.before,
            range.limit()
        ];
        let rows = self.db.query(sql, params).await?;
        rows.iter().map(|row| of_deployment(row, deployment, resource)).collect()
    }

    /// Lines of the own log of an agent whose target the permit reaches.
    pub async fn list_agent_log_lines(
        &mut self,
        permit: &Permit,
        target: DeploymentTargetId,
        range: LogRange,
    ) -> Result<Vec<LogLine>, Error> {
        macro_rules! lines {
            ($order:literal) => {
                concat!(
                    "select l.id, l.at, l.severity, l.body from log_line l
                     where l.deployment_id is null and l.target_id = $1 and l.id > $4 and l.id < $5
                       and l.target_id in (select t.id from deployment_target t
                         where t.id = $1 and t.organization_id = $2 and (t.customer_id = $3 or $3 is null))
                     order by l.id ",
                    $order,
                    " limit $6"
                )
            };
        }
        let sql = match range.order {
            LogOrder::NewestFirst => lines!("desc"),
            LogOrder::OldestFirst => lines!("asc"),
        };
        let params = params![
            target,
            permit.organization(),
            permit.customer(),
            range.after,
            range.before,
            range.limit()
        ];
        let rows = self.db.query(sql, params).await?;
        rows.iter().map(|row| of_agent(row, target)).collect()
    }

    /// The resources of a deployment that there are lines of, by name.
    pub async fn list_log_resources(
        &mut self,
        permit: &Permit,
        deployment: DeploymentId,
    ) -> Result<Vec<LogResource>, Error> {
        // Each step jumps to the next name in the index instead of reading all lines.
        let rows = self
            .db
            .query(
                "with recursive found (resource) as (
                   select min(l.resource) from log_line l
                   where l.deployment_id = $1 and l.deployment_id in (select d.id from deployment d
                     join deployment_target t on t.id = d.target_id
                     where d.id = $1 and d.organization_id = $2 and (t.customer_id = $3 or $3 is null))
                   union all
                   select (select min(n.resource) from log_line n
                     where n.deployment_id = $1 and n.resource > f.resource)
                   from found f where f.resource is not null)
                 select f.resource, (select l.revision_id from log_line l
                     where l.deployment_id = $1 and l.resource = f.resource order by l.id desc limit 1),
                   (select r.id from deployment_revision r where r.deployment_id = $1 order by r.seq desc limit 1)
                 from found f where f.resource is not null order by f.resource",
                params![deployment, permit.organization(), permit.customer()],
            )
            .await?;
        let mut found = Vec::new();
        for row in &rows {
            let (printed, current): (Option<Uuid>, Option<Uuid>) = (row.get(1)?, row.get(2)?);
            found.push((row.get::<String>(0)?, printed, current));
        }
        // Right after an update nothing has printed yet by the newest revision; then what printed by the last one that did is
        // active.
        let newest = found.iter().any(|(_, printed, current)| printed == current);
        let last = found.iter().filter_map(|(_, printed, _)| *printed).max();
        Ok(found
            .into_iter()
            .map(|(name, printed, current)| LogResource {
                name,
                is_active: if newest { printed == current } else { printed == last },
            })
            .collect())
    }

    /// Deletes the oldest lines of a resource beyond what is kept of one.
    pub async fn trim_log_lines(&mut self, deployment: DeploymentId, resource: &str) -> Result<u64, Error> {
        let sql = "delete from log_line where deployment_id = $1 and resource = $2 and id <= (
                     select l.id from log_line l where l.deployment_id = $1 and l.resource = $2
                     order by l.id desc limit 1 offset $3)";
        self.db.execute(sql, params![deployment, resource, MAX_OF_RESOURCE]).await
    }

    /// Deletes the oldest lines of an agent's own log beyond what is kept of one.
    pub async fn trim_agent_log_lines(&mut self, target: DeploymentTargetId) -> Result<u64, Error> {
        let sql = "delete from log_line where deployment_id is null and target_id = $1 and id <= (
                     select l.id from log_line l where l.deployment_id is null and l.target_id = $1
                     order by l.id desc limit 1 offset $2)";
        self.db.execute(sql, params![target, MAX_OF_TARGET]).await
    }

    /// How many resources of a deployment there are lines of, counted up to the most that are kept and one more.
    pub async fn count_log_resources(
        &mut self,
        permit: &Permit,
        deployment: DeploymentId,
    ) -> Result<u32, Error> {
        let row = self
            .db
            .query_opt(
                "with recursive found (resource, number) as (
                   select min(l.resource), 1 from log_line l
                   where l.deployment_id = $1 and l.deployment_id in
                     (select d.id from deployment d where d.id = $1 and d.organization_id = $2)
                   union all
                   select (select min(n.resource) from log_line n
                     where n.deployment_id = $1 and n.resource > f.resource), f.number + 1
                   from found f where f.resource is not null and f.number <= $3)
                 select count(f.resource) from found f",
                params![deployment, permit.organization(), MAX_RESOURCES],
            )
            .await?;
        row.map_or(Ok(0), |row| row.get(0))
    }

    /// Deletes lines from before a moment, so many at most. That needs no permit: the hub's own job asks.
    pub async fn delete_old_log_lines(&mut self, before: DateTime<Utc>, most: u32) -> Result<u64, Error> {
        let sql = "delete from log_line where id in (
                     select l.id from log_line l where l.id < $1 order by l.id limit $2)";
        self.db.execute(sql, params![least_id(before), most]).await
    }
}

fn columns(target: DeploymentTargetId, line: &LogLine) -> [Value; COLUMNS] {
    let (deployment, revision, resource) = match &line.source {
        LogSource::Deployment { deployment, revision, resource } => {
            (Some(*deployment), Some(*revision), resource.as_str())
        }
        LogSource::Agent(_) => (None, None, ""),
    };
    [
        line.id.into(),
        target.into(),
        deployment.into(),
        revision.into(),
        resource.into(),
        line.at.into(),
        line.severity.as_str().into(),
        line.body.as_str().into(),
    ]
}
