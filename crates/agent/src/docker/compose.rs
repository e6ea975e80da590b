//! Compose: the plugin of the docker CLI, or the program of its own, which may be as old as v1.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use super::command::{With, complaint, tell};
use super::host::Host;
use super::project::{COMPOSE_FILE, ENV_FILE};
use crate::driver::Job;
use crate::failure::Failure;
use crate::mask::Mask;
use crate::process::Program;

/// Large images over slow lines take long; what takes longer than this hangs.
const UP_LIMIT: Duration = Duration::from_hours(2);
const DOWN_LIMIT: Duration = Duration::from_mins(10);
const VERSION_LIMIT: Duration = Duration::from_secs(30);

/// The Compose of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compose {
    /// `docker compose`, v2 or later.
    Plugin,
    /// `docker-compose`, v2 or later.
    Program,
    /// `docker-compose` v1: it knows no project names in files, and needs the file to take a project down.
    Old,
}

impl Compose {
    /// Looks for it: first as a plugin.
    ///
    /// # Errors
    /// There is none.
    pub(super) async fn find(host: &Host) -> Result<Self, Failure> {
        if version(host, "docker", &["compose", "version", "--short"]).await.is_some() {
            return Ok(Self::Plugin);
        }
        match version(host, "docker-compose", &["version", "--short"]).await {
            Some(version) if version.starts_with("1.") => Ok(Self::Old),
            Some(_) => Ok(Self::Program),
            None => Err(Failure::new(
                "Docker Compose is not installed: neither `docker compose` nor `docker-compose` runs",
            )),
        }
    }

    /// Whether the key `name` may be in a file.
    pub(super) fn knows_names(self) -> bool {
        self != Self::Old
    }

    /// Brings a project up from the files in its folder.
    ///
    /// # Errors
    /// Compose failed; in its words, without secrets.
    pub(super) async fn up(self, host: &Host, job: &Job<'_>, with: With<'_>) -> Result<(), Failure> {
        let mut arguments = self.with_files(job.folder, with.name);
        arguments.extend(["up", "--detach", "--remove-orphans"].map(OsString::from));
        if job.wanted.force_restart {
            arguments.push("--force-recreate".into());
        }
        let program = Program::new(self.program(), arguments)
            .env(host.variables(Some(with.config)))
            .current_dir(job.folder);
        let ended = program.run(UP_LIMIT, |line| tell(job.progress, with.mask, line)).await;
        let ended = ended.map_err(|error| Failure::of("Compose does not run", &error))?;
        if ended.is_success() { Ok(()) } else { Err(complaint("compose up", &ended, with.mask)) }
    }

    /// Takes a project down.
    ///
    /// # Errors
    /// Compose failed.
    pub(super) async fn down(
        self,
        host: &Host,
        folder: &Path,
        project: &str,
        keep_volumes: bool,
    ) -> Result<(), Failure> {
        let mut arguments = match self {
            // Never written: nothing was deployed.
            Self::Old if !folder.join(COMPOSE_FILE).exists() => return Ok(()),
            Self::Old => self.with_files(folder, project),
            // By the labels alone, so that a broken file does not keep a project.
            Self::Plugin | Self::Program => self.with_project(project),
        };
        arguments.extend(["down", "--remove-orphans"].map(OsString::from));
        if !keep_volumes {
            arguments.push("--volumes".into());
        }
        let mask = Mask::of_env_file(&std::fs::read(folder.join(ENV_FILE)).unwrap_or_default());
        let program = Program::new(self.program(), arguments).env(host.variables(None)).current_dir(folder);
        let ended = program.run(DOWN_LIMIT, |_| {}).await;
        let ended = ended.map_err(|error| Failure::of("Compose does not run", &error))?;
        if ended.is_success() { Ok(()) } else { Err(complaint("compose down", &ended, &mask)) }
    }

    fn program(self) -> &'static str {
        match self {
            Self::Plugin => "docker",
            Self::Program | Self::Old => "docker-compose",
        }
    }

    fn with_project(self, project: &str) -> Vec<OsString> {
        let plugin = (self == Self::Plugin).then_some("compose");
        plugin.into_iter().chain(["--ansi", "never", "--project-name", project]).map(OsString::from).collect()
    }

    fn with_files(self, folder: &Path, project: &str) -> Vec<OsString> {
        let mut arguments = self.with_project(project);
        for (option, path) in [
            ("--project-directory", folder.to_owned()),
            ("--file", folder.join(COMPOSE_FILE)),
            ("--env-file", folder.join(ENV_FILE)),
        ] {
            arguments.extend([option.into(), path.into()]);
        }
        arguments
    }
}

async fn version(host: &Host, program: &str, arguments: &[&str]) -> Option<String> {
    let program = Program::new(program, arguments).env(host.variables(None));
    let ended = program.run(VERSION_LIMIT, |_| {}).await.ok()?;
    let version = ended.stdout.last().filter(|_| ended.is_success())?;
    Some(version.trim_start_matches('v').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_compose_is_called_in_its_way() {
        let folder = Path::new("/state/x");
        let line = |compose: Compose| -> Vec<String> {
            let all = compose.with_files(folder, "ship").into_iter();
            all.map(|one| one.into_string().unwrap()).collect()
        };
        let files = "--project-directory /state/x --file /state/x/compose.yaml --env-file /state/x/.env";
        assert_eq!(
            line(Compose::Plugin).join(" "),
            format!("compose --ansi never --project-name ship {files}")
        );
        assert_eq!(line(Compose::Old).join(" "), format!("--ansi never --project-name ship {files}"));
    }
}
