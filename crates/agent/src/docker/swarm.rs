//! Stacks of a swarm: the docker CLI deploys and removes them, the manager's API tells how they are.

mod judge;
pub(super) mod owner;
pub(super) mod renew;
pub(super) mod service;
mod values;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep};

use super::command::{With, complaint, tell};
use super::engine::Engine;
use super::follow::Printer;
use super::host::Host;
use super::project::{COMPOSE_FILE, ENV_FILE, Project};
use crate::driver::{Job, Report};
use crate::failure::Failure;
use crate::hub::Hub;
use crate::mask::Mask;
use crate::process::Program;
use crate::state::Record;
use owner::Owner;
use renew::{Renewals, Stack};
use service::{Service, Task};
use values::Values;

/// The label that the docker CLI gives to all that is of a stack.
pub(super) const NAMESPACE: &str = "com.docker.stack.namespace";

/// To deploy is to tell the swarm; registries are asked for digests meanwhile.
const DEPLOY_LIMIT: Duration = Duration::from_mins(15);
const COMMAND_LIMIT: Duration = Duration::from_mins(5);

/// How long tasks may take to end.
const END_LIMIT: Duration = Duration::from_mins(5);

/// How often it is looked whether they have.
const LOOK: Duration = Duration::from_secs(1);

/// A swarm begins with a change a moment after it was told. Until then what ran before would be taken for the new.
const BEGIN: Duration = Duration::from_secs(2);

/// The swarm that this agent's engine is a manager of.
pub(super) struct Swarm {
    host: Host,
    engine: Engine,
    /// Whether `docker stack deploy` has the option `--detach`: it has since version 26.
    detaches: OnceCell<bool>,
    renewals: Renewals,
}

/// What runs in a swarm at one moment.
#[derive(Default)]
pub(super) struct View {
    services: Vec<Service>,
    tasks: Vec<Task>,
    now: Option<DateTime<Utc>>,
}

impl View {
    /// Names of the services of a stack.
    pub(super) fn services_of(&self, stack: &str) -> BTreeSet<String> {
        self.services.iter().filter(|one| one.is_of(stack)).map(|one| one.name().to_owned()).collect()
    }

    /// How a stack is. `expected` are its services when it was deployed.
    pub(super) fn judge(&self, stack: &str, expected: &BTreeSet<String>) -> Report {
        let services: Vec<_> = self.services.iter().filter(|one| one.is_of(stack)).collect();
        judge::judge(expected, &services, &self.tasks, self.now)
    }

    /// What of a stack prints.
    pub(super) fn printers(&self, stack: &str) -> Vec<Printer> {
        let name = |task: &Task| {
            let service = self.services.iter().find(|one| one.id == task.service && one.is_of(stack))?;
            task.printer(service.name())
        };
        self.tasks.iter().filter_map(name).collect()
    }
}

impl Swarm {
    pub(super) fn new(host: Host, engine: Engine, registry: &str) -> Self {
        let renewals = Renewals::new(host.clone(), engine.clone(), registry);
        Self { host, engine, detaches: OnceCell::new(), renewals }
    }

    /// What runs now.
    pub(super) async fn look(&self) -> anyhow::Result<View> {
        let services = self.engine.services().await?;
        let (tasks, now) = self.engine.tasks().await?;
        Ok(View { services, tasks, now })
    }

    /// Deploys a stack. The swarm goes on by itself from there, and how far it is tells [`View::judge`].
    ///
    /// # Errors
    /// The engine is no manager, the stack is somebody else's, or the docker CLI failed; in its words, without secrets.
    pub(super) async fn deploy(&self, job: &Job<'_>, with: &With<'_>, known: bool) -> Result<(), Failure> {
        self.assert_manager().await?;
        let project = Project::read(job.wanted)?;
        let values = Values::read(project.env())?;
        owner::claim(&self.engine, with.name, &job.wanted.id.to_string(), known).await?;
        project.write(job.folder, &values.rename_in(&project.file_without_name()))?;
        let mut arguments = vec!["stack".into(), "deploy".into()];
        arguments.extend(["--with-registry-auth", "--prune"].map(OsString::from));
        if *self.detaches.get_or_init(|| self.knows_detach()).await {
            arguments.push("--detach=true".into());
        }
        let file = job.folder.join(COMPOSE_FILE);
        arguments.extend(["--compose-file".into(), file.into(), with.name.into()]);
        let variables = self.host.variables(Some(with.config.clone()));
        let values = values.variables().map(|(name, value)| (name.into(), value.into()));
        let program = Program::new("docker", arguments).env(values).env(variables).current_dir(job.folder);
        let ended = program.run(DEPLOY_LIMIT, |line| tell(job.progress, with.mask, line)).await;
        let ended = ended.map_err(|error| Failure::of("the docker CLI does not run", &error))?;
        if !ended.is_success() {
            return Err(complaint("stack deploy", &ended, with.mask));
        }
        if job.wanted.force_restart {
            self.restart(with.name, with.mask).await?;
        }
        if known {
            sleep(BEGIN).await;
        }
        Ok(())
    }

