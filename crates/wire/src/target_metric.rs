//! What agents measured.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Time;
use crate::agent::DiskMetric;

/// The last measurement of a deployment target.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentTargetMetrics {
    /// The target.
    pub deployment_target_id: Uuid,
    /// The measurement.
    #[serde(flatten)]
    pub metrics: TargetMetrics,
}

/// A measurement.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TargetMetrics {
    /// When.
    pub created_at: Time,
    /// The processors there are, in thousandths.
    pub cpu_cores_millis: u64,
    /// What of them is used, from 0 to 1.
    pub cpu_usage: f64,
    /// The memory there is, in bytes.
    pub memory_bytes: u64,
    /// What of it is used, from 0 to 1.
    pub memory_usage: f64,
    /// The disks; absent where they are not measured.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disk_metrics: Vec<DiskMetric>,
}
