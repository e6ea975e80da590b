//! What the hub was told about deployments, and what it is yet to be told.

use std::collections::BTreeMap;
use std::time::Duration;

use grantry_wire::agent::AgentStatus;
use tokio::time::Instant;
use uuid::Uuid;

use crate::driver::Report;
use crate::hub::Hub;

/// A report that says the same as the last one is sent only so often: it tells that the agent is alive.
const REPEAT: Duration = Duration::from_secs(30);

/// How deployments are, by deployment.
#[derive(Default)]
pub(super) struct Reports(BTreeMap<Uuid, Entry>);

struct Entry {
    revision: Uuid,
    report: Report,
    due: bool,
    sent: Option<Instant>,
}

impl Reports {
    /// Notes how a deployment is; sent soon if that is new.
    pub(super) fn set(&mut self, id: Uuid, revision: Uuid, report: Report) {
        self.note(id, revision, report, false);
    }

    /// Notes how far a job is; sent soon even if it says the same, so that one can see that it goes on.
    pub(super) fn set_progress(&mut self, id: Uuid, revision: Uuid, report: Report) {
        self.note(id, revision, report, true);
    }

    fn note(&mut self, id: Uuid, revision: Uuid, report: Report, urgent: bool) {
        let Some(entry) = self.0.get_mut(&id) else {
            self.0.insert(id, Entry { revision, report, due: true, sent: None });
            return;
        };
        entry.due |= urgent || entry.revision != revision || entry.report != report;
        (entry.revision, entry.report) = (revision, report);
    }

    /// Forgets deployments that are not among the wanted ones.
    pub(super) fn retain(&mut self, wanted: impl Fn(Uuid) -> bool) {
        self.0.retain(|id, _| wanted(*id));
    }

    /// Sends what is due. What the hub does not take is tried again at the next tick, unless it will never take it.
    pub(super) async fn send(&mut self, hub: &Hub) {
        for (id, entry) in &mut self.0 {
            let now = Instant::now();
            if !entry.due && entry.sent.is_some_and(|sent| now - sent < REPEAT) {
                continue;
            }
            let status = AgentStatus {
                revision_id: entry.revision,
                r#type: entry.report.kind,
                message: entry.report.message.clone(),
            };
            match hub.report(&status).await {
                Ok(()) => {}
                Err(trouble) if trouble.is_final() => {
                    tracing::debug!(deployment = %id, "the hub refuses a status: {trouble}");
                }
                Err(trouble) => {
                    tracing::debug!(deployment = %id, "a status is not delivered: {trouble}");
                    return;
                }
            }
            entry.due = false;
            entry.sent = Some(now);
        }
    }
}
