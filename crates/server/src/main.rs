//! The program `grantry`. Everything it does is in the library beside it, so that tests reach the same code.

use std::process::ExitCode;

fn main() -> ExitCode {
    grantry_server::cli::run()
}
