//! Work on one deployment, and when it is tried again.

use std::time::Duration;

use tokio::task::AbortHandle;
use uuid::Uuid;

use crate::backoff::Backoff;
use crate::driver::{Facts, Progress};
use crate::failure::Failure;
use crate::state::Record;

/// A job that is under way.
pub(super) struct Running {
    /// The revision that it brings; `None` if it removes.
    pub(super) revision: Option<Uuid>,
    pub(super) progress: Progress,
    pub(super) job: AbortHandle,
}

/// How a job ended.
pub(super) struct Done {
    pub(super) id: Uuid,
    pub(super) outcome: Outcome,
}

pub(super) enum Outcome {
    Applied(Box<Record>, Result<Facts, Failure>),
    Removed(Result<(), Failure>),
}

/// When a deployment that failed is tried again.
pub(super) struct Retry {
    /// Of which revision; another one is tried at once. `None`: its removal.
    pub(super) revision: Option<Uuid>,
    pub(super) backoff: Backoff,
    pub(super) failure: Failure,
}

impl Retry {
    pub(super) fn new(revision: Option<Uuid>, failure: Failure) -> Self {
        let backoff = Backoff::new(Duration::from_secs(5), Duration::from_mins(5));
        Self { revision, backoff, failure }
    }
}
