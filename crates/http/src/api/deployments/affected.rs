//! What a change of a license key or secret does to deployments, and the confirmation of that.

use grantry_ops::deployment::affected::{Affected, Confirmation, Skipped};
use grantry_wire::deployment::{AffectedDeployment, AffectedDeployments};
use serde::Deserialize;

/// `confirm=true` in the query.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Confirm {
    /// Redeploy what reads it.
    #[param(value_type = Option<bool>)]
    confirm: Option<String>,
}

impl Confirm {
    /// Whether it is exactly `true`.
    pub(crate) fn confirmation(&self) -> Confirmation {
        if self.confirm.as_deref() == Some("true") { Confirmation::Given } else { Confirmation::Missing }
    }
}

/// The deployments of an answer.
pub(crate) fn present(affected: &[Affected]) -> Vec<AffectedDeployment> {
    let one = |affected: &Affected| AffectedDeployment {
        deployment_target_id: affected.target.0,
        deployment_target_name: affected.target_name.clone(),
        deployment_id: affected.deployment.0,
        application_name: affected.application.clone(),
        skipped: affected.skipped.map(Skipped::as_str).map(str::to_owned),
    };
    affected.iter().map(one).collect()
}

/// The body that refuses.
pub(crate) fn present_all(affected: &[Affected]) -> AffectedDeployments {
    AffectedDeployments { affected_deployments: present(affected) }
}
