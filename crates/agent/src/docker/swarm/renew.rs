//! Keeps the credential fresh that a swarm has for the hub's registry.
//!
//! The swarm keeps what the docker CLI gave it with a service and pulls with that whenever it moves a task to another node, maybe weeks
//! later. The agent's token lasts for a day, so twice a day the services are given a new one. That is no change of what runs: the swarm
//! replaces no task for it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use crate::backoff::Backoff;
use crate::clock;
use crate::docker::engine::Engine;
use crate::docker::host::Host;
use crate::docker::{credentials, lock};
use crate::failure::Failure;
use crate::hub::Hub;
use crate::mask::Mask;

/// How old a credential may become.
const OLDEST: Duration = Duration::from_hours(12);

/// A stack that was deployed.
#[derive(Debug, Clone)]
pub(in crate::docker) struct Stack {
    pub(in crate::docker) deployment: Uuid,
    pub(in crate::docker) name: String,
    /// The deployment's folder.
    pub(in crate::docker) folder: PathBuf,
}

/// Renewals that are under way or are to be tried again.
pub(super) struct Renewals {
    host: Host,
    engine: Engine,
    registry: String,
    work: Mutex<Work>,
}

#[derive(Default)]
struct Work {
    tasks: JoinSet<(Uuid, Result<(), Failure>)>,
    due: BTreeMap<Uuid, Due>,
}

struct Due {
    backoff: Backoff,
    is_busy: bool,
}

impl Renewals {
    pub(super) fn new(host: Host, engine: Engine, registry: &str) -> Self {
        Self { host, engine, registry: registry.to_owned(), work: Mutex::default() }
    }

    /// Begins what is due, and notes what is done. Returns at once.
    pub(super) fn update(&self, stacks: &[Stack], hub: &Arc<Hub>) {
        let work = &mut *lock(&self.work);
        while let Some(done) = work.tasks.try_join_next() {
            match done {
                Ok((id, Ok(()))) => drop(work.due.remove(&id)),
                Ok((id, Err(failure))) => {
                    tracing::warn!(deployment = %id, "the swarm's credential for the hub's registry is not renewed: {failure}");
                    if let Some(due) = work.due.get_mut(&id) {
                        due.is_busy = false;
                        due.backoff.fail(Instant::now(), None);
                    }
                }
                // It broke; it is not tried again before the next start.
                Err(error) => tracing::debug!("a renewal broke: {error}"),
            }
        }
        work.due.retain(|id, due| due.is_busy || stacks.iter().any(|stack| stack.deployment == *id));
        for stack in stacks {
            if !work.due.contains_key(&stack.deployment) && !is_old(&credentials::file(&stack.folder)) {
                continue;
            }
            let due = work.due.entry(stack.deployment).or_insert_with(|| Due {
                backoff: Backoff::new(Duration::from_mins(1), Duration::from_hours(1)),
                is_busy: false,
            });
            if due.is_busy || !due.backoff.is_over(Instant::now()) {
                continue;
            }
            due.is_busy = true;
            let renewal = Renewal {
                host: self.host.clone(),
                engine: self.engine.clone(),
                registry: self.registry.clone(),
                hub: hub.clone(),
                stack: stack.clone(),
            };
            work.tasks.spawn(async move { (renewal.stack.deployment, renewal.run().await) });
        }
    }
}

struct Renewal {
    host: Host,
    engine: Engine,
    registry: String,
    hub: Arc<Hub>,
    stack: Stack,
}

impl Renewal {
    async fn run(&self) -> Result<(), Failure> {
        let token = self.hub.registry_token().await;
        let token = token.map_err(|trouble| Failure::new(trouble.to_string()))?;
        let config = credentials::renew(&self.stack.folder, &self.registry, &token)
            .map_err(|error| Failure::of("can't write the credential", &error))?;
        let mut mask = Mask::default();
        mask.hide(token.reveal());
        let services = self.engine.services().await;
        let services = services.map_err(|error| Failure::of("can't list the services", &error))?;
        for service in services.iter().filter(|service| service.is_of(&self.stack.name)) {
            let update = ["service", "update", "--with-registry-auth", "--detach", "--quiet"];
            let arguments = [&update[..], &[service.full_name()]].concat();
            super::run(&self.host, &arguments, Some(&config), &mask).await?;
        }
        tracing::debug!(stack = self.stack.name, "renewed the swarm's credential for the hub's registry");
        Ok(())
    }
}

/// Whether a file was written too long ago, or in the future: then the clock was changed and nothing is known.
fn is_old(file: &Path) -> bool {
    let Ok(written) = std::fs::metadata(file).and_then(|metadata| metadata.modified()) else { return false };
    clock::now().duration_since(written).map_or(true, |age| age > OLDEST)
}
