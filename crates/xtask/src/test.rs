//! `cargo xtask test`: the Rust tests, with one PostgreSQL for all of them.

mod garage;
mod kubernetes;

use anyhow::Context;

use crate::postgres::Cluster;
use crate::shell::{self, cargo};

/// Options of `cargo xtask test`.
#[derive(clap::Args, Default)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    server: Option<Server>,
    /// What to pass on to `cargo test`, for example `-p grantry-store`; `--workspace` if it names no package.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// A server that takes the place of the one in the test process.
#[derive(clap::Subcommand)]
enum Server {
    /// Runs what is kept in S3 against a Garage of its own, which it builds where there is none.
    Garage,
    /// Runs the agent's Helm deployments in a cluster of its own, which it builds where there is none.
    Kubernetes,
}

/// Starts a PostgreSQL cluster in a temporary folder, runs `cargo test` with it and stops it.
///
/// # Errors
/// If PostgreSQL cannot be started, or a test fails or does not compile.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    match options.server {
        Some(Server::Garage) => return garage::run(),
        Some(Server::Kubernetes) => return kubernetes::run(),
        None => {}
    }
    let cluster = Cluster::start().context("the tests need PostgreSQL; `cargo xtask setup` installs it")?;
    let mut tests = cargo();
    tests.args(["test", "--locked"]).args(whole_workspace(&options.arguments)).args(&options.arguments);
    shell::run(tests.env("GRANTRY_TEST_POSTGRES", cluster.url()))
}

/// Without a package named, the whole workspace is meant: the folder that cargo runs in has no package of its own.
fn whole_workspace(arguments: &[String]) -> &'static [&'static str] {
    let mut of_cargo = arguments.iter().take_while(|argument| *argument != "--");
    let named = of_cargo.any(|argument| argument.starts_with("-p") || argument.starts_with("--package"));
    if named { &[] } else { &["--workspace"] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_package_narrows_the_run() {
        let workspace = |arguments: &[&str]| {
            let arguments: Vec<_> = arguments.iter().map(|&argument| argument.to_owned()).collect();
            !whole_workspace(&arguments).is_empty()
        };
        assert!(workspace(&[]) && workspace(&["--", "-p"]) && workspace(&["--no-fail-fast"]));
        assert!(
            !workspace(&["-p", "grantry-store"])
                && !workspace(&["-pgrantry-store"])
                && !workspace(&["--package=x"])
        );
    }
}
