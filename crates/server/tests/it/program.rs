//! Runs the real binary and writes down what happened.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A run of `grantry` in a folder, with only the variables that are given.
pub(crate) struct Program {
    command: Command,
    shown: String,
    stdin: Vec<u8>,
}

impl Program {
    /// `grantry` with these arguments.
    pub(crate) fn new(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_grantry"));
        command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::piped());
        Self { command, shown: format!("$ grantry {}", arguments.join(" ")), stdin: Vec::new() }
    }

    /// With this environment variable.
    pub(crate) fn variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        let value = value.into();
        self.shown = self.shown.replacen("$ ", &format!("$ {name}={} ", value.display()), 1);
        self.command.env(name, value);
        self
    }

    /// With this on standard input.
    pub(crate) fn stdin(mut self, text: &str) -> Self {
        self.stdin = text.as_bytes().to_vec();
        self
    }

    /// Runs to the end.
    pub(crate) fn output(mut self) -> Output {
        let mut child =
            self.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("grantry starts");
        let mut stdin = child.stdin.take().expect("standard input is piped");
        let input = self.stdin;
        // Beside reading, so that neither side waits for the other with a full pipe.
        let writer = std::thread::spawn(move || {
            // A program that does not read its input may be gone already.
            let _ = stdin.write_all(&input);
        });
        let output = child.wait_with_output().expect("grantry ends");
        writer.join().expect("writing does not panic");
        output
    }

    /// Runs to the end; command, standard output, standard error and exit code as one text.
    pub(crate) fn transcript(self) -> String {
        let shown = self.shown.clone();
        let output = self.output();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("output is UTF-8");
        let code = output.status.code().expect("grantry was not killed");
        format!(
            "{shown}\n--- stdout\n{}--- stderr\n{}--- exit {code}\n",
            text(&output.stdout),
            text(&output.stderr)
        )
    }
}
