//! Restarts containers whose own health check calls them unhealthy.
//!
//! Compose itself only shows the state; a swarm replaces such tasks by itself. The first restart comes at once, because the health check
//! has had its retries already. Each further one waits longer, and how long a container may take to end is its own
//! business (`stop_grace_period`): to cut it short would make data of a sick container worse.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use super::container::Container;
use super::engine::Engine;
use super::lock;
use crate::backoff::Backoff;
use crate::driver::Report;

/// Waits between two restarts of a container.
const FIRST: Duration = Duration::from_secs(15);
const LONGEST: Duration = Duration::from_mins(10);

/// A container that has been well for so long since its last restart is no patient any more.
const RECOVERED: Duration = Duration::from_mins(15);

/// Whoever restarts containers.
pub(super) struct Healer {
    engine: Engine,
    ward: Mutex<Ward>,
}

#[derive(Default)]
struct Ward {
    restarts: JoinSet<(String, anyhow::Result<()>)>,
    /// By the container's id.
    patients: BTreeMap<String, Patient>,
}

/// A container that was restarted.
struct Patient {
    name: String,
    deployment: Uuid,
    times: u32,
    backoff: Backoff,
    last: Instant,
    state: State,
}

#[derive(PartialEq, Eq)]
enum State {
    BeingRestarted,
    Restarted,
    /// It may have ended without being started again, so it is tried again even if it does not run.
    NotRestarted,
}

impl Healer {
    pub(super) fn new(engine: Engine) -> Self {
        Self { engine, ward: Mutex::default() }
    }

    /// Restarts those that need it, of the containers of these projects. Returns at once.
    pub(super) fn look_after(&self, projects: &[(Uuid, &str)], all: &[Container]) {
        let ward = &mut *lock(&self.ward);
        ward.note_ends();
        ward.patients.retain(|id, patient| {
            let there = all.iter().any(|container| container.id == *id);
            patient.state == State::BeingRestarted || there && patient.last.elapsed() < RECOVERED
        });
        for (deployment, project) in projects {
            for container in all.iter().filter(|container| container.is_of(project)) {
                ward.treat(&self.engine, *deployment, container);
            }
        }
    }

    /// Adds to a report what was done for the containers of a deployment.
    pub(super) fn add_to(&self, deployment: Uuid, report: &mut Report) {
        let ward = lock(&self.ward);
        for patient in ward.patients.values().filter(|patient| patient.deployment == deployment) {
            let Patient { name, times, .. } = patient;
            let text = match (&patient.state, times) {
                (State::BeingRestarted, _) => format!("{name} is being restarted"),
                (State::NotRestarted, _) => format!("{name} could not be restarted"),
                (State::Restarted, 1) => format!("{name} was restarted because it was unhealthy"),
                (State::Restarted, _) => {
                    format!("{name} was restarted {times} times because it was unhealthy")
                }
            };
            report.message = format!("{}; {text}", report.message);
        }
    }
}

impl Ward {
    fn note_ends(&mut self) {
        while let Some(ended) = self.restarts.try_join_next() {
            let Ok((id, result)) = ended else { continue };
            let Some(patient) = self.patients.get_mut(&id) else { continue };
            let Patient { name, deployment, .. } = &*patient;
            patient.state = match result {
                Ok(()) => {
                    tracing::info!(%deployment, "restarted the unhealthy container {name}");
                    State::Restarted
                }
                Err(error) => {
                    tracing::warn!(%deployment, "the unhealthy container {name} can't be restarted: {error:#}");
                    State::NotRestarted
                }
            };
            // What it took to end is no part of the wait.
            patient.last = Instant::now();
            patient.backoff.fail(patient.last, None);
        }
    }

    fn treat(&mut self, engine: &Engine, deployment: Uuid, container: &Container) {
        let known = self.patients.get(&container.id);
        let is_left =
            known.is_some_and(|known| known.state == State::NotRestarted) && !container.is_running();
        if !container.is_unhealthy() && !is_left {
            return;
        }
        let now = Instant::now();
        let patient = self.patients.entry(container.id.clone()).or_insert_with(|| Patient {
            name: container.name().to_owned(),
            deployment,
            times: 0,
            backoff: Backoff::new(FIRST, LONGEST),
            last: now,
            state: State::Restarted,
        });
        if patient.state == State::BeingRestarted || !patient.backoff.is_over(now) {
            return;
        }
        patient.state = State::BeingRestarted;
        patient.times = patient.times.saturating_add(1);
        let Patient { name, times, .. } = patient;
        tracing::warn!(%deployment, times, "the container {name} is unhealthy: its health check fails; it is restarted");
        let (engine, id) = (engine.clone(), container.id.clone());
        self.restarts.spawn(async move {
            let result = engine.restart(&id).await;
            (id, result)
        });
    }
}
