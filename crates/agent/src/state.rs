//! What the agent knows across restarts: a folder for each deployment, with a record of what was applied.
//!
//! A record is replaced as a whole and durably (temporary file, fsync, rename, fsync of the folder): after a crash, or with a full
//! disk, the earlier one is there.

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::driver::Facts;

const RECORD: &str = "record.json";

/// How far the last attempt at a deployment came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Phase {
    /// It began, and nobody knows how it ended.
    Applying,
    Applied,
    Failed,
}

/// What is known about one deployment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Record {
    pub(crate) id: Uuid,
    /// The revision that was tried last.
    pub(crate) revision: Uuid,
    pub(crate) phase: Phase,
    /// Whether volumes stay when it is removed. The hub can't be asked any more by then.
    pub(crate) keep_volumes: bool,
    pub(crate) facts: Facts,
}

/// The records of one deployment target. Another target has another folder: connected to a different one, an agent has nothing to
/// remove.
pub(crate) struct State {
    folder: PathBuf,
    records: BTreeMap<Uuid, Record>,
    /// Held while the agent runs, so that there is one of it.
    _lock: File,
}

impl State {
    /// Opens the folder of a target and reads its records. One that can't be read is left alone: what it was about is neither
    /// known nor removed, until the hub names the deployment again.
    ///
    /// # Errors
    /// The folder can't be made or read, or another agent uses it.
    pub(crate) fn open(base: &Path, target: Uuid) -> anyhow::Result<Self> {
        let folder = base.join(target.to_string());
        make_private(&folder)?;
        let lock = options().open(folder.join("lock")).context("can't open the lock file")?;
        if lock.try_lock().is_err() {
            bail!("another agent uses {}", folder.display());
        }
        let mut records = BTreeMap::new();
        for entry in std::fs::read_dir(&folder).with_context(|| format!("can't read {}", folder.display()))? {
            let entry = entry?;
            let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            match read(&entry.path().join(RECORD), id) {
                Ok(Some(record)) => drop(records.insert(id, record)),
                Ok(None) => {}
                Err(error) => tracing::warn!(deployment = %id, "its record can't be read: {error:#}"),
            }
        }
        Ok(Self { folder, records, _lock: lock })
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.values()
    }

    pub(crate) fn find(&self, id: Uuid) -> Option<&Record> {
        self.records.get(&id)
    }

    /// Where the folder of a deployment is, or would be.
    pub(crate) fn path_of(&self, id: Uuid) -> PathBuf {
        self.folder.join(id.to_string())
    }

    /// The folder of a deployment; made if it is not there.
    ///
    /// # Errors
    /// It can't be made.
    pub(crate) fn folder_of(&self, id: Uuid) -> anyhow::Result<PathBuf> {
        let folder = self.path_of(id);
        make_private(&folder)?;
        Ok(folder)
    }

    /// Remembers a record from now on, on disk first. If that fails the earlier one stays, on disk and here.
    ///
    /// # Errors
    /// It can't be written.
    pub(crate) fn keep(&mut self, record: Record) -> anyhow::Result<()> {
        let text = serde_json::to_vec_pretty(&record)?;
        write(&self.folder_of(record.id)?.join(RECORD), &text)?;
        self.records.insert(record.id, record);
        Ok(())
    }

    /// Forgets a deployment with all that is in its folder. The record goes first: without it the rest means nothing.
    ///
    /// # Errors
    /// Something could not be deleted.
    pub(crate) fn forget(&mut self, id: Uuid) -> anyhow::Result<()> {
        let folder = self.path_of(id);
        absent_is_fine(std::fs::remove_file(folder.join(RECORD)))?;
        sync(&folder)?;
        self.records.remove(&id);
        absent_is_fine(std::fs::remove_dir_all(&folder))?;
        sync(&self.folder)
    }
}

fn read(path: &Path, id: Uuid) -> anyhow::Result<Option<Record>> {
    let text = match std::fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        text => text?,
    };
    let record: Record = serde_json::from_slice(&text)?;
    if record.id != id {
        bail!("it is of another deployment, {}", record.id);
    }
    Ok(Some(record))
}

/// Replaces a file as a whole, durably and readable by its owner alone.
///
/// # Errors
/// It can't be written; then the file is as before, and nothing else is left.
pub(crate) fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    replace(path, content, File::sync_all)?;
    sync(path.parent().context("a file without a folder")?)
}

/// As [`write()`], but a power cut may lose it: for what is written often and is only a help.
///
/// # Errors
/// As [`write()`].
pub(crate) fn write_loosely(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    replace(path, content, |_| Ok(()))
}

fn replace(path: &Path, content: &[u8], settle: fn(&File) -> io::Result<()>) -> anyhow::Result<()> {
    let temporary = path.with_extension("new");
    let replace = || {
        let mut file = options().truncate(true).open(&temporary)?;
        file.write_all(content)?;
        settle(&file)?;
        std::fs::rename(&temporary, path)
    };
    if let Err(error) = replace() {
        // Best effort: what is left is overwritten next time.
        let _ = std::fs::remove_file(&temporary);
        let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        let what = if full { "the disk of the agent is full: can't write" } else { "can't write" };
        return Err(error).with_context(|| format!("{what} {}", path.display()));
    }
    Ok(())
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    options
}

/// Makes a folder that its owner alone can read.
///
/// # Errors
/// It can't be made.
pub(crate) fn make_private(folder: &Path) -> anyhow::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("can't make the folder {}", folder.display()))
}

/// Makes what happened in a folder durable.
fn sync(folder: &Path) -> anyhow::Result<()> {
    match File::open(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        folder => Ok(folder?.sync_all()?),
    }
}

fn absent_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}
