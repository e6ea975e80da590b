//! `cargo xtask ci`: the whole gate, step by step, stopping at the first that fails.

use std::time::Instant;

use anyhow::Context;
use clap::ValueEnum;

use crate::shell::{self, cargo, command, say, succeeds};
use crate::{e2e, setup, test, tidy};

/// Options of `cargo xtask ci`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The steps to run; all of them if none is named.
    #[arg(value_enum)]
    steps: Vec<Step>,
}

/// One step of the gate, in the order in which they run.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Install what is missing.
    Setup,
    /// Formatting.
    Fmt,
    /// The rules that no compiler checks.
    Tidy,
    /// Compiler and clippy warnings, as errors.
    Clippy,
    /// Rust tests.
    Test,
    /// Browser and interoperability tests.
    E2e,
    /// Licenses, sources and duplicates of dependencies, if cargo-deny is installed.
    Deny,
}

impl Step {
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Setup => setup::run(),
            Self::Fmt => shell::run(cargo().args(["fmt", "--all", "--check"])),
            Self::Tidy => tidy::run(),
            Self::Clippy => shell::run(cargo().args([
                "clippy",
                "--workspace",
                "--all-targets",
                "--locked",
                "--",
                "--deny",
                "warnings",
            ])),
            Self::Test => test::run(&test::Options::default()),
            Self::E2e => e2e::run(),
            Self::Deny => deny(),
        }
    }
}

/// Runs the chosen steps and says how long each took.
///
/// # Errors
/// The first step that fails.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let steps = if options.steps.is_empty() { Step::value_variants() } else { &*options.steps };
    let mut times = Vec::new();
    for step in steps {
        let name = step.name();
        say(format_args!("\n== {name}"));
        let start = Instant::now();
        let seconds = || start.elapsed().as_secs_f64();
        step.run().with_context(|| format!("step `{name}` failed after {:.1} s", seconds()))?;
        say(format_args!("== {name}: passed in {:.1} s", seconds()));
        times.push(format!("{name} {:.1} s", seconds()));
    }
    say(format_args!("\nall passed: {}", times.join(", ")));
    Ok(())
}

/// Checks the dependencies with cargo-deny. It is not in Debian and takes long to build, so it is used where it is there.
fn deny() -> anyhow::Result<()> {
    if !succeeds(command("cargo-deny").arg("--version")) {
        say("skipped: cargo-deny is not installed (cargo install --locked cargo-deny)");
        return Ok(());
    }
    shell::run(command("cargo-deny").args(["--offline", "check", "bans", "licenses", "sources"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_run_from_quick_to_slow() {
        let names: Vec<_> = Step::value_variants().iter().map(|step| step.name()).collect();
        assert_eq!(names, ["setup", "fmt", "tidy", "clippy", "test", "e2e", "deny"]);
    }
}
