//! The loop: asks the hub, compares with what is known, has the difference done, reports.

mod reports;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use grantry_wire::agent::{AgentDeployment, AgentResource, DeploymentStatusType};
use reqwest::header::HeaderValue;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::backoff::Backoff;
use crate::config::Config;
use crate::driver::{Driver, Facts, Job, LogSource, Progress, Report};
use crate::failure::Failure;
use crate::health::Heartbeat;
use crate::hub::{Answer, Hub, Trouble};
use crate::logs::{self, Shipper, Sink};
use crate::own_log::OwnLog;
use crate::state::{Phase, Record, State};
use reports::Reports;

/// How long running jobs may take to end when the agent is told to stop.
const PATIENCE: Duration = Duration::from_secs(8);

/// How often metrics and the agent's own log go to the hub.
const SELDOM: Duration = Duration::from_secs(30);

/// Deployments that are worked on at the same time, at most.
const JOBS: usize = 2;

/// Brings the target's deployments to where the hub wants them.
pub(crate) struct Reconciler {
    interval: Duration,
    heartbeat: Heartbeat,
    hub: Arc<Hub>,
    driver: Arc<Driver>,
    state: State,
    own_log: OwnLog,
    sink: Sink,
    shipper: Option<Shipper>,
    /// What the hub answered last. `None` until it has: then nothing is known about what should run, so nothing is done.
    desired: Option<Desired>,
    hub_backoff: Backoff,
    jobs: JoinSet<Done>,
    running: HashMap<Uuid, Running>,
    retries: HashMap<Uuid, Retry>,
    reports: Reports,
    seldom: Option<Instant>,
}

struct Desired {
    resource: Box<AgentResource>,
    tag: Option<HeaderValue>,
}

impl Desired {
    fn deployments(&self) -> &[AgentDeployment] {
        self.resource.deployments.as_deref().unwrap_or_default()
    }
}

/// A job that is under way.
struct Running {
    /// The revision that it brings; `None` if it removes.
    revision: Option<Uuid>,
    progress: Progress,
    job: AbortHandle,
}

/// How a job ended.
struct Done {
    id: Uuid,
    outcome: Outcome,
}

enum Outcome {
    Applied(Box<Record>, Result<Facts, Failure>),
    Removed(Result<(), Failure>),
}

/// When a deployment that failed is tried again.
struct Retry {
    /// Of which revision; another one is tried at once. `None`: its removal.
    revision: Option<Uuid>,
    backoff: Backoff,
    failure: Failure,
}

impl Retry {
    fn new(revision: Option<Uuid>, failure: Failure) -> Self {
        let backoff = Backoff::new(Duration::from_secs(5), Duration::from_mins(5));
        Self { revision, backoff, failure }
    }
}

impl Reconciler {
    pub(crate) fn new(config: &Config, state: State, driver: Driver, hub: Arc<Hub>, own_log: OwnLog) -> Self {
        let (sink, shipper) = logs::way(hub.clone());
        Self {
            interval: config.interval,
            heartbeat: Heartbeat::new(&config.state_dir),
            hub,
            driver: Arc::new(driver),
            state,
            own_log,
            sink,
            shipper: Some(shipper),
            desired: None,
            hub_backoff: Backoff::new(config.interval, Duration::from_mins(1)),
            jobs: JoinSet::new(),
            running: HashMap::new(),
            retries: HashMap::new(),
            reports: Reports::default(),
            seldom: None,
        }
    }

