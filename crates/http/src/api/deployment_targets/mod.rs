//! `/api/v1/deployment-targets`

pub(super) mod access;
pub(super) mod list;
pub(super) mod logs;
pub(super) mod metrics;
pub(super) mod notes;
pub(super) mod present;
pub(super) mod write;
