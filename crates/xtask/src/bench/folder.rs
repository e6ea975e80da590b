//! A folder for one run.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::shell::target;

/// A folder below the target folder, so that it is on a real disk, and removed when this is dropped.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn make() -> anyhow::Result<Self> {
        let path = target().join("bench").join(std::process::id().to_string());
        fs::create_dir_all(&path).with_context(|| format!("can't make {}", path.display()))?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What can't be removed is in the target folder, where it goes with the rest.
        let _kept = fs::remove_dir_all(&self.0);
    }
}
