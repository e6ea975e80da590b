//! An agent with all that is around it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio_util::task::TaskTracker;

use crate::engine::Engine;
use crate::hub::{Hub, SECRET, TARGET};

/// How long to wait for what should happen. Only a failing test waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program under test.
pub(crate) const AGENT: &str = env!("CARGO_BIN_EXE_grantry-agent");

/// Stands for the docker CLI. It writes down how it was called and does what the files beside it say.
const DOCKER: &str = r#"#!/bin/sh
here=$(dirname "$0")
[ -e "$here/../no-plugin" ] && [ "$1" = compose ] && exit 1
case "$*" in *version*) echo 2.40.3; exit 0;; *--help*) cat "$here/../help"; exit 0;; esac
echo "$*" >> "$here/../calls"
env > "$here/../env"
case "$*" in
  *" up"*|*"stack deploy"*)
        cp "$here/../env" "$here/../deploy-env"
        cat "$DOCKER_CONFIG/config.json" > "$here/../config" 2>/dev/null
        [ -e "$here/../hang" ] && sleep 600
        while [ -e "$here/../busy" ]; do sleep 0.02; done
        if [ -e "$here/../fail" ]; then cat "$here/../fail" >&2; exit 1; fi;;
esac
exit 0
"#;

/// Stands for Compose v1.
const OLD: &str = "#!/bin/sh\nhere=$(dirname \"$0\")\ncase \"$*\" in *version*) echo 1.29.2; exit 0;; esac\n\
                   echo \"old $*\" >> \"$here/../calls\"\nexit 0\n";

pub(crate) struct World {
    folder: TempDir,
    pub(crate) hub: Hub,
    pub(crate) engine: Engine,
    url: String,
    agent: Option<Child>,
    start: Instant,
}

impl World {
    /// All but the agent.
    pub(crate) async fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("agent").tempdir_in("/tmp").unwrap();
        std::fs::create_dir(folder.path().join("bin")).unwrap();
        let (hub, engine, tasks) = (Hub::default(), Engine::default(), TaskTracker::new());
        let url = hub.serve(&tasks).await;
        engine.serve(&folder.path().join("docker.sock"), &tasks);
        let world = Self { folder, hub, engine, url, agent: None, start: Instant::now() };
        world.install("docker", DOCKER);
        world.set("help", "  -d, --detach   Exit immediately\n");
        world
    }

    /// The same, with the agent.
    pub(crate) async fn started() -> Self {
        let mut world = Self::new().await;
        world.start();
        world
    }

    fn install(&self, name: &str, script: &str) {
        let path = self.path("bin").join(name);
        std::fs::write(&path, script).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Leaves no Compose on the machine.
    pub(crate) fn make_bare(&self) {
        self.set("no-plugin", "");
        self.install("docker-compose", "#!/bin/sh\nexit 1\n");
    }

    /// Leaves only Compose v1 on the machine.
    pub(crate) fn make_old(&self) {
        self.set("no-plugin", "");
        self.install("docker-compose", OLD);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file that the docker CLI looks at.
    pub(crate) fn set(&self, name: &str, content: &str) {
        std::fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn unset(&self, name: &str) {
        std::fs::remove_file(self.path(name)).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// How the docker CLI was called, but for its version.
    pub(crate) fn calls(&self, verb: &str) -> Vec<String> {
        let all = self.read("calls");
        let verb = format!(" {verb} ");
        all.lines().filter(|line| format!("{line} ").contains(&verb)).map(str::to_owned).collect()
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(AGENT);
        let path = format!("{}:/usr/bin:/bin", self.path("bin").display());
        command.env_clear().env("PATH", path).env("HOME", self.folder.path());
        command.env("DOCKER_HOST", format!("unix://{}", self.path("docker.sock").display()));
        command
            .env("GRANTRY_URL", &self.url)
            .env("GRANTRY_TARGET_ID", TARGET)
            .env("GRANTRY_TARGET_SECRET", SECRET);
        command.env("GRANTRY_STATE_DIR", self.path("state")).env("GRANTRY_INTERVAL", "100ms");
        command
            .env("GRANTRY_REGISTRY_HOST", "registry.example.com")
            .env("GRANTRY_LOG", "grantry_agent=debug");
        command
    }

    pub(crate) fn start(&mut self) {
        self.start_with(&[]);
    }

    /// Starts the agent with more options.
    pub(crate) fn start_with(&mut self, options: &[&str]) {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.path("log")).unwrap();
        let mut command = self.command();
        command.arg("docker").args(options).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.agent = Some(command.spawn().unwrap());
    }

    /// Ends the agent as a power cut would.
    pub(crate) fn kill(&mut self) {
        let mut agent = self.agent.take().unwrap();
        agent.kill().unwrap();
        agent.wait().unwrap();
    }

    /// Asks the agent to stop and waits until it has.
    pub(crate) async fn stop(&mut self) -> Option<i32> {
        let id = self.agent.as_ref().unwrap().id();
        assert!(Command::new("kill").arg(id.to_string()).status().unwrap().success());
        let mut code = None;
        self.until("the agent stops", |world| {
            code = world.agent.as_mut().unwrap().try_wait().unwrap();
            code.is_some()
        })
        .await;
        self.agent = None;
        code.unwrap().code()
    }

    /// Waits until something is so.
    pub(crate) async fn until(&mut self, what: &str, mut is_so: impl FnMut(&mut Self) -> bool) {
        let start = Instant::now();
        while !is_so(self) {
            let ended = self.agent.as_mut().and_then(|agent| agent.try_wait().unwrap());
            // To end may be just what is waited for.
            if ended.is_some() && is_so(self) {
                return;
            }
            if ended.is_some() || start.elapsed() > PATIENCE {
                let (log, statuses) = (self.read("log"), self.hub.facts().statuses.clone());
                panic!("not in time: {what}; the agent ended: {ended:?}; log:\n{log}\n{statuses:?}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the hub was asked so many times more; then what it said before was certainly considered.
    pub(crate) async fn polled(&mut self, times: usize) {
        let before = self.hub.facts().polls;
        self.until("the hub is asked", |world| world.hub.facts().polls >= before + times).await;
    }

    /// Waits until the last status of a revision is of a kind; gives its message.
    pub(crate) async fn reported(&mut self, revision: u8, kind: &str) -> String {
        let is_so = |world: &mut Self| world.hub.status_of(revision).is_some_and(|(found, _)| found == kind);
        self.until(&format!("revision {revision} is reported {kind}"), is_so).await;
        self.hub.status_of(revision).unwrap().1
    }

    /// How often something that fails may have been tried by now. Waits are at least three quarters of five seconds.
    pub(crate) fn attempts_since_start(&self) -> usize {
        1 + usize::try_from(self.start.elapsed().as_millis() / 3_750).unwrap()
    }

    /// The folder of a deployment.
    pub(crate) fn deployment_folder(&self, id: &str) -> PathBuf {
        self.path("state").join(TARGET).join(id)
    }

    /// All that is in files below the state folder is its owner's alone.
    pub(crate) fn assert_private(&self, folder: &Path) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            assert_eq!(
                entry.metadata().unwrap().permissions().mode() & 0o077,
                0,
                "{}",
                entry.path().display()
            );
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(agent) = &mut self.agent {
            let _ = agent.kill();
            let _ = agent.wait();
        }
    }
}
