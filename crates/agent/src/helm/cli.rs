//! The `helm` program: which one it is, and how it is run.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::process::Command;

/// The longest part of what Helm says that is passed on.
const LONGEST_MESSAGE: usize = 2_000;

/// How long a question may take that changes nothing.
const QUESTION: Duration = Duration::from_secs(60);

/// The major version, as far as the options differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Major {
    /// Helm 3.
    Three,
    /// Helm 4 and whatever follows.
    Four,
}

/// A Helm program with its surroundings.
#[derive(Debug)]
pub(crate) struct Helm {
    program: PathBuf,
    /// For what Helm keeps between runs, and nothing else.
    folder: PathBuf,
    kubeconfig: Option<PathBuf>,
    major: Major,
}

impl Helm {
    /// Asks the program for its version. `kubeconfig` tells where the cluster is; without one, the program knows.
    ///
    /// # Errors
    /// It can't be started, or is too old.
    pub(crate) async fn find(
        program: &Path,
        folder: &Path,
        kubeconfig: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let mut helm = Self {
            program: program.to_owned(),
            folder: folder.to_owned(),
            kubeconfig: kubeconfig.map(Path::to_owned),
            major: Major::Three,
        };
        let version = helm.ask(["version", "--template", "{{.Version}}"]).await?;
        helm.major = major(&version)?;
        tracing::info!(version = version.trim(), program = %program.display(), "helm is there");
        Ok(helm)
    }

    /// Which Helm it is.
    pub(crate) fn major(&self) -> Major {
        self.major
    }

    /// Runs a command that changes nothing, and returns what it printed.
    ///
    /// # Errors
    /// It failed or did not end, with Helm's own words.
    pub(crate) async fn ask<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> anyhow::Result<String> {
        let arguments: Vec<_> = arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect();
        self.run(&arguments, QUESTION).await
    }

    /// Runs a command to its end. It is killed after `limit`, which only holds for one that forgot its own.
    ///
    /// # Errors
    /// It failed or did not end, with Helm's own words.
    pub(crate) async fn run(&self, arguments: &[OsString], limit: Duration) -> anyhow::Result<String> {
        let mut command = self.command();
        let child = command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Whoever gives up waiting must not leave a Helm behind that goes on changing the release.
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(limit, child)
            .await
            .with_context(|| format!("helm did not end within {} s", limit.as_secs()))?
            .with_context(|| format!("can't start {}", self.program.display()))?;
        if !output.status.success() {
            bail!("{}", words(&output));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env_clear().envs(surroundings());
        for (name, folder) in
            [("HELM_CACHE_HOME", "cache"), ("HELM_CONFIG_HOME", "config"), ("HELM_DATA_HOME", "data")]
        {
            command.env(name, self.folder.join(folder));
        }
        // What kinds the cluster has; otherwise it is kept below HOME, which in a pod is nowhere, and is asked for again each time.
        command.env("KUBECACHEDIR", self.folder.join("cluster"));
        // The agent reads revisions from the Secrets of this driver.
        command.env("HELM_DRIVER", "secret");
        if let Some(kubeconfig) = &self.kubeconfig {
            command.env("KUBECONFIG", kubeconfig);
        }
        command
    }
}

/// The variables that `helm` and `kubectl` get: those by which they, and the programs that they ask for credentials, find their way. The
/// agent's own secret is none of them.
pub(crate) fn surroundings() -> impl Iterator<Item = (OsString, OsString)> {
    const NAMES: [&str; 6] = ["PATH", "HOME", "USER", "TMPDIR", "KUBECONFIG", "LANG"];
    const PREFIXES: [&str; 5] = ["SSL_CERT_", "AWS_", "AZURE_", "GOOGLE_", "CLOUDSDK_"];
    let is_passed = |name: &OsStr| {
        let Some(name) = name.to_str() else { return false };
        let is_proxy = ["http_proxy", "https_proxy", "no_proxy"].contains(&&*name.to_ascii_lowercase());
        is_proxy || NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
    };
    std::env::vars_os().filter(move |(name, _)| is_passed(name))
}

fn major(version: &str) -> anyhow::Result<Major> {
    let number =
        version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    match number {
        Some(3) => Ok(Major::Three),
        Some(4..=u32::MAX) => Ok(Major::Four),
        Some(old) => bail!("helm {old} is too old: the agent needs helm 3 or 4"),
        None => bail!("helm does not tell its version: {version:?}"),
    }
}

/// What a failed Helm says, without its log lines before.
fn words(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let error = text.find("Error: ").map_or(&*text, |start| &text[start..]).trim();
    let mut said: String = error.trim_start_matches("Error: ").chars().take(LONGEST_MESSAGE).collect();
    if said.is_empty() {
        said = format!("helm ended with {} and said nothing", output.status);
    }
    said
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::*;

    #[test]
    fn versions_are_told_apart() {
        assert_eq!(major("v3.22.0\n").unwrap(), Major::Three);
        assert_eq!(major("v4.3.1+g12").unwrap(), Major::Four);
        assert_eq!(major("v5.0.0").unwrap(), Major::Four);
        assert!(major("v2.17.0").unwrap_err().to_string().contains("too old"));
        major("<no value>").unwrap_err();
    }

    #[test]
    fn failure_is_told_in_helms_words() {
        let said = |stderr: &str| {
            words(&Output { status: ExitStatus::from_raw(256), stdout: vec![], stderr: stderr.into() })
        };
        assert_eq!(said("level=WARN msg=\"x\"\nError: INSTALLATION FAILED: no\n"), "INSTALLATION FAILED: no");
        assert_eq!(said("panic\n"), "panic");
        assert!(said("").contains("said nothing"));
        assert_eq!(said(&format!("Error: {}", "ä".repeat(9_000))).chars().count(), LONGEST_MESSAGE);
    }
}
