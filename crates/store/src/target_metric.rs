//! What agents measured.

use chrono::{DateTime, Utc};
use grantry_model::id::DeploymentTargetId;
use grantry_model::policy::Permit;
use grantry_model::target_metric::{Disk, PerMille, TargetMetric};

use crate::column::{corrupt, count, id};
use crate::db::{Row, params};
use crate::error::Error;
use crate::store::Tx;

/// Reads a measurement from column `at` on.
fn metric(row: &Row, at: usize, target: DeploymentTargetId) -> Result<TargetMetric, Error> {
    let part = |index: usize| {
        let thousandths = u16::try_from(row.get::<i64>(index)?);
        thousandths.map(PerMille::new).map_err(|_| corrupt("target_metric", "usage", target.0))
    };
    let disks: Option<String> = row.get(at + 5)?;
    let disks: Option<Vec<Disk>> = disks
        .map(|disks| serde_json::from_str(&disks).map_err(|_| corrupt("target_metric", "disks", target.0)))
        .transpose()?;
    Ok(TargetMetric {
        at: row.get(at)?,
        cpu_millicores: count(row, at + 1)?,
        cpu_usage: part(at + 2)?,
        memory_bytes: count(row, at + 3)?,
        memory_usage: part(at + 4)?,
        disks: disks.unwrap_or_default(),
    })
}

macro_rules! columns {
    () => {
        "m.at, m.cpu_millicores, m.cpu_usage, m.memory_bytes, m.memory_usage, m.disks"
    };
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Tx {
    /// Adds a measurement of a target that the caller has found by their permit; one of the same moment stays.
    pub async fn insert_target_metric(
        &mut self,
        target: DeploymentTargetId,
        metric: &TargetMetric,
    ) -> Result<(), Error> {
        let disks = if metric.disks.is_empty() { None } else { serde_json::to_string(&metric.disks).ok() };
        self.db
            .execute(
                "insert into target_metric (target_id, at, cpu_millicores, cpu_usage, memory_bytes, memory_usage, disks)
                 values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
                params![
                    target,
                    metric.at,
                    whole(metric.cpu_millicores),
                    i64::from(metric.cpu_usage.get()),
                    whole(metric.memory_bytes),
                    i64::from(metric.memory_usage.get()),
                    disks
                ],
            )
            .await?;
        Ok(())
    }

    /// The last measurement of each target that the permit reaches.
    pub async fn list_last_target_metrics(
        &mut self,
        permit: &Permit,
    ) -> Result<Vec<(DeploymentTargetId, TargetMetric)>, Error> {
        let sql = concat!(
            "select t.id, ",
            columns!(),
            " from deployment_target t join target_metric m on m.target_id = t.id
             and m.at = (select max(n.at) from target_metric n where n.target_id = t.id)
             where t.organization_id = $1 and (t.customer_id = $2 or $2 is null) order by t.id"
        );
        let rows = self.db.query(sql, params![permit.organization(), permit.customer()]).await?;
        rows.iter()
            .map(|row| {
                let target = id(row, 0)?;
                Ok((target, metric(row, 1, target)?))
            })
            .collect()
    }

    /// Measurements of a target that the permit reaches, between two moments and the oldest first.
    pub async fn list_target_metrics(
        &mut self,
        permit: &Permit,
        target: DeploymentTargetId,
        (from, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Vec<TargetMetric>, Error> {
        let sql = concat!(
            "select ",
            columns!(),
            " from target_metric m join deployment_target t on t.id = m.target_id
             where t.id = $1 and t.organization_id = $2 and (t.customer_id = $3 or $3 is null)
               and m.at >= $4 and m.at < $5 order by m.at"
        );
        let params = params![target, permit.organization(), permit.customer(), from, until];
        let rows = self.db.query(sql, params).await?;
        rows.iter().map(|row| metric(row, 0, target)).collect()
    }

    /// Deletes measurements from before a moment. That needs no permit: the hub's own job asks.
    pub async fn delete_old_target_metrics(&mut self, before: DateTime<Utc>) -> Result<u64, Error> {
        // By target, so that the key serves.
        let sql =
            "delete from target_metric where at < $1 and target_id in (select t.id from deployment_target t)";
        self.db.execute(sql, params![before]).await
    }
}