    /// Goes round until told to stop; then waits a little for jobs that are under way.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let tracker = TaskTracker::new();
        if let Some(shipper) = self.shipper.take() {
            tracker.spawn(shipper.run(stop.clone()));
        }
        tracker.close();
        let mut ticks = interval(self.interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => tokio::select! {
                    () = self.tick() => {}
                    () = stop.cancelled() => break,
                },
                Some(done) = self.jobs.join_next() => self.settle(done),
                () = stop.cancelled() => break,
            }
        }
        let settle = async {
            while let Some(done) = self.jobs.join_next().await {
                self.settle(done);
            }
            tracker.wait().await;
        };
        if timeout(PATIENCE, settle).await.is_err() {
            tracing::warn!("stopping in the midst of a deployment; it is finished after the next start");
        }
    }

    async fn tick(&mut self) {
        self.heartbeat.beat();
        while let Some(done) = self.jobs.try_join_next() {
            self.settle(done);
        }
        if !self.hub_backoff.is_over(Instant::now()) || !self.ask().await {
            return;
        }
        self.start_jobs();
        self.look().await;
        self.reports.send(&self.hub).await;
        self.follow_logs().await;
        self.report_seldom().await;
        self.heartbeat.beat();
    }

    /// Asks the hub what should run. `false`: it did not say, and everything stays as it is.
    async fn ask(&mut self) -> bool {
        let tag = self.desired.as_ref().and_then(|desired| desired.tag.as_ref());
        match self.hub.resources(tag).await {
            Ok(Answer::Unchanged) => {}
            Ok(Answer::Resource(resource, tag)) => self.desired = Some(Desired { resource, tag }),
            Err(trouble) => {
                self.complain(&trouble);
                self.hub_backoff.fail(Instant::now(), trouble.retry_after());
                return false;
            }
        }
        if self.hub_backoff.failures() > 0 {
            tracing::info!("the hub answers again");
        }
        self.hub_backoff.reset();
        true
    }

    fn complain(&self, trouble: &Trouble) {
        let error = anyhow::Error::msg(trouble.to_string());
        let cause = std::error::Error::source(trouble).map(innermost).unwrap_or_default();
        match self.hub_backoff.failures() {
            0 => tracing::warn!("what should run is not known, everything stays as it is: {error}{cause}"),
            _ => tracing::debug!("still no answer of the hub: {error}{cause}"),
        }
    }

    /// Begins what is to be done and may be done now.
    fn start_jobs(&mut self) {
        let Some(desired) = self.desired.take() else { return };
        for id in self.abandoned(&desired) {
            self.start_removal(id);
        }
        for wanted in desired.deployments() {
            if let Some(running) = self.running.get(&wanted.id) {
                // Work at what is no longer wanted only delays what is.
                if running.revision.is_some_and(|revision| revision != wanted.revision_id) {
                    running.job.abort();
                }
                continue;
            }
            if self.is_due(wanted) {
                self.start_apply(wanted, desired.resource.namespace.as_deref());
            }
        }
        self.reports.retain(|id| desired.deployments().iter().any(|wanted| wanted.id == id));
        self.desired = Some(desired);
    }

    /// Deployments that the hub's complete answer does not list any more.
    fn abandoned(&self, desired: &Desired) -> Vec<Uuid> {
        let listed = |id: Uuid| desired.deployments().iter().any(|wanted| wanted.id == id);
        self.state.records().map(|record| record.id).filter(|id| !listed(*id)).collect()
    }

    fn is_due(&mut self, wanted: &AgentDeployment) -> bool {
        if let Some(retry) = self.retries.get(&wanted.id) {
            if retry.revision == Some(wanted.revision_id) {
                let due = retry.backoff.is_over(Instant::now());
                if !due {
                    self.reports.set(wanted.id, wanted.revision_id, failed(&retry.failure));
                }
                return due && self.running.len() < JOBS;
            }
            self.retries.remove(&wanted.id);
        }
        let current = self.state.find(wanted.id);
        let done = current
            .is_some_and(|record| record.revision == wanted.revision_id && record.phase == Phase::Applied);
        if !done && self.running.len() >= JOBS {
            let waiting = Report::new(DeploymentStatusType::Progressing, "waiting for other deployments");
            self.reports.set(wanted.id, wanted.revision_id, waiting);
        }
        !done && self.running.len() < JOBS
    }

    fn start_apply(&mut self, wanted: &AgentDeployment, namespace: Option<&str>) {
        let (record, folder) = match self.prepare(wanted, namespace) {
            Ok(prepared) => prepared,
            Err(failure) => return self.note_failure(wanted.id, Some(wanted.revision_id), failure),
        };
        tracing::info!(deployment = %wanted.id, revision = %wanted.revision_id, "bringing a deployment to a revision");
        let progress = Progress::new("starting");
        let (driver, hub, wanted) = (self.driver.clone(), self.hub.clone(), wanted.clone());
        let (id, revision) = (wanted.id, wanted.revision_id);
        let said = progress.clone();
        let job = self.jobs.spawn(async move {
            let job = Job {
                wanted: &wanted,
                facts: record.facts.clone(),
                folder: &folder,
                hub: &hub,
                progress: &said,
            };
            let result = Box::pin(driver.apply(job)).await;
            Done { id, outcome: Outcome::Applied(Box::new(record), result) }
        });
        self.running.insert(id, Running { revision: Some(revision), progress, job });
    }

    /// Writes down what is about to be done.
    fn prepare(
        &mut self,
        wanted: &AgentDeployment,
        namespace: Option<&str>,
    ) -> Result<(Record, PathBuf), Failure> {
        let before = self.state.find(wanted.id).map(|record| &record.facts);
        let record = Record {
            id: wanted.id,
            revision: wanted.revision_id,
            phase: Phase::Applying,
            keep_volumes: wanted.keep_volumes,
            facts: self.driver.plan(wanted, namespace, before)?,
        };
        let kept = self.state.keep(record.clone()).and_then(|()| self.state.folder_of(wanted.id));
        let folder = kept.map_err(|error| Failure::of("can't write down what is to be deployed", &error))?;
        Ok((record, folder))
    }

    fn start_removal(&mut self, id: Uuid) {
        let waits = self
            .retries
            .get(&id)
            .is_some_and(|retry| retry.revision.is_none() && !retry.backoff.is_over(Instant::now()));
        if let Some(running) = self.running.get(&id) {
            if running.revision.is_some() {
                running.job.abort();
            }
            return;
        }
        let Some(record) = self.state.find(id).filter(|_| !waits).cloned() else { return };
        // Should the hub list it again, half removed, it is deployed anew.
        let begun = self.state.keep(Record { phase: Phase::Applying, ..record.clone() });
        let folder = match begun.and_then(|()| self.state.folder_of(id)) {
            Ok(folder) => folder,
            Err(error) => {
                return self.note_failure(id, None, Failure::of("can't write down its removal", &error));
            }
        };
        tracing::info!(deployment = %id, keep_volumes = record.keep_volumes, "removing a deployment that the hub no longer lists");
        let driver = self.driver.clone();
        let job = self.jobs.spawn(async move {
            let result = Box::pin(driver.remove(&record, &folder)).await;
            Done { id, outcome: Outcome::Removed(result) }
        });
        self.running.insert(id, Running { revision: None, progress: Progress::new("removing"), job });
    }

    /// Notes how a job ended.
    fn settle(&mut self, done: Result<Done, tokio::task::JoinError>) {
        let done = match done {
            Ok(done) => done,
            Err(error) => return self.settle_broken(&error),
        };
        self.running.remove(&done.id);
        match done.outcome {
            Outcome::Applied(record, Ok(facts)) => {
                self.settle_applied(Record { phase: Phase::Applied, facts, ..*record })
            }
            Outcome::Applied(record, Err(failure)) => {
                let revision = record.revision;
                let id = record.id;
                self.keep(Record { phase: Phase::Failed, ..*record });
                self.note_failure(id, Some(revision), failure);
            }
            Outcome::Removed(Ok(())) => {
                self.retries.remove(&done.id);
                match self.state.forget(done.id) {
                    Ok(()) => tracing::info!(deployment = %done.id, "removed a deployment"),
                    Err(error) => tracing::warn!(deployment = %done.id, "its folder stays: {error:#}"),
                }
            }
            Outcome::Removed(Err(failure)) => self.note_failure(done.id, None, failure),
        }
    }

    fn settle_applied(&mut self, record: Record) {
        tracing::info!(deployment = %record.id, revision = %record.revision, "brought a deployment to its revision");
        self.retries.remove(&record.id);
        self.keep(record);
    }

    /// A job that was given up, or that broke: what it did is unknown, so it is begun again.
    fn settle_broken(&mut self, error: &tokio::task::JoinError) {
        let lost: Vec<Uuid> = self
            .running
            .iter()
            .filter(|(_, running)| running.job.id() == error.id())
            .map(|(id, _)| *id)
            .collect();
        for id in lost {
            let running = self.running.remove(&id);
            if !error.is_cancelled() {
                let failure = Failure::new("the agent made a mistake; its own log says more");
                self.note_failure(id, running.and_then(|running| running.revision), failure);
            }
        }
    }

    /// Keeps a record; what can't be written is tried again as if it had failed.
    fn keep(&mut self, record: Record) {
        let (id, revision) = (record.id, record.revision);
        if let Err(error) = self.state.keep(record) {
            self.note_failure(id, Some(revision), Failure::of("can't write down what was deployed", &error));
        }
    }

    fn note_failure(&mut self, id: Uuid, revision: Option<Uuid>, failure: Failure) {
        match revision {
            Some(revision) => {
                tracing::warn!(deployment = %id, %revision, "a deployment failed: {failure}");
                self.reports.set(id, revision, failed(&failure));
            }
            None => tracing::warn!(deployment = %id, "a deployment can't be removed: {failure}"),
        }
        let retry = self.retries.entry(id).or_insert_with(|| Retry::new(revision, failure.clone()));
        if retry.revision != revision {
            *retry = Retry::new(revision, failure.clone());
        }
        retry.failure = failure;
        retry.backoff.fail(Instant::now(), None);
    }

    /// Looks how deployments are, and how far jobs are.
    async fn look(&mut self) {
        for (id, running) in &self.running {
            if let Some(revision) = running.revision {
                let report = Report::new(DeploymentStatusType::Progressing, running.progress.text());
                self.reports.set_progress(*id, revision, report);
            }
        }
        let settled = |record: &&Record| {
            record.phase == Phase::Applied
                && !self.running.contains_key(&record.id)
                && !self.retries.contains_key(&record.id)
        };
        let records: Vec<Record> = self.state.records().filter(settled).cloned().collect();
        if records.is_empty() {
            return;
        }
        let found = self.driver.inspect(&records).await;
        for (record, report) in records.iter().zip(found) {
            self.reports.set(record.id, record.revision, report);
        }
    }

    async fn follow_logs(&mut self) {
        let Some(desired) = &self.desired else { return };
        let wanted = |record: &Record| {
            let all = desired.resource.deployment_logs_enabled;
            desired.deployments().iter().any(|one| one.id == record.id && (all || one.logs_enabled))
        };
        let source = |record: &Record| LogSource {
            deployment: record.id,
            revision: record.revision,
            facts: record.facts.clone(),
            after: desired.resource.deployment_logs_after,
            folder: self.state.path_of(record.id),
        };
        let sources: Vec<_> = self.state.records().filter(|record| wanted(record)).map(source).collect();
        self.driver.logs(&sources, &self.sink).await;
    }

    async fn report_seldom(&mut self) {
        if self.seldom.is_some_and(|last| last.elapsed() < SELDOM) {
            return;
        }
        self.seldom = Some(Instant::now());
        if self.desired.as_ref().is_some_and(|desired| desired.resource.metrics_enabled) {
            match self.driver.metrics().await {
                Ok(metrics) => drop(self.hub.measure(&metrics).await.inspect_err(undelivered)),
                Err(error) => tracing::debug!("nothing measured: {error:#}"),
            }
        }
        let lines = self.own_log.waiting();
        if lines.is_empty() {
            return;
        }
        match self.hub.log_own(&lines).await {
            Ok(()) => self.own_log.delivered(&lines),
            Err(trouble) if trouble.is_final() => self.own_log.delivered(&lines),
            Err(trouble) => undelivered(&trouble),
        }
    }
}

fn undelivered(trouble: &Trouble) {
    tracing::debug!("not delivered: {trouble}");
}

fn failed(failure: &Failure) -> Report {
    Report::new(DeploymentStatusType::Error, failure.to_string())
}

/// The last cause in a chain, which says most about why a connection failed.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(cause) = error.source() {
        error = cause;
    }
    format!(": {error}")
}