    /// Replaces all tasks of a stack, as each service says how.
    async fn restart(&self, stack: &str, mask: &Mask) -> Result<(), Failure> {
        let services = self.engine.services().await;
        let services =
            services.map_err(|error| Failure::of("can't list the services to restart them", &error))?;
        for service in services.iter().filter(|service| service.is_of(stack)) {
            let arguments = ["service", "update", "--force", "--detach", "--quiet", service.full_name()];
            run(&self.host, &arguments, None, mask).await?;
        }
        Ok(())
    }

    /// Removes a stack and waits until its tasks have ended. Volumes are deleted where it is wanted and they can be reached: on this
    /// machine. A stack that is somebody else's is left alone.
    ///
    /// # Errors
    /// Something of it may still be there.
    pub(super) async fn remove(
        &self,
        record: &Record,
        stack: &str,
        (known, folder): (bool, &Path),
    ) -> Result<(), Failure> {
        let cant = |error: anyhow::Error| Failure::of("the swarm does not answer", &error);
        let membership = self.engine.membership().await.map_err(cant)?;
        if membership.local_node_state == "inactive" {
            // It left its swarm: nothing of that runs here any more.
            return if known { self.delete_volumes(record, stack).await } else { Ok(()) };
        }
        self.assert_manager().await?;
        let owner = owner::find(&self.engine, stack, &record.id.to_string()).await.map_err(cant)?;
        let entry = match owner {
            Owner::Ours(entry) => Some(entry),
            Owner::Nobody if known => None,
            Owner::Nobody => return Ok(()),
            Owner::Other(other) => {
                tracing::warn!(stack, "the stack belongs to {other} and stays");
                return Ok(());
            }
        };
        let mask = Mask::of_env_file(&std::fs::read(folder.join(ENV_FILE)).unwrap_or_default());
        run(&self.host, &["stack", "rm", stack], None, &mask).await?;
        self.ended(stack).await?;
        self.delete_volumes(record, stack).await?;
        match entry {
            Some(entry) => self.engine.delete_entry(&entry).await.map_err(cant),
            None => Ok(()),
        }
    }

    /// Waits until no task of a stack is left.
    async fn ended(&self, stack: &str) -> Result<(), Failure> {
        let cant = |error: anyhow::Error| Failure::of("the swarm does not answer", &error);
        let start = Instant::now();
        loop {
            let (tasks, _) = self.engine.tasks().await.map_err(cant)?;
            let here = self.engine.stack_containers(stack).await.map_err(cant)?;
            let left = tasks.iter().filter(|task| task.is_of(stack)).count();
            if left == 0 && here.is_empty() {
                return Ok(());
            }
            if start.elapsed() > END_LIMIT {
                return Err(Failure::new(format!(
                    "{} tasks of the stack {stack} do not end",
                    left.max(here.len())
                )));
            }
            sleep(LOOK).await;
        }
    }

    async fn delete_volumes(&self, record: &Record, stack: &str) -> Result<(), Failure> {
        if record.keep_volumes {
            return Ok(());
        }
        let deleted = self.engine.delete_stack_volumes(stack).await;
        deleted.map_err(|error| Failure::of("can't delete the volumes of the stack", &error))
    }

    /// Sees to it that a swarm's nodes can pull what they may have to pull later. Called at each tick; returns at once.
    pub(super) fn renew(&self, stacks: &[Stack], hub: &Arc<Hub>) {
        self.renewals.update(stacks, hub);
    }

    /// # Errors
    /// The engine can't deploy stacks; says what to do.
    async fn assert_manager(&self) -> Result<(), Failure> {
        let found = self.engine.membership().await;
        let found = found.map_err(|error| Failure::of("the Docker engine does not answer", &error))?;
        Err(Failure::new(match (&*found.local_node_state, found.control_available) {
            ("active", true) => return Ok(()),
            ("active", false) => {
                "this machine is a worker of its swarm, and stacks are deployed on a manager: promote it with `docker node promote`, or \
                 connect the agent on a manager"
                    .to_owned()
            }
            ("locked", _) => "the swarm is locked: unlock it with `docker swarm unlock`".to_owned(),
            ("error" | "pending", _) => format!("the engine's swarm does not work: {}", found.error),
            _ => "the Docker engine is in no swarm: make one with `docker swarm init`, or join one as a manager; or deploy with Docker \
                  Compose"
                .to_owned(),
        }))
    }

    async fn knows_detach(&self) -> bool {
        let program = Program::new("docker", ["stack", "deploy", "--help"]).env(self.host.variables(None));
        let ended = program.run(Duration::from_secs(30), |_| {}).await;
        ended.is_ok_and(|ended| ended.stdout.iter().any(|line| line.contains("--detach")))
    }
}

/// Runs a command of the docker CLI that is quickly done.
async fn run(host: &Host, arguments: &[&str], config: Option<&Path>, mask: &Mask) -> Result<(), Failure> {
    let variables = host.variables(config.map(Path::to_owned));
    let program = Program::new("docker", arguments).env(variables);
    let ended = program.run(COMMAND_LIMIT, |_| {}).await;
    let ended = ended.map_err(|error| Failure::of("the docker CLI does not run", &error))?;
    let command: Vec<_> = arguments.iter().take(2).copied().collect();
    if ended.is_success() { Ok(()) } else { Err(complaint(&command.join(" "), &ended, mask)) }
}
