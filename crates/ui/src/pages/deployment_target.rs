//! Deployment targets: environments in which an agent works.

use grantry_model::id::DeploymentTargetId;

use crate::layout::Crumb;
use crate::route::{Deployments, ShowDeploymentTarget};

pub mod connect;
pub mod delete;
pub mod edit;
pub mod fields;
pub mod list;
pub mod logs;
pub mod metrics;
pub mod new;
pub mod notes;
pub mod show;

/// The way to what belongs to a target.
pub(crate) fn way_below(target: DeploymentTargetId, name: &str) -> Vec<Crumb> {
    vec![Crumb::new("Deployments", &Deployments), Crumb::new(name, &ShowDeploymentTarget { target })]
}
