//! What keeps a release from being ready while Helm waits for it. Helm itself only says, in the end, that its time is over.

use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use super::cluster::Cluster;
use super::inspection;
use super::release::{self, Status};
use crate::driver::Progress;

/// How often it is looked. A change that takes less time needs no explanation.
const PERIOD: Duration = Duration::from_secs(2);

/// A release that Helm works at.
pub(super) struct Wait<'a> {
    cluster: &'a Cluster,
    namespace: &'a str,
    release: &'a str,
    seen: Mutex<Option<Seen>>,
}

/// What was seen last of the revision that Helm made.
struct Seen {
    revision: u32,
    trouble: Option<String>,
}

impl<'a> Wait<'a> {
    pub(super) fn new(cluster: &'a Cluster, namespace: &'a str, release: &'a str) -> Self {
        Self { cluster, namespace, release, seen: Mutex::default() }
    }

    /// Tells, until this is dropped, what is not ready: after `what`, which says what Helm does.
    pub(super) async fn tell(&self, what: &str, progress: &Progress) -> Infallible {
        loop {
            tokio::time::sleep(PERIOD).await;
            match self.look().await {
                Ok(Some(trouble)) => progress.say(format!("{what}; {trouble}")),
                Ok(None) => progress.say(what),
                // Helm is asked, not this, whether all goes well.
                Err(error) => tracing::debug!("it can't be seen what {what:?} waits for: {error:#}"),
            }
        }
    }

    /// What was not ready when it was looked last, before Helm gave up.
    pub(super) fn trouble(&self) -> Option<String> {
        self.lock().as_ref().and_then(|seen| seen.trouble.clone())
    }

    async fn look(&self) -> anyhow::Result<Option<String>> {
        let revisions = release::revisions(&self.cluster.api, self.namespace, self.release).await?;
        let Some(newest) = revisions.last().filter(|newest| newest.status == Status::Pending) else {
            return Ok(None);
        };
        // A later one is that by which Helm goes back; what is not ready then is no reason for the failure.
        if self.lock().as_ref().is_some_and(|seen| seen.revision < newest.number) {
            return Ok(None);
        }
        let objects = self.cluster.objects(self.namespace, self.release, newest.number).await?;
        let trouble = inspection::trouble(self.cluster, self.namespace, &objects).await?;
        *self.lock() = Some(Seen { revision: newest.number, trouble: trouble.clone() });
        Ok(trouble)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Seen>> {
        self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
