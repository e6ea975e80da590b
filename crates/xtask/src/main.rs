//! Project tasks: one command, one file. `cargo xtask --help` lists them.

mod bench;
mod ci;
mod e2e;
mod gallery;
#[path = "../../testdb/src/postgres.rs"]
#[expect(
    unreachable_pub,
    reason = "the file belongs to grantry-testdb, where it is public; depending on that crate would build a database engine for every task"
)]
mod postgres;
mod setup;
mod shell;
mod test;
mod tidy;
mod vectors;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What the command line says.
#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tasks of the Grantry project")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

/// One task of the project.
#[derive(Subcommand)]
enum Task {
    /// Sets up what is missing and runs the whole gate: format, lints, tidy, tests, end-to-end tests.
    Ci(ci::Options),
    /// Checks the rules of ARCHITECTURE.md and CONTRIBUTING.md that no compiler checks.
    Tidy,
    /// Runs the Rust tests, on SQLite and on a PostgreSQL of their own.
    Test(test::Options),
    /// Builds the hub and runs the browser and interoperability tests.
    E2e,
    /// Writes every page in every state to target/gallery.
    Gallery,
    /// Rewrites the test vectors of the license token.
    Vectors,
    /// Builds with optimizations and measures against the goals of bench/README.md.
    Bench(bench::Options),
    /// Installs what the tests need; without root, says what is missing.
    Setup,
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Ci(options) => ci::run(&options),
        Task::Tidy => tidy::run(),
        Task::Test(options) => test::run(&options),
        Task::E2e => e2e::run(),
        Task::Gallery => gallery::run(),
        Task::Vectors => vectors::run(),
        Task::Bench(options) => bench::run(&options),
        Task::Setup => setup::run(),
    };
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    shell::complain(format_args!("error: {error:#}"));
    ExitCode::FAILURE
}
