//! What agents were told of deployments last, sealed.

use grantry_model::id::{DeploymentId, DeploymentRevisionId, DeploymentTargetId};
use grantry_model::policy::Permit;
use zeroize::Zeroizing;

use crate::column::id;
use crate::db::params;
use crate::error::Error;
use crate::store::Tx;

/// What an agent was told of a deployment last, opened.
#[derive(Debug, Clone)]
pub struct StoredRendering {
    /// The deployment.
    pub deployment: DeploymentId,
    /// What was told; `None` if nothing was yet.
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

impl Tx {
    /// What was told of the deployments at a target of the permit's.
    pub async fn list_renderings(
        &mut self,
        permit: &Permit,
        target: DeploymentTargetId,
    ) -> Result<Vec<StoredRendering>, Error> {
        let sql = "select d.id, d.rendered, d.render_error from deployment d
                   where d.target_id = $1 and d.organization_id = $2";
        let rows = self.db.query(sql, params![target, permit.organization()]).await?;
        rows.iter()
            .map(|row| {
                let deployment = id(row, 0)?;
                let sealed: Option<Vec<u8>> = row.get(1)?;
                let told =
                    sealed.map(|sealed| self.master_key.open(&context(deployment), &sealed)).transpose()?;
                Ok(StoredRendering { deployment, told, error: row.get(2)? })
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
