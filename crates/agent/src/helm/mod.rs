//! The Helm driver: releases in a Kubernetes cluster.
//!
//! The `helm` program changes releases (`cli`, `operation`); how they are is asked of the cluster's API (`api`, `inspection`), which
//! costs next to nothing and so can be done at each tick. What the agent did is written down in the cluster (`record`), and `release`
//! decides by that, and by what Helm itself has stored, what may be done.

mod access;
mod api;
mod apply;
mod cli;
mod cluster;
mod follow;
mod inspection;
mod kinds;
mod manifest;
mod metrics;
mod operation;
mod pods;
mod readiness;
mod record;
mod registry;
mod release;
mod wait;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context as _, bail};
use grantry_wire::agent::{AgentDeployment, AgentMetrics, DeploymentStatusType};
use serde::{Deserialize, Serialize};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::config::{Config, Registry};
use crate::driver::{self, LogSource, Report};
use crate::failure::Failure;
use crate::hub::Hub;
use crate::logs::Sink;
use crate::secret::Secret;
use crate::state::{self, Phase, State};
use access::Access;
pub(crate) use access::Kubernetes;
use cli::Helm;
use cluster::Cluster;
use follow::Follower;
use inspection::{Memory, Subject};
use record::Record;
use release::{Refusal, Status};

/// Helm's own limit for the name of a release.
const LONGEST_RELEASE: usize = 53;
const LONGEST_NAMESPACE: usize = 63;

/// Installs and upgrades releases with the Helm CLI.
pub(crate) struct Driver {
    cluster: Arc<Cluster>,
    /// Whose releases these are; several targets may share a namespace.
    target: Uuid,
    hub: Arc<Hub>,
    registry: Registry,
    /// The namespace that releases go to if the hub names none.
    namespace: String,
    memory: Memory,
    followers: Mutex<HashMap<Uuid, Follow>>,
    tasks: TaskTracker,
    unmeasured: AtomicBool,
    /// The tokens that are in the credentials of releases, by namespace and name.
    tokens: Mutex<HashMap<(String, String), Secret>>,
    /// Ends with the driver.
    _access: Access,
}

/// A deployment whose logs are read, until this is dropped.
struct Follow {
    source: LogSource,
    _stop: DropGuard,
}

/// What is known about a release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Facts {
    pub(crate) namespace: String,
    pub(crate) release: String,
    /// How long a revision may take until it is ready, in seconds.
    timeout: u64,
    /// Whether changes behind the agent's back are no matter.
    ignore_skew: bool,
}

impl Facts {
    fn key(&self) -> (String, String) {
        (self.namespace.clone(), self.release.clone())
    }
}

impl Driver {
    /// Finds the cluster and the `helm` program.
    ///
    /// # Errors
    /// One of them is not there.
    pub(crate) async fn open(config: &Config, hub: Arc<Hub>) -> anyhow::Result<Self> {
        let folder = config.state_dir.join("helm");
        state::make_private(&folder)?;
        let access = Access::open(&config.kubernetes, &folder).await?;
        let kubeconfig = access.kubeconfig.as_deref();
        let helm = Helm::find(&config.kubernetes.helm, &folder, kubeconfig).await?;
        Ok(Self {
            cluster: Arc::new(Cluster::new(access.api.clone(), helm)),
            target: config.target,
            hub,
            registry: config.registry.clone(),
            namespace: access.namespace.clone().unwrap_or_else(|| "default".to_owned()),
            memory: Memory::default(),
            followers: Mutex::default(),
            tasks: TaskTracker::new(),
            unmeasured: AtomicBool::new(false),
            tokens: Mutex::default(),
            _access: access,
        })
    }

    /// Reads what this target's agent wrote down in the cluster and is not on disk: a pod that was moved to another node has lost its
    /// own. Without it the agent would still know its releases again, but not remove those that the hub no longer lists.
    pub(crate) async fn recall(&self, state: &mut State) {
        let known = |record: &Record| state.find(record.id).is_some();
        let recalled = match Record::list(&self.cluster.api, &self.namespace, self.target).await {
            Ok(records) => records.into_iter().filter(|record| !known(record)).collect::<Vec<_>>(),
            Err(error) => {
                let error = anyhow::Error::from(error);
                tracing::warn!("what is deployed can't be read from the cluster: {error:#}");
                return;
            }
        };
        for record in recalled {
            tracing::info!(deployment = %record.id, release = record.release_name, "found a release of this target in the cluster");
            if let Err(error) = state.keep(self.recalled(record)) {
                tracing::warn!("it can't be written down: {error:#}");
            }
        }
    }

    fn recalled(&self, record: Record) -> state::Record {
        let facts = Facts {
            namespace: self.namespace.clone(),
            release: record.release_name,
            timeout: operation::TIMEOUT.as_secs(),
            ignore_skew: record.ignore_skew,
        };
        let phase = match record.phase {
            record::Phase::Ready => Phase::Applied,
            record::Phase::Progressing => Phase::Applying,
            record::Phase::Failed => Phase::Failed,
        };
        state::Record {
            id: record.id,
            revision: record.revision_id,
            phase,
            keep_volumes: record.keep_volumes,
            facts: driver::Facts::Helm(facts),
        }
    }

    pub(crate) fn plan(
        &self,
        wanted: &AgentDeployment,
        namespace: Option<&str>,
        before: Option<&Facts>,
    ) -> Result<driver::Facts, Failure> {
        let namespace = namespace.filter(|name| !name.is_empty()).unwrap_or(&self.namespace);
        let facts = plan(wanted, namespace, before).map_err(|error| Failure::new(format!("{error:#}")))?;
        Ok(driver::Facts::Helm(facts))
    }

