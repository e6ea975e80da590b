//! `/api/v1/deployments`

pub(crate) mod affected;
pub(super) mod deploy;
pub(super) mod logs;
pub(super) mod present;
pub(super) mod revisions;
pub(super) mod statuses;
pub(super) mod undeploy;
