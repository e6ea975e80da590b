//! Passwords from standard input: not as an argument, which everybody on the machine sees.

use std::io::{self, Read as _};

use grantry_model::user::MAX_PASSWORD;
use zeroize::Zeroizing;

use crate::cli::Failure;

/// Reads a password: all of standard input, without the line break at its end.
pub(super) fn from_stdin() -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    // A little more than the longest, so that one that is too long is seen to be.
    io::stdin().lock().take(MAX_PASSWORD as u64 + 8).read_to_string(&mut text)?;
    let password = text.strip_suffix('\n').unwrap_or(&text);
    let password = password.strip_suffix('\r').unwrap_or(password);
    Ok(Zeroizing::new(password.to_owned()))
}
