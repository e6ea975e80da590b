//! What all commands that deploy have in common: what they are given, and what is told of what they print.

use std::path::PathBuf;

use crate::driver::Progress;
use crate::failure::Failure;
use crate::mask::Mask;
use crate::process::Ended;

/// Lines of what a failed program printed that are reported.
const TOLD_LINES: usize = 8;

/// The longest progress line, in characters.
const PROGRESS: usize = 200;

/// What a deployment is brought up with.
pub(super) struct With<'up> {
    /// The name of the project or stack.
    pub(super) name: &'up str,
    /// The folder of the docker CLI's configuration, with credentials.
    pub(super) config: PathBuf,
    /// What must not be told.
    pub(super) mask: &'up Mask,
}

/// Says how far it is, from a line that a command printed.
pub(super) fn tell(progress: &Progress, mask: &Mask, line: &str) {
    let line: String = mask.apply(line).trim().chars().take(PROGRESS).collect();
    if !line.is_empty() && !is_notice(&line) {
        progress.say(line);
    }
}

/// What a failed command said last, without secrets and without lines about what went well.
pub(super) fn complaint(command: &str, ended: &Ended, mask: &Mask) -> Failure {
    let code = ended.code.map_or_else(|| "a signal".to_owned(), |code| format!("exit code {code}"));
    let said = if ended.stderr.is_empty() { &ended.stdout } else { &ended.stderr };
    let matters: Vec<_> = said.iter().filter(|line| !is_routine(line) && !is_notice(line)).collect();
    let told = &matters[matters.len().saturating_sub(TOLD_LINES)..];
    let text = told.iter().map(|line| mask.apply(line)).collect::<Vec<_>>().join("\n");
    Failure::new(format!("{command} ended with {code}: {text}"))
}

/// Lines like ` Container ship-web-1  Started` or ` 3f4ca6 Downloading [==>  ]  1MB/8MB`.
fn is_routine(line: &str) -> bool {
    const STEPS: &[&str] = &[
        "Pulling",
        "Pulled",
        "Waiting",
        "Downloading",
        "Extracting",
        "Verifying Checksum",
        "Download complete",
        "Pull complete",
        "Already exists",
        "Pulling fs layer",
        "Creating",
        "Created",
        "Recreate",
        "Recreated",
        "Starting",
        "Started",
        "Running",
        "Stopping",
        "Stopped",
        "Removing",
        "Removed",
        "Healthy",
    ];
    let line = line.split(" [").next().unwrap_or(line).trim();
    STEPS.iter().any(|step| line.ends_with(step)) && !line.to_ascii_lowercase().contains("error")
}

/// What the docker CLI says about itself whenever it deploys a stack.
fn is_notice(line: &str) -> bool {
    ["Since --detach=false was not specified", "In a future release, --detach"]
        .iter()
        .any(|notice| line.trim_start().starts_with(notice))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_tells_what_matters_without_secrets() {
        let stderr = [
            " web Pulling ",
            " 3f4ca61aafcd Downloading [==>      ]  1MB/8MB",
            " Container ship-db-1  Started",
            "Error response from daemon: bad token hunter22 for web",
            "In a future release, --detach=false will become the default.",
        ];
        let ended = Ended { code: Some(18), stdout: vec![], stderr: stderr.map(str::to_owned).into() };
        let failure = complaint("compose up", &ended, &Mask::of_env_file(b"T=hunter22")).to_string();
        let expected =
            "compose up ended with exit code 18: Error response from daemon: bad token ******** for web";
        assert_eq!(failure, expected);
    }

    #[test]
    fn what_only_printed_to_standard_output_is_told_too() {
        let ended = Ended { code: None, stdout: vec!["killed".into()], stderr: vec![] };
        assert_eq!(
            complaint("compose down", &ended, &Mask::default()).to_string(),
            "compose down ended with a signal: killed"
        );
    }
}
