//! The Docker driver: the docker CLI's Compose does the work, the engine's API tells the facts.

mod compose;
mod container;
mod credentials;
mod engine;
mod follow;
mod host;
mod image;
mod project;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use grantry_wire::agent::{AgentDeployment, AgentMetrics, DeploymentStatusType, DockerType};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use uuid::Uuid;

use crate::config::{Config, Registry};
use crate::driver::{self, Job, LogSource, Report};
use crate::failure::Failure;
use crate::logs::Sink;
use crate::mask::Mask;
use crate::metrics::Meter;
use crate::state::{self, Record, State};
use compose::{Compose, With};
use container::Container;
use engine::Engine;
use follow::Followers;
use host::Host;
use project::Project;

/// A list of containers is good for both uses of one tick.
const SAME_TICK: Duration = Duration::from_millis(500);

/// Deploys Compose projects.
pub(crate) struct Driver {
    host: Host,
    engine: Engine,
    registry: Option<Registry>,
    meter: Meter,
    compose: tokio::sync::Mutex<Option<Compose>>,
    /// Which deployment has which project: two can't have the same.
    projects: Mutex<BTreeMap<Uuid, String>>,
    listed: Mutex<Option<(Instant, Vec<Container>)>>,
    followers: Followers,
}

/// What is known about a deployed project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Facts {
    /// The project's name.
    pub(crate) project: String,
    /// Services that had containers when it was applied.
    #[serde(default)]
    pub(crate) services: BTreeSet<String>,
    /// Ids of the images that its containers have.
    #[serde(default)]
    pub(crate) images: BTreeSet<String>,
    /// Ids of images of earlier revisions that are still to be deleted.
    #[serde(default)]
    pub(crate) stale_images: BTreeSet<String>,
}

impl Driver {
    /// Makes ready; the engine need not be there yet.
    ///
    /// # Errors
    /// `DOCKER_HOST` names an engine that can't be spoken to.
    pub(crate) fn open(config: &Config, state: &State) -> anyhow::Result<Self> {
        let host = Host::of_environment()?;
        let project = |record: &Record| match &record.facts {
            driver::Facts::Docker(facts) => Some((record.id, facts.project.clone())),
            driver::Facts::Helm(_) => None,
        };
        Ok(Self {
            engine: Engine::new(&host.address)?,
            host,
            registry: config.registry.clone(),
            meter: Meter::new(&config.host_root),
            compose: tokio::sync::Mutex::new(None),
            projects: Mutex::new(state.records().filter_map(project).collect()),
            listed: Mutex::new(None),
            followers: Followers::default(),
        })
    }

    pub(crate) fn plan(
        &self,
        wanted: &AgentDeployment,
        before: Option<&Facts>,
    ) -> Result<driver::Facts, Failure> {
        // A deployment without the type was made by a client that does not know Swarm.
        if wanted.docker_type == Some(DockerType::Swarm) {
            return Err(Failure::new("this agent deploys with Docker Compose; it can't deploy to a Swarm"));
        }
        let project = Project::read(wanted)?;
        self.claim(wanted.id, project.name())?;
        let known = before.filter(|facts| facts.project == project.name()).cloned();
        let new = || Facts {
            project: project.name().to_owned(),
            services: BTreeSet::new(),
            images: BTreeSet::new(),
            stale_images: BTreeSet::new(),
        };
        if before.is_some() && known.is_none() {
            return Err(Failure::new(
                "the project's name can't change; remove the deployment and make a new one",
            ));
        }
        Ok(driver::Facts::Docker(known.unwrap_or_else(new)))
    }

    /// Takes a project's name for a deployment.
    fn claim(&self, id: Uuid, name: &str) -> Result<(), Failure> {
        let mut projects = lock(&self.projects);
        if let Some((other, _)) = projects.iter().find(|(other, taken)| **other != id && *taken == name) {
            return Err(Failure::new(format!("the project {name} belongs to deployment {other}")));
        }
        projects.insert(id, name.to_owned());
        Ok(())
    }

