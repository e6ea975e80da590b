//! What does the work: Docker (Compose or a swarm) or Helm.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use grantry_wire::Time;
use grantry_wire::agent::{AgentDeployment, AgentMetrics, DeploymentStatusType};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use uuid::Uuid;

use crate::docker;
use crate::failure::Failure;
use crate::helm;
use crate::hub::Hub;
use crate::logs::Sink;
use crate::state::Record;

/// The driver of this agent.
pub(crate) enum Driver {
    Docker(Box<docker::Driver>),
    Helm(Box<helm::Driver>),
}

/// What a driver writes down about a deployment, so that it knows it again after a restart and can remove it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "driver")]
pub(crate) enum Facts {
    Docker(docker::facts::Facts),
    Helm(helm::Facts),
}

/// A deployment to be brought to a revision.
pub(crate) struct Job<'job> {
    pub(crate) wanted: &'job AgentDeployment,
    /// What [`Driver::plan`] gave for it; already on disk.
    pub(crate) facts: Facts,
    /// A folder of this deployment alone, mode 0700; it stays until the deployment is removed.
    pub(crate) folder: &'job Path,
    /// Gives the token that is the password at the hub's registry.
    pub(crate) hub: &'job Arc<Hub>,
    pub(crate) progress: &'job Progress,
}

/// Where a running job says how far it is. What was said last is reported each interval.
#[derive(Clone)]
pub(crate) struct Progress(watch::Sender<String>);

impl Progress {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(watch::Sender::new(text.into()))
    }

    /// Says how far it is, in one line without secrets.
    pub(crate) fn say(&self, text: impl Into<String>) {
        self.0.send_replace(text.into());
    }

    pub(crate) fn text(&self) -> String {
        self.0.borrow().clone()
    }
}

/// How a deployment is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) kind: DeploymentStatusType,
    pub(crate) message: String,
}

impl Report {
    pub(crate) fn new(kind: DeploymentStatusType, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

/// A deployment whose logs are wanted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LogSource {
    pub(crate) deployment: Uuid,
    pub(crate) revision: Uuid,
    pub(crate) facts: Facts,
    /// Older lines are not wanted.
    pub(crate) after: Option<Time>,
    /// The deployment's folder, for positions in its logs.
    pub(crate) folder: PathBuf,
}

impl Driver {
    /// Reads what the hub wants and says what would be run; does nothing. It is written down before [`Self::apply`] begins, so that
    /// a deployment can be removed whatever happens from then on. `namespace`
    /// is the one that the hub named for the whole target, `before` what is known of an earlier revision.
    ///
    /// # Errors
    /// It can't be run here, whatever is tried.
    pub(crate) fn plan(
        &self,
        wanted: &AgentDeployment,
        namespace: Option<&str>,
        before: Option<&Facts>,
    ) -> Result<Facts, Failure> {
        match (self, before) {
            (Self::Docker(driver), Some(Facts::Docker(before))) => driver.plan(wanted, Some(before)),
            (Self::Docker(driver), _) => driver.plan(wanted, None),
            (Self::Helm(driver), Some(Facts::Helm(before))) => driver.plan(wanted, namespace, Some(before)),
            (Self::Helm(driver), _) => driver.plan(wanted, namespace, None),
        }
    }

    /// Brings a deployment to its revision and gives the facts that are then true. May be called again after a failure or a crash.
    ///
    /// # Errors
    /// It did not work; what ran before may still run.
    pub(crate) async fn apply(&self, job: Job<'_>) -> Result<Facts, Failure> {
        match self {
            Self::Docker(driver) => driver.apply(job).await.map(Facts::Docker),
            Self::Helm(driver) => driver.apply(job).await.map(Facts::Helm),
        }
    }

    /// Takes a deployment away. Volumes stay unless the record says otherwise. What is not there is no failure.
    ///
    /// # Errors
    /// Something of it may still be there; it will be tried again.
    pub(crate) async fn remove(&self, record: &Record, folder: &Path) -> Result<(), Failure> {
        match (self, &record.facts) {
            (Self::Docker(driver), Facts::Docker(facts)) => driver.remove(record, facts, folder).await,
            (Self::Helm(driver), Facts::Helm(facts)) => driver.remove(record, facts).await,
            _ => Err(Failure::new("it was deployed by an agent of the other kind; this one leaves it alone")),
        }
    }

    /// Does what is to be done for deployments although nobody changed them, each with its folder. Called at each tick for those that
    /// no job is at work on, whether or not the hub answers; returns at once.
    pub(crate) async fn tend(&self, hub: &Arc<Hub>, deployments: &[(Record, PathBuf)]) {
        match self {
            Self::Docker(driver) => driver.tend(hub, deployments).await,
            // A cluster sees to what runs in it.
            Self::Helm(_) => {}
        }
    }

    /// How deployments are that were applied before, one report for each, in their order.
    pub(crate) async fn inspect(&self, records: &[Record]) -> Vec<Report> {
        match self {
            Self::Docker(driver) => driver.inspect(records).await,
            Self::Helm(driver) => driver.inspect(records).await,
        }
    }

    /// From now on the logs of exactly these deployments go into `sink`. Called at each tick; returns at once.
    pub(crate) async fn logs(&self, sources: &[LogSource], sink: &Sink) {
        match self {
            Self::Docker(driver) => driver.logs(sources, sink).await,
            Self::Helm(driver) => driver.logs(sources, sink).await,
        }
    }

    /// How busy the machine, or the cluster, is.
    pub(crate) async fn metrics(&self) -> anyhow::Result<AgentMetrics> {
        match self {
            Self::Docker(driver) => driver.metrics(),
            Self::Helm(driver) => driver.metrics().await,
        }
    }
}
