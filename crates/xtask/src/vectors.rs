//! Writes the test vectors that every implementation of the license token must pass.
//!
//! The expectations are written by hand beside each case; nothing here asks the library what it thinks. The cases that
//! no sound library could produce (foreign algorithms, broken encodings, forged signatures) are built in `forge`.

mod case;
mod forge;
mod lists;
mod points;
mod tokens;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::shell::root;

/// The files of one folder under `vectors/`, by name.
type Files = Vec<(String, String)>;

/// Rewrites `vectors/license-token` and `vectors/revocation-list`. The same program always writes the same bytes.
pub(crate) fn run() -> Result<()> {
    for (folder, files) in folders()? {
        fs::create_dir_all(&folder).with_context(|| format!("can't make {}", folder.display()))?;
        for stale in stale(&folder, &files)? {
            fs::remove_file(&stale).with_context(|| format!("can't remove {}", stale.display()))?;
        }
        for (name, text) in files {
            let path = folder.join(name);
            fs::write(&path, text).with_context(|| format!("can't write {}", path.display()))?;
        }
    }
    Ok(())
}

fn folders() -> Result<[(PathBuf, Files); 2]> {
    let vectors = root().join("vectors");
    Ok([
        (vectors.join("license-token"), files(&tokens::all())?),
        (vectors.join("revocation-list"), files(&lists::all())?),
    ])
}

fn files(cases: &[case::Case]) -> Result<Files> {
    let mut names = BTreeSet::new();
    cases
        .iter()
        .map(|case| {
            ensure!(names.insert(case.name), "two cases are called {}", case.name);
            let text = serde_json::to_string_pretty(case)?;
            Ok((format!("{}.json", case.name), format!("{text}\n")))
        })
        .collect()
}

/// Files of cases that are no more.
fn stale(folder: &Path, files: &Files) -> Result<Vec<PathBuf>> {
    let mut stale = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_case = files.iter().any(|(name, _)| path.ends_with(name));
        if !is_case && path.extension().is_some_and(|extension| extension == "json") {
            stale.push(path);
        }
    }
    Ok(stale)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{folders, stale};

    #[test]
    fn committed_vectors_are_what_the_generator_writes() {
        for (folder, files) in folders().unwrap() {
            assert_eq!(stale(&folder, &files).unwrap(), Vec::<std::path::PathBuf>::new());
            for (name, text) in files {
                let path = folder.join(name);
                let committed = fs::read_to_string(&path).unwrap_or_default();
                assert!(committed == text, "{} is not what `cargo xtask vectors` writes", path.display());
            }
        }
    }
}
