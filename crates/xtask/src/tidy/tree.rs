//! The repository as the rules see it: text files, Rust files taken apart, and who depends on whom.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use serde_json::Value;

use super::rust::RustFile;
use crate::shell::{cargo, read};

/// Folders whose content is made, not written.
const SKIPPED: &[&str] = &[".git", "target", "node_modules", "grantry-data", "__pycache__", ".venv"];

/// A loaded repository.
#[derive(Default)]
pub(super) struct Tree {
    /// Text files by path from the root, with slashes. Files that are not UTF-8 are left out.
    pub(super) files: BTreeMap<String, String>,
    /// The `.rs` files among them.
    pub(super) rust: Vec<RustFile>,
    /// The members of the workspace.
    pub(super) crates: Vec<Crate>,
}

/// A member of the workspace.
pub(super) struct Crate {
    /// The name without the `grantry-` prefix, as in `ARCHITECTURE.md`.
    pub(super) name: String,
    /// The manifest's path from the root.
    pub(super) manifest: String,
    /// Everything it names in its dependency tables.
    pub(super) dependencies: Vec<Dependency>,
}

/// One dependency of a crate.
pub(super) struct Dependency {
    /// The package name; ours without the `grantry-` prefix.
    pub(super) name: String,
    /// Whether it is one of ours.
    pub(super) ours: bool,
    /// Whether only tests use it.
    pub(super) dev: bool,
}

impl Tree {
    /// Reads the repository from disk.
    pub(super) fn load(root: &Path) -> anyhow::Result<Self> {
        let mut files = BTreeMap::new();
        collect(root, root, &mut files)?;
        let metadata = read(cargo().args(["metadata", "--no-deps", "--format-version", "1", "--offline"]))?;
        let crates =
            crates(&serde_json::from_str(&metadata)?, root).context("cargo metadata has an unknown form")?;
        Ok(Self { rust: take_apart(&files), files, crates })
    }

    /// The Rust files of one crate's `src`.
    pub(super) fn sources_of<'tree>(&'tree self, name: &str) -> impl Iterator<Item = &'tree RustFile> {
        let folder = format!("crates/{name}/src/");
        self.rust.iter().filter(move |file| file.path.starts_with(&folder))
    }

    /// The line (from 1) of a file that satisfies the condition, or 1.
    pub(super) fn line_of(&self, path: &str, condition: impl Fn(&str) -> bool) -> usize {
        self.files.get(path).and_then(|text| text.lines().position(condition)).map_or(1, |index| index + 1)
    }
}

/// Reads every text file below a folder.
fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("can't list {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            if !SKIPPED.iter().any(|name| entry.file_name() == *name) {
                collect(root, &path, files)?;
            }
        } else if kind.is_file()
            && let Ok(text) = String::from_utf8(std::fs::read(&path)?)
        {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.insert(name, text);
        }
    }
    Ok(())
}

fn take_apart(files: &BTreeMap<String, String>) -> Vec<RustFile> {
    files
        .iter()
        .filter(|(path, _)| path.ends_with(".rs"))
        .map(|(path, text)| RustFile::parse(path, text))
        .collect()
}

/// The members in the answer of `cargo metadata`.
fn crates(metadata: &Value, root: &Path) -> Option<Vec<Crate>> {
    let describe = |package: &Value| {
        let manifest = Path::new(package["manifest_path"].as_str()?);
        let dependencies =
            package["dependencies"].as_array()?.iter().map(dependency).collect::<Option<_>>()?;
        Some(Crate {
            name: short(package["name"].as_str()?).to_owned(),
            manifest: manifest.strip_prefix(root).ok()?.to_string_lossy().into_owned(),
            dependencies,
        })
    };
    metadata["packages"].as_array()?.iter().map(describe).collect()
}

fn dependency(value: &Value) -> Option<Dependency> {
    Some(Dependency {
        name: short(value["name"].as_str()?).to_owned(),
        ours: value["path"].is_string(),
        dev: value["kind"] == "dev",
    })
}

fn short(package: &str) -> &str {
    package.strip_prefix("grantry-").unwrap_or(package)
}

#[cfg(test)]
impl Tree {
    /// A tree of a few files.
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        Self { rust: take_apart(&files), files, crates: Vec::new() }
    }

    /// Adds a crate with its dependencies: `axum` is another's, `=store` is ours, a `?` before it marks one for tests.
    pub(super) fn with_crate(mut self, name: &str, dependencies: &[&str]) -> Self {
        let read = |text: &&str| {
            let (dev, rest) = text.strip_prefix('?').map_or((false, *text), |rest| (true, rest));
            let (ours, name) = rest.strip_prefix('=').map_or((false, rest), |rest| (true, rest));
            Dependency { name: name.to_owned(), ours, dev }
        };
        self.crates.push(Crate {
            name: name.to_owned(),
            manifest: format!("crates/{name}/Cargo.toml"),
            dependencies: dependencies.iter().map(read).collect(),
        });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_this_repository() {
        let tree = Tree::load(&crate::shell::root()).unwrap();
        assert!(tree.files.contains_key("Cargo.toml"));
        assert!(tree.files.keys().all(|path| !path.starts_with("target/") && !path.starts_with(".git/")));
        let xtask = tree.crates.iter().find(|one| one.name == "xtask").unwrap();
        assert_eq!(xtask.manifest, "crates/xtask/Cargo.toml");
        assert!(xtask.dependencies.iter().any(|one| one.name == "clap" && !one.ours && !one.dev));
        let http = tree.crates.iter().find(|one| one.name == "http").unwrap();
        assert!(http.dependencies.iter().any(|one| one.name == "ops" && one.ours));
    }
}
