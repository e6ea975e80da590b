//! Logs.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Time;

/// A line that a container or workload of a deployment printed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentLogRecord {
    /// Its id, which sorts lines by time.
    pub id: Uuid,
    /// The deployment.
    pub deployment_id: Uuid,
    /// The revision that was in force.
    pub deployment_revision_id: Uuid,
    /// The container or workload.
    pub resource: String,
    /// When it was printed.
    pub timestamp: Time,
    /// The stream or level.
    pub severity: String,
    /// The line; secrets and license tokens in it are masked.
    pub body: String,
}

/// A line of an agent's own log.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentTargetLogRecord {
    /// Its id, which sorts lines by time.
    pub id: Uuid,
    /// When it was logged.
    pub timestamp: Time,
    /// The level.
    pub severity: String,
    /// The line.
    pub body: String,
}

/// The containers and workloads of a deployment that there are lines of.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LogResources {
    /// Those that print by the revision that printed last.
    pub active: Vec<String>,
    /// Those that don't any more.
    pub archived: Vec<String>,
}
