//! The loop: asks the hub, compares with what is known, has the difference done, reports.

mod job;
mod reports;
mod settle;
mod start;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use grantry_wire::agent::{AgentDeployment, AgentResource, DeploymentStatusType};
use reqwest::header::HeaderValue;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::backoff::Backoff;
use crate::config::Config;
use crate::driver::{Driver, LogSource, Report};
use crate::failure::Failure;
use crate::health::Heartbeat;
use crate::hub::{Answer, Hub, Trouble};
use crate::logs::{self, Shipper, Sink};
use crate::own_log::OwnLog;
use crate::state::{Phase, Record, State};
use job::{Done, Retry, Running};
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
        self.tend().await;
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

    /// Has the driver see to what it deployed, also while the hub is away.
    async fn tend(&self) {
        let idle = self.state.records().filter(|record| !self.running.contains_key(&record.id));
        let deployments: Vec<_> =
            idle.map(|record| (record.clone(), self.state.path_of(record.id))).collect();
        if !deployments.is_empty() {
            self.driver.tend(&self.hub, &deployments).await;
        }
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

fn failed(failure: &Failure) -> Report {
    Report::new(DeploymentStatusType::Error, failure.to_string())
}

fn undelivered(trouble: &Trouble) {
    tracing::debug!("not delivered: {trouble}");
}

/// The last cause in a chain, which says most about why a connection failed.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(cause) = error.source() {
        error = cause;
    }
    format!(": {error}")
}
