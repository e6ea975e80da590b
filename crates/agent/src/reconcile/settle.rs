//! Notes how work ended.

use tokio::task::JoinError;
use tokio::time::Instant;
use uuid::Uuid;

use super::job::{Done, Outcome, Retry};
use super::{Reconciler, failed};
use crate::failure::Failure;
use crate::state::{Phase, Record};

impl Reconciler {
    /// Notes how a job ended.
    pub(super) fn settle(&mut self, done: Result<Done, JoinError>) {
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
    fn settle_broken(&mut self, error: &JoinError) {
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

    pub(super) fn note_failure(&mut self, id: Uuid, revision: Option<Uuid>, failure: Failure) {
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
}
