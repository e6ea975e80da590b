//! What agents said of deployments.

use chrono::{DateTime, Utc};
use grantry_model::deployment::Status;
use grantry_model::id::{DeploymentId, DeploymentRevisionId, DeploymentTargetId, StatusId};
use grantry_model::log_line::LogOrder;
use grantry_model::policy::Permit;

use crate::column::{id, named, optional_id};
use crate::db::{Row, params};
use crate::error::Error;
use crate::log_line::LogRange;
use crate::store::Tx;

/// Most statuses that are kept of a deployment.
pub const MAX_STATUSES: u32 = 1_000;

/// A deployment as an agent's report finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// The deployment.
    pub deployment: DeploymentId,
    /// What was last said of it.
    pub last: Option<Status>,
}

fn status(row: &Row, at: usize) -> Result<Status, Error> {
    let status: StatusId = id(row, at)?;
    Ok(Status {
        id: status,
        revision: id(row, at + 1)?,
        kind: named(row, at + 2, ("deployment_status", "kind"), status)?,
        message: row.get(at + 3)?,
        created_at: row.get(at + 4)?,
        until: row.get(at + 5)?,
    })
}

macro_rules! columns {
    () => {
        "s.id, s.revision_id, s.kind, s.message, s.created_at, s.until "
    };
}

impl Tx {
    /// The deployment of a revision at a target of the permit's, with what was last said of it.
    pub async fn find_reported(
        &mut self,
        permit: &Permit,
        target: DeploymentTargetId,
        revision: DeploymentRevisionId,
    ) -> Result<Option<Reported>, Error> {
        let sql = concat!(
            "select d.id, ",
            columns!(),
            "from deployment_revision r join deployment d on d.id = r.deployment_id
             left join deployment_status s on s.id = (select l.id from deployment_status l
               where l.deployment_id = d.id order by l.id desc limit 1)
             where r.id = $1 and d.target_id = $2 and d.organization_id = $3"
        );
        let row = self.db.query_opt(sql, params![revision, target, permit.organization()]).await?;
        let Some(row) = row else { return Ok(None) };
        let last = match optional_id::<StatusId>(&row, 1)? {
            Some(_) => Some(status(&row, 1)?),
            None => None,
        };
        Ok(Some(Reported { deployment: id(&row, 0)?, last }))
    }

    /// Adds a status of a deployment that the caller has found by their permit, and forgets the oldest beyond what is kept.
    pub async fn insert_deployment_status(
        &mut self,
        deployment: DeploymentId,
        status: &Status,
    ) -> Result<(), Error> {
        self.db
            .execute(
                "insert into deployment_status (id, deployment_id, revision_id, kind, message, created_at, until)
                 values ($1, $2, $3, $4, $5, $6, $7)",
                params![
                    status.id,
                    deployment,
                    status.revision,
                    status.kind.as_str(),
                    status.message.as_str(),
                    status.created_at,
                    status.until
                ],
            )
            .await?;
        let sql = "delete from deployment_status where deployment_id = $1 and id <= (
                     select s.id from deployment_status s where s.deployment_id = $1
                     order by s.id desc limit 1 offset $2)";
        self.db.execute(sql, params![deployment, MAX_STATUSES]).await?;
        Ok(())
    }

    /// Notes that a status was said again. That needs no permit: it was said with one.
    pub async fn extend_deployment_status(
        &mut self,
        status: StatusId,
        until: DateTime<Utc>,
    ) -> Result<(), Error> {
        let sql = "update deployment_status set until = $2 where id = $1 and until < $2";
        self.db.execute(sql, params![status, until]).await?;
        Ok(())
    }

    /// Statuses of a deployment that the permit reaches.
    pub async fn list_deployment_statuses(
        &mut self,
        permit: &Permit,
        deployment: DeploymentId,
        range: LogRange,
    ) -> Result<Vec<Status>, Error> {
        macro_rules! statuses {
            ($order:literal) => {
                concat!(
                    "select ",
                    columns!(),
                    "from deployment_status s join deployment d on d.id = s.deployment_id
                       join deployment_target t on t.id = d.target_id
                     where s.deployment_id = $1 and d.organization_id = $2
                       and (t.customer_id = $3 or $3 is null) and s.id > $4 and s.id < $5
                     order by s.id ",
                    $order,
                    " limit $6"
                )
            };
        }
        let sql = match range.order {
            LogOrder::NewestFirst => statuses!("desc"),
            LogOrder::OldestFirst => statuses!("asc"),
        };
        let params = params![
            deployment,
            permit.organization(),
            permit.customer(),
            range.after,
            range.before,
            range.limit()
        ];
        let rows = self.db.query(sql, params).await?;
        rows.iter().map(|row| status(row, 0)).collect()
    }
}
