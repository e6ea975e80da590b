//! Counting pulls, and noting refused ones. Both are kept in memory for a moment and written together, so that a pull writes
//! nothing itself.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use grantry_model::audit::{Author, Event, EventKind, Subject};
use grantry_model::id::{AccessTokenId, ArtifactId, BlobId, OrganizationId};
use grantry_oci::name::Name;
use grantry_oci::reference::Reference;
use grantry_store::manifest::PulledManifest;
use grantry_store::pull::NewPull;

use super::client::{Client, Puller};
use crate::Ops;
use crate::error::Result;

/// Pulls that wait at most; when the database is away for long, further ones are not counted.
const MOST: usize = 100_000;
/// Refusals that wait at most. The same one again is one.
const MOST_DENIED: usize = 1_000;
/// Most characters that are kept of what a client says of itself.
const MAX_USER_AGENT: usize = 300;

/// What waits to be written.
#[derive(Default)]
pub(super) struct Pulls {
    waiting: Mutex<Vec<(OrganizationId, NewPull)>>,
    denied: Mutex<Denied>,
}

/// Refusals, each once: by whom and to pull what in an organization.
type Denied = BTreeMap<(OrganizationId, String, String), (Author, Event)>;
/// When access tokens were last used.
type Used = HashMap<AccessTokenId, DateTime<Utc>>;

/// What was pulled.
pub(super) struct Pulled<'a> {
    pub(super) artifact: ArtifactId,
    pub(super) name: &'a Name,
    pub(super) reference: &'a Reference,
    pub(super) manifest: &'a PulledManifest,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pulls {
    pub(super) fn note(&self, ops: &Ops, client: &Client, puller: &Puller, what: &Pulled<'_>) {
        let Ok(id) = ops.new_id() else { return };
        let (user, user_name, user_email) = match puller {
            Puller::Member(actor) => (Some(actor.user), actor.name.clone(), actor.email.clone()),
            Puller::Agent(agent) => (None, agent.name.as_str().to_owned(), String::new()),
        };
        let pull = NewPull {
            id,
            at: ops.clock().now(),
            artifact: what.artifact,
            artifact_name: what.name.artifact().to_owned(),
            manifest: what.manifest.id,
            reference: what.reference.to_string(),
            digest: what.manifest.digest.to_string(),
            media_type: what.manifest.media_type.clone(),
            customer: puller.customer(),
            user,
            user_name,
            user_email,
            address: client.address.clone(),
            user_agent: client.user_agent.chars().filter(|c| !c.is_control()).take(MAX_USER_AGENT).collect(),
        };
        let mut waiting = lock(&self.waiting);
        if waiting.len() < MOST {
            waiting.push((puller.organization(), pull));
        } else {
            tracing::warn!("pulls can't be written for too long; this one is not counted");
        }
    }

    pub(super) fn note_denied(&self, client: &Client, puller: &Puller, what: (&Name, &Reference)) {
        let (name, reference) = what;
        let joint = if matches!(reference, Reference::Tag(_)) { ':' } else { '@' };
        let what = format!("{name}{joint}{reference}");
        let key = (puller.organization(), puller.key(), what.clone());
        let mut denied = lock(&self.denied);
        if denied.len() >= MOST_DENIED {
            return;
        }
        denied.entry(key).or_insert_with(|| {
            let event = Event::new(EventKind::PullDenied, Subject::new("artifact", "", what));
            (puller.author(&client.address), event.of_customer(puller.customer()))
        });
    }
}

/// Writes what waits: pulls, refusals, and which access tokens and cached blobs were used. What can't be written now waits on.
///
/// # Errors
/// The database can't be written.
pub async fn write_waiting(ops: &Ops) -> Result<()> {
    let memory = &ops.0.registry;
    let waiting = Waiting {
        used: std::mem::take(&mut *lock(&memory.used)),
        pulls: std::mem::take(&mut *lock(&memory.pulls.waiting)),
        denied: std::mem::take(&mut *lock(&memory.pulls.denied)),
        blobs: memory.uses.take(),
    };
    let Waiting { used, pulls, denied, blobs } = &waiting;
    if used.is_empty() && pulls.is_empty() && denied.is_empty() && blobs.is_empty() {
        return Ok(());
    }
    let written = waiting.write(ops).await;
    if written.is_err() {
        memory.uses.give_back(&waiting.blobs);
        let mut pulls = lock(&memory.pulls.waiting);
        let newer = std::mem::replace(&mut *pulls, waiting.pulls);
        pulls.extend(newer);
        lock(&memory.used).extend(waiting.used);
        lock(&memory.pulls.denied).extend(waiting.denied);
    }
    written
}

/// What waits to be written.
struct Waiting {
    used: Used,
    pulls: Vec<(OrganizationId, NewPull)>,
    denied: Denied,
    blobs: HashMap<(ArtifactId, BlobId), DateTime<Utc>>,
}

impl Waiting {
    async fn write(&self, ops: &Ops) -> Result<()> {
        let mut tx = ops.store().write().await?;
        for (token, at) in &self.used {
            tx.touch_access_token(*token, *at).await?;
        }
        for (organization, pull) in &self.pulls {
            tx.insert_pull(*organization, pull).await?;
        }
        for ((artifact, blob), at) in &self.blobs {
            tx.touch_cached_blob(*artifact, *blob, *at).await?;
        }
        // In the order of organizations, so that two transactions never wait for each other.
        for ((organization, ..), (author, event)) in &self.denied {
            tx.record(*organization, ops.stamp()?, author, event).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
