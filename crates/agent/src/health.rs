//! `grantry-agent health`: whether the loop of a running agent goes round.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::clock;

/// The loop writes each interval, and a slow hub may hold it for a minute.
const STALE: Duration = Duration::from_mins(3);

/// The file by which a running agent says that it is alive.
pub(crate) struct Heartbeat(PathBuf);

impl Heartbeat {
    pub(crate) fn new(state_dir: &Path) -> Self {
        Self(state_dir.join("heartbeat"))
    }

    /// Says that the agent is alive. Fails silently: with a full disk the agent still runs, and a check says so by and by.
    pub(crate) fn beat(&self) {
        let _ = std::fs::write(&self.0, b"alive\n");
    }

    /// Checks that the agent was alive lately.
    ///
    /// # Errors
    /// It was not.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        let metadata =
            std::fs::metadata(&self.0).with_context(|| format!("no agent has used {}", self.0.display()))?;
        // A moment in the future is as good as now: the clock was set back.
        let age = clock::now().duration_since(metadata.modified()?).unwrap_or_default();
        if age > STALE {
            bail!("the agent was last alive {} seconds ago", age.as_secs());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_healthy_if_it_was_alive_lately() {
        let folder = tempfile::tempdir().unwrap();
        let heartbeat = Heartbeat::new(folder.path());
        assert!(heartbeat.check().unwrap_err().to_string().contains("no agent"));
        heartbeat.beat();
        heartbeat.check().unwrap();
        let file = std::fs::File::options().write(true).open(&heartbeat.0).unwrap();
        file.set_modified(clock::now() - Duration::from_mins(4)).unwrap();
        assert!(heartbeat.check().unwrap_err().to_string().contains("seconds ago"));
    }
}
