//! The Docker driver: the docker CLI does the work, the engine's API tells the facts.
//!
//! A deployment is one of two kinds, and this is where they part: a project of Compose on this engine (`compose`, `project`,
//! `container`), or a stack of the swarm that the engine is a manager of (`swarm`).

mod command;
mod compose;
mod container;
mod credentials;
mod engine;
pub(crate) mod facts;
mod follow;
mod heal;
mod host;
mod image;
mod project;
mod recent;
mod swarm;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use grantry_wire::agent::{AgentDeployment, AgentMetrics, DeploymentStatusType};
use uuid::Uuid;

use crate::config::{Config, Registry};
use crate::driver::{self, Job, LogSource, Report};
use crate::failure::Failure;
use crate::hub::Hub;
use crate::logs::Sink;
use crate::mask::Mask;
use crate::metrics::Meter;
use crate::state::{self, Record, State};
use command::With;
use compose::Compose;
use container::Container;
use engine::Engine;
use facts::{Facts, Kind};
use follow::{Followers, Printer};
use heal::Healer;
use host::Host;
use project::Project;
use recent::Recent;
use swarm::renew::Stack;
use swarm::{Swarm, View};

/// Deploys Compose projects and stacks.
pub(crate) struct Driver {
    host: Host,
    engine: Engine,
    swarm: Swarm,
    registry: Registry,
    meter: Meter,
    compose: tokio::sync::Mutex<Option<Compose>>,
    /// Which deployment has which project or stack: two can't have the same.
    names: Mutex<BTreeMap<Uuid, String>>,
    containers: Recent<Vec<Container>>,
    view: Recent<View>,
    followers: Followers,
    /// Only where the operator wants it.
    healer: Option<Healer>,
}

impl Driver {
    /// Makes ready; the engine need not be there yet.
    ///
    /// # Errors
    /// `DOCKER_HOST` names an engine that can't be spoken to.
    pub(crate) fn open(config: &Config, state: &State) -> anyhow::Result<Self> {
        let host = Host::of_environment()?;
        let engine = Engine::new(&host.address)?;
        let name = |record: &Record| facts(record).map(|facts| (record.id, facts.name.clone()));
        Ok(Self {
            swarm: Swarm::new(host.clone(), engine.clone(), &config.registry.host),
            registry: config.registry.clone(),
            meter: Meter::new(&config.host_root),
            compose: tokio::sync::Mutex::new(None),
            names: Mutex::new(state.records().filter_map(name).collect()),
            containers: Recent::new(config.interval),
            view: Recent::new(config.interval),
            followers: Followers::default(),
            healer: config.autoheal.then(|| Healer::new(engine.clone())),
            engine,
            host,
        })
    }

    pub(crate) fn plan(
        &self,
        wanted: &AgentDeployment,
        before: Option<&Facts>,
    ) -> Result<driver::Facts, Failure> {
        let project = Project::read(wanted)?;
        self.claim(wanted.id, project.name())?;
        Facts::plan(wanted, project.name(), before).map(driver::Facts::Docker)
    }

    /// Takes a name for a deployment.
    fn claim(&self, id: Uuid, name: &str) -> Result<(), Failure> {
        let mut names = lock(&self.names);
        if let Some((other, _)) = names.iter().find(|(other, taken)| **other != id && *taken == name) {
            return Err(Failure::new(format!("the project {name} belongs to deployment {other}")));
        }
        names.insert(id, name.to_owned());
        Ok(())
    }

