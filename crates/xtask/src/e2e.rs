//! `cargo xtask e2e`: real clients against a real hub: a browser, other people's token libraries, and clients of registries.

use std::path::PathBuf;
use std::process::Command;

use anyhow::ensure;

use crate::shell::{self, cargo, command, root, target};
use crate::{gallery, setup};

/// Builds the hub, the gallery of pages and the Go verifier, then runs every suite below `e2e/`.
///
/// # Errors
/// If something does not build or a test fails.
pub(crate) fn run() -> anyhow::Result<()> {
    let hub = build_hub()?;
    let site = build_static()?;
    gallery::run()?;
    let go = target().join("e2e").join("verify-go");
    let build = ["build", "-buildvcs=false", "-o"];
    shell::run(command("go").current_dir(root().join("e2e/interop/go")).args(build).arg(&go).arg("."))?;
    // Each file waits for other programs most of the time, so two of them share the machine well.
    shell::run(
        tests()?
            .arg("--test-concurrency=2")
            .env("GRANTRY_BIN", &hub)
            .env("GRANTRY_AGENT_BIN", site.join("grantry-agent"))
            .env("GRANTRY_LICENSED_BIN", site.join("examples/licensed"))
            .env("GRANTRY_GALLERY", gallery::folder())
            .env("GRANTRY_VERIFY_GO", &go)
            .env("GRANTRY_PYTHON", setup::python()),
    )
}

/// Builds the hub and runs the suite of the registry alone, with more settings than usual.
///
/// # Errors
/// As [`run`].
pub(crate) fn run_registry(set: impl FnOnce(&mut Command)) -> anyhow::Result<()> {
    let hub = build_hub()?;
    let mut tests = tests()?;
    set(tests.arg("registry/").env("GRANTRY_BIN", &hub));
    shell::run(&mut tests)
}

/// Builds the hub, and all other programs with it, and gives its path.
pub(crate) fn build_hub() -> anyhow::Result<PathBuf> {
    // The same packages and targets as `cargo test --workspace`, so that cargo unites features alike and builds nothing twice.
    shell::run(cargo().args(["build", "--workspace", "--bins", "--tests", "--locked"]))?;
    let hub = target().join("debug").join("grantry");
    ensure!(hub.is_file(), "{} was not built", hub.display());
    Ok(hub)
}

/// Builds what runs at a customer's site, as it is shipped: programs that need nothing around them. Gives their folder.
fn build_static() -> anyhow::Result<PathBuf> {
    let host = shell::read(command("rustc").args(["--print", "host-tuple"]))?;
    let programs =
        ["--package", "grantry-agent", "--bins", "--package", "grantry-license", "--example", "licensed"];
    let mut build = cargo();
    build.args(["build", "--locked", "--target", host.trim()]).args(programs);
    shell::run(build.env("RUSTFLAGS", "-C target-feature=+crt-static"))?;
    Ok(target().join(host.trim()).join("debug"))
}

/// Node's test runner, in the folder of the suites, on a `PATH` with the programs that they drive.
pub(crate) fn tests() -> anyhow::Result<Command> {
    let mut tests = command(setup::node());
    let arguments = ["--test", "--test-reporter=spec"];
    tests.current_dir(root().join("e2e")).args(arguments).env("PATH", setup::path()?);
    Ok(tests)
}
