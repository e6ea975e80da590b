//! `cargo xtask test kubernetes`: Helm deployments by hub and agent, in a real cluster.
//!
//! The cluster is etcd, the API server and the controller manager of `e2e/kubernetes/go.mod`, built by Go. It has no nodes, so
//! nothing of it runs: the tests say in the place of a kubelet that pods are ready.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use crate::shell::{self, command, root, say, target};
use crate::{e2e, setup};

/// The version of Kubernetes; `go.mod` names it too.
const VERSION: &str = "1.34.4";

/// The programs and their packages.
const PROGRAMS: &[(&str, &str)] = &[
    ("etcd", "go.etcd.io/etcd/server/v3"),
    ("kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver"),
    ("kube-controller-manager", "k8s.io/kubernetes/cmd/kube-controller-manager"),
    ("kubectl", "k8s.io/kubernetes/cmd/kubectl"),
];

/// Builds the cluster if that was not done before, hub and agent, then runs the suites below `e2e/kubernetes`.
///
/// # Errors
/// Something does not build, or a test fails.
pub(super) fn run() -> anyhow::Result<()> {
    let programs = programs()?;
    let hub = e2e::build_hub()?;
    let agent = target().join("debug").join("grantry-agent");
    ensure!(agent.is_file(), "{} was not built", agent.display());
    let mut tests = e2e::tests()?;
    // Each suite has a cluster of its own, and two of them would slow each other down.
    tests.arg("--test-concurrency=1");
    for suite in suites()? {
        tests.arg(suite);
    }
    tests
        .env("GRANTRY_BIN", hub)
        .env("GRANTRY_AGENT_BIN", agent)
        .env("GRANTRY_KUBERNETES", programs)
        .env("GRANTRY_HELM_4", setup::helm_4()?);
    shell::run(&mut tests)
}

/// The suites, whose names keep them out of `cargo xtask e2e`, which has no cluster.
fn suites() -> anyhow::Result<Vec<PathBuf>> {
    let mut suites = Vec::new();
    for entry in std::fs::read_dir(root().join("e2e/kubernetes"))? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".suite.mjs")) {
            suites.push(path);
        }
    }
    ensure!(!suites.is_empty(), "there are no suites in e2e/kubernetes");
    suites.sort();
    Ok(suites)
}

/// The folder of the programs; building them takes ten minutes on two cores.
fn programs() -> anyhow::Result<PathBuf> {
    let folder = setup::cache().join(format!("kubernetes-{VERSION}"));
    for (name, package) in PROGRAMS {
        let program = folder.join(name);
        if !program.is_file() {
            build(&program, package)
                .with_context(|| format!("can't build {name}; its go.mod says which Go it needs"))?;
        }
    }
    Ok(folder)
}

/// Go writes the program elsewhere first, so that an interrupted build leaves none.
fn build(program: &Path, package: &str) -> anyhow::Result<()> {
    say(format_args!("building {package} {VERSION}"));
    let unfinished = program.with_extension("unfinished");
    shell::run(
        command("go")
            .current_dir(root().join("e2e/kubernetes"))
            // One compiler at a time: the larger packages take a gigabyte each.
            .args(["build", "-p=1", "-buildvcs=false", "-mod=readonly", "-trimpath"])
            .arg(format!("-ldflags={}", flags()))
            .arg("-o")
            .arg(&unfinished)
            .arg(package),
    )?;
    std::fs::rename(&unfinished, program)?;
    Ok(())
}

/// Built from a module, Kubernetes does not know its version, which charts ask for.
fn flags() -> String {
    let mut numbers = VERSION.split('.');
    let (major, minor) = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
    let set = |name: &str, value: &str| format!("-X k8s.io/component-base/version.{name}={value}");
    let facts = [
        set("gitVersion", &format!("v{VERSION}")),
        set("gitMajor", major),
        set("gitMinor", minor),
        set("gitCommit", "0"),
    ];
    format!("-s -w {}", facts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_module_has_the_same_version() {
        let module = std::fs::read_to_string(root().join("e2e/kubernetes/go.mod")).unwrap();
        assert!(module.contains(&format!("\tk8s.io/kubernetes v{VERSION} ")));
        let staging = format!(" v0.{}", VERSION.split_once('.').unwrap().1);
        let replaced: Vec<_> = module.lines().filter(|line| line.contains(" => k8s.io/")).collect();
        assert!(replaced.len() > 20 && replaced.iter().all(|line| line.ends_with(&staging)));
        assert!(PROGRAMS.iter().all(|(_, package)| module.contains(&format!("\t{package}\n"))));
    }

    #[test]
    fn programs_know_their_version() {
        assert!(flags().contains("version.gitVersion=v1.34.4 ") && flags().contains("version.gitMinor=34 "));
    }
}