    pub(crate) async fn apply(&self, job: Job<'_>) -> Result<Facts, Failure> {
        let driver::Facts::Docker(mut facts) = job.facts.clone() else {
            return Err(Failure::new("it was deployed by an agent of the other kind"));
        };
        let mut mask = Mask::of_env_file(job.wanted.env_file.as_ref().map_or(&[], |file| &file.0));
        let token = job.hub.registry_token().await.map_err(|trouble| {
            Failure::new(format!("can't get the credential for the hub's registry: {trouble}"))
        })?;
        for password in credentials::passwords(job.wanted, &token) {
            mask.hide(password);
        }
        let config = credentials::write(&self.host, job.folder, job.wanted, (&self.registry.host, &token))
            .map_err(|error| Failure::of("can't write the credentials for registries", &error))?;
        let with = With { name: &facts.name, config, mask: &mask };
        match facts.kind {
            Kind::Project => {
                let compose = self.compose().await?;
                let project = Project::read(job.wanted)?;
                let file = if compose.knows_names() { project.file() } else { &project.file_without_name() };
                project.write(job.folder, file)?;
                compose.up(&self.host, &job, with).await?;
            }
            Kind::Stack => {
                // Its tasks may be replaced long after this job.
                let before = self.engine.stack_containers(&facts.name).await.unwrap_or_default();
                facts.images.extend(before.into_iter().map(|one| one.image_id));
                self.swarm.deploy(&job, &with, facts.is_known()).await?;
            }
        }
        self.learn(&mut facts, job.wanted).await;
        Ok(facts)
    }

    /// What is true after a success: services and images; images of before are deleted if that is wanted.
    async fn learn(&self, facts: &mut Facts, wanted: &AgentDeployment) {
        let (services, images) = match self.find_parts(facts).await {
            Ok(parts) => parts,
            // It is deployed all the same; what is not known is not checked.
            Err(error) => return tracing::debug!("what was deployed can't be listed: {error:#}"),
        };
        facts.services = services;
        facts.stale_images.append(&mut facts.images);
        facts.stale_images.retain(|image| !images.contains(image));
        facts.images = images;
        if wanted.image_cleanup_enabled {
            facts.stale_images = image::clean(&self.engine, std::mem::take(&mut facts.stale_images)).await;
        } else {
            facts.stale_images.clear();
        }
    }

    /// Names of the services, and ids of the images of what this engine runs of them.
    async fn find_parts(&self, facts: &Facts) -> anyhow::Result<(BTreeSet<String>, BTreeSet<String>)> {
        let images = |ours: &[Container]| ours.iter().map(|one| one.image_id.clone()).collect();
        match facts.kind {
            Kind::Project => {
                let mut ours = self.engine.containers().await?;
                ours.retain(|one| one.is_of(&facts.name));
                let services = ours.iter().filter_map(|one| one.service()).map(str::to_owned).collect();
                Ok((services, images(&ours)))
            }
            Kind::Stack => {
                let services = self.swarm.look().await?.services_of(&facts.name);
                Ok((services, images(&self.engine.stack_containers(&facts.name).await?)))
            }
        }
    }

    pub(crate) async fn remove(&self, record: &Record, facts: &Facts, folder: &Path) -> Result<(), Failure> {
        match facts.kind {
            Kind::Project => {
                let compose = self.compose().await?;
                compose.down(&self.host, folder, &facts.name, record.keep_volumes).await?;
            }
            Kind::Stack => {
                let known = facts.is_known();
                self.swarm.remove(record, &facts.name, (known, folder)).await?;
            }
        }
        lock(&self.names).remove(&record.id);
        Ok(())
    }

    /// Does what is to be done for deployments although nobody changed them: restarts containers that are unhealthy, and keeps
    /// the credentials of stacks fresh. Returns at once.
    pub(crate) async fn tend(&self, hub: &Arc<Hub>, deployments: &[(Record, PathBuf)]) {
        let (mut projects, mut stacks) = (Vec::new(), Vec::new());
        for (record, folder) in deployments {
            match facts(record) {
                Some(Facts { kind: Kind::Project, name, .. }) => projects.push((record.id, &**name)),
                Some(Facts { kind: Kind::Stack, name, .. }) => {
                    stacks.push(Stack { deployment: record.id, name: name.clone(), folder: folder.clone() })
                }
                None => {}
            }
        }
        self.swarm.renew(&stacks, hub);
        let Some(healer) = &self.healer else { return };
        // An engine that does not answer is told with the status.
        if let Ok(containers) = self.containers.read(self.engine.containers()).await {
            healer.look_after(&projects, &containers);
        }
    }

