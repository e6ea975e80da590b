//! What keeps a release from being ready while Helm waits for it. Helm itself only says, in the end, that its time is over.

use std::convert::Infallible;
use std::sync::Mutex;
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
    /// What was seen last of the revision that Helm made, by its number.
    trouble: Mutex<Option<(u32, String)>>,
}

impl<'a> Wait<'a> {
    pub(super) fn new(cluster: &'a Cluster, namespace: &'a str, release: &'a str) -> Self {
        Self { cluster, namespace, release, trouble: Mutex::default() }
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
        let trouble = self.trouble.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        trouble.as_ref().map(|(_, trouble)| trouble.clone())
    }

    async fn look(&self) -> anyhow::Result<Option<String>> {
        let revisions = release::revisions(&self.cluster.api, self.namespace, self.release).await?;
        let Some(newest) = revisions.last().filter(|newest| newest.status == Status::Pending) else {
            return Ok(None);
        };
        // A later one is that which Helm goes back by; what is not ready then is no reason for the failure.
        if self.noted().is_some_and(|noted| noted < newest.number) {
            return Ok(None);
        }
        let objects = self.cluster.objects(self.namespace, self.release, newest.number).await?;
        let found = inspection::trouble(self.cluster, self.namespace, &objects).await?;
        let mut trouble = self.trouble.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *trouble = found.clone().map(|found| (newest.number, found));
        Ok(found)
    }

    fn noted(&self) -> Option<u32> {
        let trouble = self.trouble.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        trouble.as_ref().map(|(number, _)| *number)
    }
}
