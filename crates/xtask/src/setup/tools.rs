//! Programs that the tests of the registry drive and that Debian does not have: Go builds them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::shell::{command, read, run, say, target};

/// A program of a Go module, at a version that does not move.
struct Tool {
    program: &'static str,
    /// The Go package; the last part of its path is what Go calls the program.
    package: &'static str,
    version: &'static str,
    kind: Kind,
}

/// What the package is.
#[derive(PartialEq)]
enum Kind {
    Program,
    /// Tests, at the root of a module.
    Tests,
}

const TOOLS: &[Tool] = &[
    Tool {
        program: "conformance",
        package: "github.com/opencontainers/distribution-spec/conformance",
        version: "v0.0.0-20260831232431-97274622c111",
        kind: Kind::Program,
    },
    // The suite before it was rewritten, by which release 1.1 is judged: the last version of it that the module proxy has.
    Tool {
        program: "conformance-released",
        package: "github.com/opencontainers/distribution-spec/conformance",
        version: "v0.0.0-20231101194043-f2182352d4cc",
        kind: Kind::Tests,
    },
    Tool {
        program: "crane",
        package: "github.com/google/go-containerregistry/cmd/crane",
        version: "v0.22.1",
        kind: Kind::Program,
    },
    Tool { program: "oras", package: "oras.land/oras/cmd/oras", version: "v1.3.6", kind: Kind::Program },
    Tool { program: "helm", package: "helm.sh/helm/v3/cmd/helm", version: "v3.22.0", kind: Kind::Program },
    // Later ones say `exclude` in their go.mod, which `go install` refuses.
    Tool {
        program: "docker-compose",
        package: "github.com/docker/compose/v2/cmd",
        version: "v2.28.1",
        kind: Kind::Program,
    },
];

/// The other Helm that the agent works with. Only its own tests take it, so it is not among those that are always built.
const HELM_4: Tool =
    Tool { program: "helm", package: "helm.sh/helm/v4/cmd/helm", version: "v4.3.1", kind: Kind::Program };

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

    /// Go moves the finished program into its folder, and it gets its name there, so an interrupted build leaves none.
    fn install(&self) -> anyhow::Result<()> {
        say(format_args!("setup: building {} {}", self.program, self.version));
        let built = self.folder().join(self.package.rsplit('/').next().unwrap_or_default());
        self.build(&built)
            .with_context(|| format!("can't build {}; its go.mod says which Go it needs", self.program))?;
        std::fs::rename(built, self.folder().join(self.program)).context("Go built no such program")
    }

    fn build(&self, program: &Path) -> anyhow::Result<()> {
        let module = format!("{}@{}", self.package, self.version);
        if self.kind == Kind::Program {
            let install = ["install", "-trimpath", "-ldflags=-s -w", &module];
            return run(command("go").args(install).env("GOBIN", self.folder()));
        }
        // Built where Go keeps the module, as its own go.sum is what says which libraries it was tried with.
        let downloaded = read(command("go").args(["mod", "download", "-json", &module]))?;
        let downloaded: serde_json::Value = serde_json::from_str(&downloaded)?;
        let source = downloaded["Dir"].as_str().context("Go says no folder")?;
        run(command("go").current_dir(source).args(["test", "-c", "-trimpath", "-o"]).arg(program))
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