    pub(crate) async fn inspect(&self, records: &[Record]) -> Vec<Report> {
        let has = |kind| records.iter().any(|record| facts(record).is_some_and(|facts| facts.kind == kind));
        let containers = match has(Kind::Project) {
            true => self.containers.read(self.engine.containers()).await,
            false => Ok(Arc::default()),
        };
        let view = match has(Kind::Stack) {
            true => self.view.read(self.swarm.look()).await,
            false => Ok(Arc::default()),
        };
        let judge = |record: &Record| match facts(record) {
            Some(facts) => self.judge(record.id, facts, (&containers, &view)),
            None => Report::new(DeploymentStatusType::Error, "it was deployed by an agent of the other kind"),
        };
        records.iter().map(judge).collect()
    }

    fn judge(
        &self,
        id: Uuid,
        facts: &Facts,
        (containers, view): (&anyhow::Result<Arc<Vec<Container>>>, &anyhow::Result<Arc<View>>),
    ) -> Report {
        let error = |what, error| Report::new(DeploymentStatusType::Error, format!("{what}: {error:#}"));
        match (facts.kind, containers, view) {
            (Kind::Project, Ok(containers), _) => {
                let ours: Vec<_> = containers.iter().filter(|one| one.is_of(&facts.name)).collect();
                let mut report = container::judge(&facts.services, &ours);
                if let Some(healer) = &self.healer {
                    healer.add_to(id, &mut report);
                }
                report
            }
            (Kind::Project, Err(cause), _) => error("the Docker engine does not answer", cause),
            (Kind::Stack, _, Ok(view)) => view.judge(&facts.name, &facts.services),
            (Kind::Stack, _, Err(cause)) => error("the swarm does not answer", cause),
        }
    }

    pub(crate) async fn logs(&self, sources: &[LogSource], sink: &Sink) {
        if sources.is_empty() {
            return self.followers.stop();
        }
        let of_source = |source: &LogSource| match &source.facts {
            driver::Facts::Docker(facts) => Some(facts.kind),
            driver::Facts::Helm(_) => None,
        };
        let has = |kind| sources.iter().any(|source| of_source(source) == Some(kind));
        // What can't be listed now can be at the next tick.
        let containers = match has(Kind::Project) {
            true => self.containers.read(self.engine.containers()).await.unwrap_or_default(),
            false => Arc::default(),
        };
        let view = match has(Kind::Stack) {
            true => self.view.read(self.swarm.look()).await.unwrap_or_default(),
            false => Arc::default(),
        };
        let printers = |source: &LogSource| -> Vec<Printer> {
            match &source.facts {
                driver::Facts::Docker(Facts { kind: Kind::Project, name, .. }) => {
                    containers.iter().filter(|one| one.is_of(name)).map(Container::printer).collect()
                }
                driver::Facts::Docker(Facts { kind: Kind::Stack, name, .. }) => view.printers(name),
                driver::Facts::Helm(_) => Vec::new(),
            }
        };
        let all: Vec<_> = sources.iter().map(|source| (source, printers(source))).collect();
        self.followers.update(&self.engine, &all, sink);
    }

    pub(crate) fn metrics(&self) -> anyhow::Result<AgentMetrics> {
        self.meter.measure()
    }

    /// The Compose of this machine; looked for until it is found.
    async fn compose(&self) -> Result<Compose, Failure> {
        let mut known = self.compose.lock().await;
        if let Some(compose) = &*known {
            return Ok(*compose);
        }
        Ok(*known.insert(Compose::find(&self.host).await?))
    }
}

/// What is known of a deployment, if this driver deployed it.
fn facts(record: &Record) -> Option<&Facts> {
    match &record.facts {
        driver::Facts::Docker(facts) => Some(facts),
        driver::Facts::Helm(_) => None,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic while it was held left nothing half done: all of them are replaced as a whole.
    mutex.lock().unwrap_or_else(|broken| broken.into_inner())
}

/// Writes a file of a deployment.
fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    state::write(path, content)
        .map_err(|error| Failure::of("can't write the files of the deployment", &error))
}
