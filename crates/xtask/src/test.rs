//! `cargo xtask test`: the Rust tests.

use crate::shell::{self, cargo};

/// Options of `cargo xtask test`.
#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// What to pass on to `cargo test`, for example `-p grantry-store` or `-- name_of_a_test`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Runs `cargo test` on the workspace.
///
/// # Errors
/// If a test fails or does not compile.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    shell::run(cargo().args(["test", "--workspace", "--locked"]).args(&options.arguments))
}
