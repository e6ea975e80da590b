//! The Helm driver.

use grantry_wire::agent::{AgentDeployment, AgentMetrics};
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::driver::{Job, LogSource, Report};
use crate::failure::Failure;
use crate::logs::Sink;
use crate::state::Record;

/// Installs and upgrades releases with the Helm CLI.
pub(crate) struct Driver {}

/// What is known about a release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Facts {
    pub(crate) release: String,
}

const NOT_HERE: &str = "this build of the agent deploys with Docker only";

impl Driver {
    pub(crate) async fn open(_config: &Config) -> anyhow::Result<Self> {
        anyhow::bail!(NOT_HERE)
    }

    pub(crate) fn plan(
        &self,
        _wanted: &AgentDeployment,
        _namespace: Option<&str>,
        _before: Option<&Facts>,
    ) -> Result<crate::driver::Facts, Failure> {
        Err(Failure::new(NOT_HERE))
    }

    pub(crate) async fn apply(&self, _job: Job<'_>) -> Result<Facts, Failure> {
        Err(Failure::new(NOT_HERE))
    }

    pub(crate) async fn remove(&self, _record: &Record, _facts: &Facts) -> Result<(), Failure> {
        Err(Failure::new(NOT_HERE))
    }

    pub(crate) async fn inspect(&self, _records: &[Record]) -> Vec<Report> {
        Vec::new()
    }

    pub(crate) async fn logs(&self, _sources: &[LogSource], _sink: &Sink) {}

    pub(crate) async fn metrics(&self) -> anyhow::Result<AgentMetrics> {
        anyhow::bail!(NOT_HERE)
    }
}