    pub(crate) async fn remove(&self, record: &state::Record, facts: &Facts) -> Result<(), Failure> {
        let failed = |error| Failure::of("the release can't be removed", &error);
        self.remove_release(record, facts).await.map_err(failed)?;
        self.memory.forget(record.id);
        self.cluster.forget(&facts.namespace, &facts.release);
        Ok(())
    }

    pub(crate) async fn inspect(&self, records: &[state::Record]) -> Vec<Report> {
        let mut reports = Vec::with_capacity(records.len());
        for record in records {
            reports.push(match &record.facts {
                driver::Facts::Helm(facts) => {
                    let unknown =
                        |error: anyhow::Error| Report::new(DeploymentStatusType::Error, format!("{error:#}"));
                    self.look(record, facts).await.unwrap_or_else(unknown)
                }
                driver::Facts::Docker(_) => {
                    Report::new(DeploymentStatusType::Error, "it was deployed with Docker")
                }
            });
        }
        reports
    }

    /// Whether a token is not known to be in the credentials of a release.
    fn is_news(&self, facts: &Facts, token: &str) -> bool {
        let tokens = self.tokens.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        tokens.get(&facts.key()).is_none_or(|known| known.reveal() != token)
    }

    fn note_token(&self, facts: &Facts, token: Secret) {
        let mut tokens = self.tokens.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        tokens.insert(facts.key(), token);
    }

    async fn look(&self, record: &state::Record, facts: &Facts) -> anyhow::Result<Report> {
        let api = &self.cluster.api;
        let error = |message: String| Ok(Report::new(DeploymentStatusType::Error, message));
        let kept = Record::find(api, &facts.namespace, &facts.release).await?;
        let revisions = release::revisions(api, &facts.namespace, &facts.release).await?;
        let Some(newest) = revisions.last() else {
            return error(format!(
                "the release {:?} is not there any more: it was removed behind the agent's back",
                facts.release
            ));
        };
        let Some(kept) = kept.filter(|kept| kept.id == record.id) else {
            return error(Refusal::Foreign(facts.release.clone()).to_string());
        };
        // Whatever else is to be said of it: its pods may be started anew at any time, and then need what is good today.
        self.renew_pull_secret(facts).await;
        if newest.status == Status::Pending {
            return Ok(Report::new(
                DeploymentStatusType::Progressing,
                Refusal::Busy(facts.release.clone()).to_string(),
            ));
        }
        let left = kept.helm_revision.unwrap_or(0);
        if newest.number != left && !facts.ignore_skew {
            return error(
                Refusal::Skewed { release: facts.release.clone(), found: newest.number, left }.to_string(),
            );
        }
        let objects = self.cluster.objects(&facts.namespace, &facts.release, newest.number).await?;
        let subject = Subject {
            deployment: record.id,
            namespace: &facts.namespace,
            revision: newest.number,
            objects: &objects,
            timeout: Duration::from_secs(facts.timeout),
        };
        Ok(self.memory.inspect(&self.cluster, &subject).await?)
    }

    pub(crate) async fn logs(&self, sources: &[LogSource], sink: &Sink) {
        let mut followers = self.followers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        followers.retain(|_, follow| sources.contains(&follow.source));
        for source in sources {
            let driver::Facts::Helm(facts) = &source.facts else { continue };
            followers.entry(source.deployment).or_insert_with(|| self.follow(source, facts, sink));
        }
    }

    fn follow(&self, source: &LogSource, facts: &Facts, sink: &Sink) -> Follow {
        let follower = Follower {
            cluster: self.cluster.clone(),
            source: source.clone(),
            namespace: facts.namespace.clone(),
            release: facts.release.clone(),
            positions: source.folder.join("logs.json"),
            sink: sink.clone(),
        };
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = follower.run() => {}
                () = stopped.cancelled() => {}
            }
        });
        Follow { source: source.clone(), _stop: stop.drop_guard() }
    }

    pub(crate) async fn metrics(&self) -> anyhow::Result<AgentMetrics> {
        let measured = metrics::measure(&self.cluster.api).await.context("the cluster can't be measured")?;
        if let Some(metrics) = measured {
            return Ok(metrics);
        }
        if !self.unmeasured.swap(true, Ordering::Relaxed) {
            tracing::info!(
                "there are no metrics: the cluster has no metrics server, or this account may not see its nodes"
            );
        }
        bail!("the cluster does not tell its metrics")
    }
}

fn plan(wanted: &AgentDeployment, namespace: &str, before: Option<&Facts>) -> anyhow::Result<Facts> {
    release::check_name("release", &wanted.release_name, LONGEST_RELEASE)?;
    release::check_name("namespace", namespace, LONGEST_NAMESPACE)?;
    // A release can't be renamed or moved: the one before would be left behind.
    if let Some(before) =
        before.filter(|before| before.release != wanted.release_name || before.namespace != namespace)
    {
        bail!(
            "the deployment is release {:?} in namespace {:?}, which can't be changed",
            before.release,
            before.namespace
        );
    }
    operation::check_chart(wanted)?;
    Ok(Facts {
        namespace: namespace.to_owned(),
        release: wanted.release_name.clone(),
        timeout: operation::timeout(wanted).as_secs(),
        ignore_skew: wanted.ignore_revision_skew,
    })
}

/// A file with secrets that is deleted when it is no longer needed.
struct Transient(std::path::PathBuf);

impl Transient {
    fn write(path: &Path, content: &str) -> anyhow::Result<Self> {
        let file = Self(path.to_owned());
        state::write(path, content.as_bytes())?;
        Ok(file)
    }
}

impl Drop for Transient {
    fn drop(&mut self) {
        // It may not be there: writing it may have failed.
        let _ = std::fs::remove_file(&self.0);
    }
}
