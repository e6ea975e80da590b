//! What agents were told of deployments last, sealed.

use grantry_model::application::{Chart, TargetKind, VersionFiles};
use grantry_model::deployment::{Deployment, Revision};
use grantry_model::id::{DeploymentId, DeploymentRevisionId, DeploymentTargetId};
use grantry_model::policy::Permit;
use zeroize::Zeroizing;

use crate::application_version::chart;
use crate::column::named;
use crate::db::params;
use crate::deployment::{deployment, deployment_columns, revision, revision_columns};
use crate::error::Error;
use crate::store::Tx;

/// A deployment with all that rendering it takes but license keys and secrets.
#[derive(Debug, Clone)]
pub struct ToRender {
    /// The deployment.
    pub deployment: Deployment,
    /// What its application is for.
    pub kind: TargetKind,
    /// Its newest revision.
    pub current: Revision,
    /// The chart of that one's version.
    pub chart: Option<Chart>,
    /// The files of that one's version.
    pub files: VersionFiles,
    /// What its agent was told last; `None` if nothing was yet.
    pub told: Option<Zeroizing<Vec<u8>>>,
    /// Why the newest revision can't be told.
    pub error: Option<String>,
}

/// What an agent is going to be told of a deployment, or why it is not.
#[derive(Debug, Clone)]
pub struct Rendering {
    /// The deployment.
    pub deployment: DeploymentId,
    /// The number of the revision that was its newest.
    pub seq: u32,
    /// Of which revision, and what; `None` leaves what was told before.
    pub told: Option<(DeploymentRevisionId, Zeroizing<Vec<u8>>)>,
    /// Why the newest revision can't be told.
    pub error: Option<String>,
}

/// What seals a rendering in its place.
fn context(deployment: DeploymentId) -> String {
    format!("deployment.rendered.{deployment}")
}

/// What is at the target `$1` of the organization `$2`, the oldest first.
macro_rules! to_render {
    () => {
        concat!(
            "select ",
            deployment_columns!(),
            ", a.kind, v.chart_kind, v.chart_name, v.chart_url, v.chart_version, v.compose_file, v.values_file,
              d.rendered, d.render_error, ",
            revision_columns!(),
            " from deployment d
              join application a on a.id = d.application_id
              join deployment_revision r on r.deployment_id = d.id and r.seq = d.current_seq
              join application_version v on v.id = r.version_id
              where d.target_id = $1 and d.organization_id = $2
              order by d.created_at, d.id"
        )
    };
}
#[cfg(test)]
pub(crate) use to_render;

impl Tx {
    /// What is deployed at a target of the permit's, to be rendered, the oldest first.
    pub async fn list_to_render(
        &mut self,
        permit: &Permit,
        target: DeploymentTargetId,
    ) -> Result<Vec<ToRender>, Error> {
        let rows = self.db.query(to_render!(), params![target, permit.organization()]).await?;
        rows.iter()
            .map(|row| {
                let deployment = deployment(row)?;
                let sealed: Option<Vec<u8>> = row.get(16)?;
                let open = |sealed: Vec<u8>| self.master_key.open(&context(deployment.id), &sealed);
                let current = revision(row, 18)?;
                Ok(ToRender {
                    kind: named(row, 9, ("application", "kind"), deployment.application)?,
                    chart: chart(row, 10, current.version)?,
                    files: VersionFiles { compose: row.get(14)?, values: row.get(15)?, template: None },
                    told: sealed.map(open).transpose()?,
                    error: row.get(17)?,
                    current,
                    deployment,
                })
            })
            .collect()
    }

    /// Keeps what is going to be told of a deployment, unless it has a newer revision by now; whether it was kept.
    pub async fn update_rendering(&mut self, permit: &Permit, rendering: &Rendering) -> Result<bool, Error> {
        let (revision, sealed) = match &rendering.told {
            Some((revision, told)) => {
                (Some(*revision), Some(self.master_key.seal(&context(rendering.deployment), told)?))
            }
            None => (None, None),
        };
        let sql = "update deployment set rendered = coalesce($4, rendered),
                     rendered_revision_id = coalesce($5, rendered_revision_id), render_error = $6
                   where id = $1 and organization_id = $2 and current_seq = $3";
        let params = params![
            rendering.deployment,
            permit.organization(),
            rendering.seq,
            sealed.as_deref(),
            revision,
            rendering.error.as_deref()
        ];
        Ok(self.db.execute(sql, params).await? > 0)
    }
}
