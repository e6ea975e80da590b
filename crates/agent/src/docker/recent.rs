//! What the engine listed a moment ago, which is good for all that is done in one tick.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// However long ticks are apart, a list is not used for longer than this.
const LONGEST: Duration = Duration::from_millis(500);

/// A list with its age.
pub(super) struct Recent<T> {
    good_for: Duration,
    last: Mutex<Option<(Instant, Arc<T>)>>,
}

impl<T> Recent<T> {
    /// `interval` is the time between two ticks: what one tick read is too old for the next.
    pub(super) fn new(interval: Duration) -> Self {
        Self { good_for: LONGEST.min(interval / 2), last: Mutex::new(None) }
    }

    /// The list of a moment ago, or what `read` gives now.
    ///
    /// # Errors
    /// As `read`; then nothing is kept.
    pub(super) async fn read(&self, read: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<Arc<T>> {
        let mut last = self.last.lock().await;
        if let Some((when, list)) = &*last
            && when.elapsed() < self.good_for
        {
            return Ok(list.clone());
        }
        let list = Arc::new(read.await?);
        *last = Some((Instant::now(), list.clone()));
        Ok(list)
    }
}