    pub(crate) async fn apply(&self, job: Job<'_>) -> Result<Facts, Failure> {
        let driver::Facts::Docker(mut facts) = job.facts.clone() else {
            return Err(Failure::new("it was deployed by an agent of the other kind"));
        };
        let mut mask = Mask::of_env_file(job.wanted.env_file.as_ref().map_or(&[], |file| &file.0));
        let token = match &self.registry {
            Some(_) => Some(job.hub.registry_token().await.map_err(|trouble| {
                Failure::new(format!("can't get the credential for the hub's registry: {trouble}"))
            })?),
            None => None,
        };
        for password in credentials::passwords(job.wanted, token.as_ref()) {
            mask.hide(password);
        }
        let login =
            self.registry.as_ref().zip(token.as_ref()).map(|(registry, token)| (&*registry.host, token));
        let config = credentials::write(&self.host, job.folder, job.wanted, login)
            .map_err(|error| Failure::of("can't write the credentials for registries", &error))?;
        let compose = self.compose().await?;
        Project::read(job.wanted)?.write(job.folder, &compose)?;
        let with = With { project: &facts.project, config, mask: &mask };
        compose.up(&self.host, &job, with).await?;
        self.learn(&mut facts, job.wanted).await;
        Ok(facts)
    }

    /// What is true after a success: services and images; images of before are deleted if that is wanted.
    async fn learn(&self, facts: &mut Facts, wanted: &AgentDeployment) {
        let all = match self.engine.containers().await {
            Ok(all) => all,
            // It is deployed all the same; what is not known is not checked.
            Err(error) => return tracing::debug!("containers can't be listed: {error:#}"),
        };
        let ours: Vec<_> = all.iter().filter(|one| one.is_of(&facts.project)).collect();
        let images: BTreeSet<_> = ours.iter().map(|one| one.image_id.clone()).collect();
        facts.services = ours.iter().filter_map(|one| one.service()).map(str::to_owned).collect();
        facts.stale_images.append(&mut facts.images);
        facts.stale_images.retain(|image| !images.contains(image));
        facts.images = images;
        if wanted.image_cleanup_enabled {
            facts.stale_images = image::clean(&self.engine, std::mem::take(&mut facts.stale_images)).await;
        } else {
            facts.stale_images.clear();
        }
    }

    pub(crate) async fn remove(&self, record: &Record, facts: &Facts, folder: &Path) -> Result<(), Failure> {
        let compose = self.compose().await?;
        compose.down(&self.host, folder, &facts.project, record.keep_volumes).await?;
        lock(&self.projects).remove(&record.id);
        Ok(())
    }

    pub(crate) async fn inspect(&self, records: &[Record]) -> Vec<Report> {
        let all = match self.engine.containers().await {
            Ok(all) => all,
            Err(error) => {
                let report = Report::new(
                    DeploymentStatusType::Error,
                    format!("the Docker engine does not answer: {error:#}"),
                );
                return vec![report; records.len()];
            }
        };
        let judge = |record: &Record| match &record.facts {
            driver::Facts::Docker(facts) => {
                let ours: Vec<_> = all.iter().filter(|one| one.is_of(&facts.project)).collect();
                container::judge(&facts.services, &ours)
            }
            driver::Facts::Helm(_) => {
                Report::new(DeploymentStatusType::Error, "it was deployed by an agent of the other kind")
            }
        };
        let reports = records.iter().map(judge).collect();
        *lock(&self.listed) = Some((Instant::now(), all));
        reports
    }

    pub(crate) async fn logs(&self, sources: &[LogSource], sink: &Sink) {
        if sources.is_empty() {
            return self.followers.stop();
        }
        let listed = lock(&self.listed).take().filter(|(when, _)| when.elapsed() < SAME_TICK);
        let all = match listed {
            Some((_, all)) => all,
            // The next tick will do.
            None => self.engine.containers().await.unwrap_or_default(),
        };
        self.followers.update(&self.engine, &all, sources, sink);
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic while it was held left nothing half done: all of them are replaced as a whole.
    mutex.lock().unwrap_or_else(|broken| broken.into_inner())
}

/// Writes a file of a deployment.
fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    state::write(path, content)
        .map_err(|error| Failure::of("can't write the files of the deployment", &error))
}
