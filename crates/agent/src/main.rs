//! The program `grantry-agent`. Everything it does is in the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    grantry_agent::cli::run()
}
