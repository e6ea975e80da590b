//! `cargo xtask e2e`: real clients against a real hub: a browser, and other people's token libraries.

use anyhow::ensure;

use crate::shell::{self, cargo, command, root, target};
use crate::{gallery, setup};

/// Builds the hub, the gallery of pages and the Go verifier, then runs every suite below `e2e/`.
///
/// # Errors
/// If something does not build or a test fails.
pub(crate) fn run() -> anyhow::Result<()> {
    // The same packages and targets as `cargo test --workspace`, so that cargo unites features alike and builds nothing twice.
    shell::run(cargo().args(["build", "--workspace", "--bins", "--tests", "--locked"]))?;
    let hub = target().join("debug").join("grantry");
    ensure!(hub.is_file(), "{} was not built", hub.display());
    gallery::run()?;
    let folder = root().join("e2e");
    let go = target().join("e2e").join("verify-go");
    let build = ["build", "-buildvcs=false", "-o"];
    shell::run(command("go").current_dir(folder.join("interop/go")).args(build).arg(&go).arg("."))?;
    shell::run(
        command(setup::node())
            .current_dir(&folder)
            .args(["--test", "--test-reporter=spec"])
            .env("GRANTRY_BIN", &hub)
            .env("GRANTRY_GALLERY", gallery::folder())
            .env("GRANTRY_VERIFY_GO", &go)
            .env("GRANTRY_PYTHON", setup::python()),
    )
}
