//! Other people's programs, run to their end, with what they print read by lines and within bounds.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// Lines of output that are kept, at most; the last ones.
const KEPT_LINES: usize = 40;

/// The longest line, in bytes; the rest of it is dropped.
const LONGEST_LINE: usize = 4 * 1024;

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its exit code; `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    /// The last lines of what it printed to standard output.
    pub(crate) stdout: Vec<String>,
    /// The last lines of what it printed to standard error.
    pub(crate) stderr: Vec<String>,
}

impl Ended {
    pub(crate) fn is_success(&self) -> bool {
        self.code == Some(0)
    }
}

/// A program to be run. It gets the variables that are set here and no others: what the agent's own environment holds, its secret among
/// it, is nobody else's business.
pub(crate) struct Program {
    command: Command,
    name: String,
}

impl Program {
    pub(crate) fn new(name: &str, arguments: impl IntoIterator<Item: Into<OsString>>) -> Self {
        let mut command = Command::new(name);
        command.args(arguments.into_iter().map(Into::into)).env_clear().stdin(Stdio::null());
        // Its own group, so that a signal to the agent's is not its business, and all of it can be ended.
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).process_group(0);
        Self { command, name: name.to_owned() }
    }

    pub(crate) fn env(mut self, variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        self.command.envs(variables);
        self
    }

    pub(crate) fn current_dir(mut self, folder: &std::path::Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs it to its end. `on_line` sees each line of standard error as it comes.
    ///
    /// # Errors
    /// It can't be started, or takes longer than `limit`; then it is ended.
    pub(crate) async fn run(mut self, limit: Duration, on_line: impl FnMut(&str)) -> anyhow::Result<Ended> {
        let mut child = self.command.spawn().with_context(|| format!("can't run {}", self.name))?;
        let mut group = Group::of(&child);
        let stdout = child.stdout.take().context("no standard output")?;
        let stderr = child.stderr.take().context("no standard error")?;
        let work = async {
            let (stdout, stderr) = tokio::join!(read_lines(stdout, |_| {}), read_lines(stderr, on_line));
            let status = child.wait().await?;
            group.ended();
            anyhow::Ok((status, stdout, stderr))
        };
        let Ok(done) = timeout(limit, work).await else {
            bail!("{} took longer than {} s and was ended", self.name, limit.as_secs());
        };
        let (status, stdout, stderr) = done?;
        Ok(Ended { code: status.code(), stdout, stderr })
    }
}

/// The processes that a program started: the Docker CLI is only the first of several. They end when this is dropped before the program
/// ended by itself.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Self(id.and_then(Pid::from_raw))
    }

    /// The number may belong to others from now on.
    fn ended(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(id) = self.0 {
            // It fails if they are gone, which is what is wanted.
            let _ = kill_process_group(id, Signal::KILL);
        }
    }
}

/// Reads to the end; gives the last lines. A carriage return ends a line too: programs draw progress with it.
async fn read_lines(mut from: impl AsyncRead + Unpin, mut on_line: impl FnMut(&str)) -> Vec<String> {
    let mut kept = VecDeque::new();
    let mut line = Vec::new();
    let mut end = |line: &mut Vec<u8>| {
        let text = String::from_utf8_lossy(line).trim_end().to_owned();
        line.clear();
        if !text.is_empty() {
            on_line(&text);
            if kept.len() == KEPT_LINES {
                kept.pop_front();
            }
            kept.push_back(text);
        }
    };
    let mut piece = [0; 4096];
    // What can't be read any more counts as the end.
    while let Ok(count @ 1..) = from.read(&mut piece).await {
        for byte in &piece[..count] {
            match byte {
                b'\n' | b'\r' => end(&mut line),
                byte if line.len() < LONGEST_LINE => line.push(*byte),
                _ => {}
            }
        }
    }
    end(&mut line);
    kept.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn shell(script: &str, limit: Duration) -> anyhow::Result<(Ended, Vec<String>)> {
        let mut seen = Vec::new();
        let program = Program::new("/bin/sh", ["-c", script]).env([("A".into(), "set".into())]);
        let ended = program.run(limit, |line| seen.push(line.to_owned())).await?;
        Ok((ended, seen))
    }

    #[tokio::test(flavor = "current_thread")]
    async fn output_is_read_by_lines_within_bounds() {
        let script = "echo out; printf 'a\\rb\\n\\nc' >&2; head -c 100000 /dev/zero | tr '\\0' x >&2; exit 3";
        let (ended, seen) = shell(script, Duration::from_mins(1)).await.unwrap();
        assert_eq!((ended.code, &*ended.stdout), (Some(3), &["out".to_owned()][..]));
        assert_eq!(seen[..2], ["a", "b"]);
        assert_eq!(seen[2].len(), LONGEST_LINE);
        let (ended, seen) = shell("seq 1000 >&2", Duration::from_mins(1)).await.unwrap();
        assert!(ended.is_success() && seen.len() == 1_000);
        assert_eq!((ended.stderr.len(), &*ended.stderr[KEPT_LINES - 1]), (KEPT_LINES, "1000"));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_program_sees_only_the_variables_meant_for_it() {
        let (ended, _) = shell("echo $A; env | grep -c ^CARGO", Duration::from_mins(1)).await.unwrap();
        assert_eq!(ended.stdout, ["set", "0"]);
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_program_that_hangs_is_ended() {
        let error = shell("exec sleep 600", Duration::from_millis(50)).await.unwrap_err();
        assert!(error.to_string().contains("took longer"), "{error}");
        let absent = Program::new("/nonexistent/docker", [""]).run(Duration::from_secs(1), |_| {}).await;
        assert!(absent.unwrap_err().to_string().contains("can't run /nonexistent/docker"));
    }
}
