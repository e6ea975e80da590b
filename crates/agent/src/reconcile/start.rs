//! Begins what is to be done.

use std::path::PathBuf;

use grantry_wire::agent::{AgentDeployment, DeploymentStatusType};
use tokio::time::Instant;
use uuid::Uuid;

use super::job::{Done, Outcome, Running};
use super::{Desired, JOBS, Reconciler, failed};
use crate::driver::{Job, Progress, Report};
use crate::failure::Failure;
use crate::state::{Phase, Record};

impl Reconciler {
    /// Begins what is to be done and may be done now.
    pub(super) fn start_jobs(&mut self) {
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
        self.retries.retain(|id, _| {
            self.state.find(*id).is_some() || desired.deployments().iter().any(|wanted| wanted.id == *id)
        });
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
}
