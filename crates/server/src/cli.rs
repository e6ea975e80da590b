//! The command line: which command, and what its outcome means for the exit code.

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Parser, Subcommand};

use crate::command::{audit, config, organization, registry, serve, setup, user, verify};
use crate::config::{ConfigError, Surroundings};
use crate::output;

/// License management and software distribution for vendors
#[derive(Debug, Parser)]
#[command(name = "grantry", version, disable_help_subcommand = false, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the hub
    Serve(serve::ServeArgs),
    /// Add an organization with its first administrator, without a browser
    ///
    /// Prints one JSON object: {"organizationId","userId","accessToken"}. Works while the hub runs.
    Setup(setup::SetupArgs),
    /// Decide about an organization
    Organization(organization::OrganizationArgs),
    /// Help a user
    User(user::UserArgs),
    /// Ask the audit log
    Audit(audit::AuditArgs),
    /// Look after the registry's storage
    Registry(registry::RegistryArgs),
    /// Print every setting in force and where it came from
    Config(config::ConfigArgs),
    /// Check a license token offline and print its claims
    ///
    /// Exits with 0 if the license holds; with 1 if the token is refused, the name of the error first on standard error;
    /// with 2 if there is no verdict, because the call is wrong or the key or the revocation list can't be used.
    Verify(verify::VerifyArgs),
}

/// Why a command failed, by exit code.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command can't work as it was called or configured: exit code 2.
    #[error("{0}")]
    Usage(String),
    /// The command was carried out, and its answer is no, or something it needs has failed: exit code 1.
    #[error("{0:#}")]
    Failed(anyhow::Error),
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

/// Runs the command that this process was called with. Clap itself answers `--help`, `--version` and flags that don't
/// parse, the latter with exit code 2.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let surroundings = Surroundings::of_process();
    let outcome = match cli.command {
        Command::Serve(args) => serve::run(&args, &surroundings),
        Command::Setup(args) => setup::run(&args, &surroundings),
        Command::Organization(args) => organization::run(&args, &surroundings),
        Command::User(args) => user::run(&args, &surroundings),
        Command::Audit(args) => audit::run(&args, &surroundings),
        Command::Registry(args) => registry::run(&args, &surroundings),
        Command::Config(args) => config::run(&args, &surroundings),
        Command::Verify(args) => verify::run(&args, seconds_since_1970),
    };
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            output::say(&format!("grantry: {failure}"));
            match failure {
                Failure::Usage(_) => ExitCode::from(2),
                Failure::Failed(_) => ExitCode::FAILURE,
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "commands without a hub have no operations whose clock they could ask"
)]
fn seconds_since_1970() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH);
    elapsed.map_or(0, |elapsed| i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX))
}
