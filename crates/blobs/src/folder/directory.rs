//! Making names durable, many at once.

use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

use crate::error::Error;
use crate::folder::error::storage_error;
use crate::folder::on_disk;

/// A directory whose entries are made durable by group commit: whoever comes while a sync runs shares the next one.
pub(super) struct Directory {
    path: PathBuf,
    /// Syncs that were asked for.
    asked: AtomicU64,
    /// The newest request that a finished sync covers. The lock is held while a sync runs.
    covered: Mutex<u64>,
}

impl Directory {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, asked: AtomicU64::new(0), covered: Mutex::new(0) }
    }

    /// Returns when every entry made before the call is durable.
    pub(super) async fn sync(&self) -> Result<(), Error> {
        let mine = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut covered = self.covered.lock().await;
        if *covered >= mine {
            return Ok(());
        }
        // Whoever has asked by now made its entry before the sync begins.
        let all = self.asked.load(Ordering::SeqCst);
        let path = self.path.clone();
        // Opened each time: one open file for each of 256 folders would eat into the process's allowance.
        on_disk(move || File::open(path).and_then(|folder| folder.sync_all()).map_err(storage_error)).await?;
        *covered = all;
        Ok(())
    }
}
