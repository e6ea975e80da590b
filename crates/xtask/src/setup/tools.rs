//! Programs that the tests of the registry drive and that Debian does not have: Go builds them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::shell::{command, run, say, target};

/// A program of a Go module, at a version that does not move.
struct Tool {
    program: &'static str,
    package: &'static str,
    version: &'static str,
}

const TOOLS: &[Tool] = &[
    Tool {
        program: "conformance",
        package: "github.com/opencontainers/distribution-spec/conformance",
        version: "v0.0.0-20260831232431-97274622c111",
    },
    Tool {
        program: "crane",
        package: "github.com/google/go-containerregistry/cmd/crane",
        version: "v0.22.1",
    },
    Tool { program: "oras", package: "oras.land/oras/cmd/oras", version: "v1.3.6" },
    Tool { program: "helm", package: "helm.sh/helm/v3/cmd/helm", version: "v3.22.0" },
];

/// The other Helm that the agent works with. Only its own tests take it, so it is not among those that are always built.
const HELM_4: Tool = Tool { program: "helm", package: "helm.sh/helm/v4/cmd/helm", version: "v4.3.1" };

/// Helm 4, built if it is missing.
///
/// # Errors
/// As [`install`].
pub(super) fn helm_4() -> anyhow::Result<PathBuf> {
    if !HELM_4.is_installed() {
        HELM_4.install()?;
    }
    Ok(HELM_4.folder().join(HELM_4.program))
}

impl Tool {
    fn folder(&self) -> PathBuf {
        cache().join(format!("{}-{}", self.program, self.version))
    }

    fn is_installed(&self) -> bool {
        self.folder().join(self.program).is_file()
    }

    /// Go moves the finished program into its folder, so an interrupted build leaves none.
    fn install(&self) -> anyhow::Result<()> {
        say(format_args!("setup: building {} {}", self.program, self.version));
        let package = format!("{}@{}", self.package, self.version);
        run(command("go")
            .args(["install", "-trimpath", "-ldflags=-s -w", &package])
            .env("GOBIN", self.folder()))
        .with_context(|| format!("can't build {}; its go.mod says which Go it needs", self.program))
    }
}

/// Builds what is missing.
///
/// # Errors
/// Go is too old, or a module cannot be had.
pub(super) fn install() -> anyhow::Result<()> {
    TOOLS.iter().filter(|tool| !tool.is_installed()).try_for_each(Tool::install)
}

/// A `PATH` on which these programs come first.
pub(super) fn path() -> anyhow::Result<OsString> {
    let machine = std::env::var_os("PATH").unwrap_or_default();
    let folders = TOOLS.iter().map(Tool::folder).chain(std::env::split_paths(&machine));
    Ok(std::env::join_paths(folders)?)
}

/// Where programs are kept that take long to build: for all checkouts of this user, if the machine says where.
pub(super) fn cache() -> PathBuf {
    let home = || Some(Path::new(&std::env::var_os("HOME")?).join(".cache"));
    let user = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home);
    user.unwrap_or_else(target).join("grantry-tools")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_come_before_the_programs_of_the_machine() {
        let path = path().unwrap();
        let folders: Vec<_> = std::env::split_paths(&path).collect();
        assert!(folders.len() > TOOLS.len());
        assert!(folders[..TOOLS.len()].iter().all(|folder| folder.starts_with(cache())));
    }

    #[test]
    fn versions_do_not_move() {
        for tool in TOOLS.iter().chain([&HELM_4]) {
            let numbers = tool.version.strip_prefix('v').unwrap().split(['.', '-']);
            assert!(numbers.count() >= 3, "{} {}", tool.program, tool.version);
        }
    }
}
