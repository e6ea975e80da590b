//! Standard output and standard error. Standard output carries results only; what the program has to say beside them
//! goes to standard error.

use std::io::{self, Write as _};

/// Writes a result to standard output. An error, for example a full disk behind a redirection, is the caller's to
/// report: a result that got lost must not look like success. A reader that has gone, as `head` does, has what it wants.
pub fn result(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}

/// Writes a line to standard error. If that fails there is nowhere left to say so.
pub fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
