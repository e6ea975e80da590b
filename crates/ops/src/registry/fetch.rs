//! Blobs on their way from upstreams. Each is fetched once, by a task of its own, and whoever asks for it follows: nobody who is
//! slow or goes away holds it up, and it is kept when all have gone. Another process may fetch the same blob at the same time;
//! both keep it, and the content is stored once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use grantry_blobs::growing::{Follower, Growing};
use grantry_blobs::key::UploadId as StorageId;
use grantry_model::id::ArtifactId;
use grantry_model::policy::Permit;
use grantry_oci::digest::Digest;
use grantry_oci::error::ErrorCode;
use grantry_upstream::error::Error as UpstreamError;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::asked::Key;
use super::error::{Error, Result};
use super::through::{open, unreachable};
use crate::Ops;
use crate::error::Error as OpsError;

/// Blobs that are fetched at once; further ones wait. Each takes a connection and some memory.
const MOST: usize = 32;
/// How long a fetch goes on that nobody follows any more.
const UNFOLLOWED: Duration = Duration::from_mins(10);

/// What is being fetched.
pub(crate) struct Fetches {
    going: Mutex<HashMap<Key, watch::Receiver<Phase>>>,
    slots: Semaphore,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// How far a fetch has come.
#[derive(Clone)]
enum Phase {
    /// The upstream has not answered yet.
    Asking,
    Flowing(Follower),
    /// It had been fetched just before.
    Here,
    Failed(Arc<Error>),
}

/// A blob that was asked for.
pub(super) enum Brought {
    /// It is read while it comes.
    Flowing(Follower),
    /// It is here.
    Here,
}

impl Fetches {
    pub(super) fn new() -> Self {
        Self {
            going: Mutex::default(),
            slots: Semaphore::new(MOST),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        }
    }

    fn forget(&self, key: &Key) {
        self.going.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// Gives up what is being fetched, for a hub that stops.
pub async fn stop(ops: &Ops) {
    let fetches = &ops.0.registry.fetches;
    fetches.stop.cancel();
    fetches.tasks.close();
    fetches.tasks.wait().await;
}

/// Brings a blob that a manifest of the artifact lists with this size, and that a client may have.
///
/// # Errors
/// The upstream does not have it or fails, or the database or the storage does. What fails later breaks the follower off.
pub(super) async fn blob(
    ops: &Ops,
    permit: &Permit,
    artifact: ArtifactId,
    (digest, size): (&Digest, u64),
) -> Result<Brought> {
    let fetches = &ops.0.registry.fetches;
    let key = (artifact, digest.to_string());
    let mut phase = {
        let mut going = fetches.going.lock().unwrap_or_else(PoisonError::into_inner);
        let begin = || {
            let (sender, receiver) = watch::channel(Phase::Asking);
            let storage = StorageId(ops.random_id()?);
            let fetch =
                Fetch { ops: ops.clone(), permit: permit.clone(), artifact, digest: *digest, size, storage };
            fetches.tasks.spawn(fetch.run(sender));
            Ok::<_, Error>(receiver)
        };
        match going.get(&key) {
            Some(phase) => phase.clone(),
            None => going.entry(key).or_insert(begin()?).clone(),
        }
    };
    let phase = phase.wait_for(|phase| !matches!(phase, Phase::Asking)).await;
    match phase.map(|phase| phase.clone()) {
        Ok(Phase::Here) => Ok(Brought::Here),
        Ok(Phase::Flowing(follower)) if size == 0 => {
            // There is no last byte to wait for.
            follower.settled().await.map_err(|_| unreachable())?;
            Ok(Brought::Here)
        }
        Ok(Phase::Flowing(follower)) => Ok(Brought::Flowing(follower)),
        Ok(Phase::Failed(error)) => Err(shared(&error)),
        Ok(Phase::Asking) | Err(_) => Err(unreachable()),
    }
}

/// An error that several get.
fn shared(error: &Error) -> Error {
    match error {
        Error::Refused { code, message } => Error::Refused { code: *code, message: message.clone() },
        Error::Hub(OpsError::Unavailable { reason }) => {
            OpsError::Unavailable { reason: reason.clone() }.into()
        }
        Error::Storage(error) => OpsError::Unavailable { reason: error.to_string() }.into(),
        // The whole of it is in the log already.
        other => OpsError::Internal(other.to_string().into()).into(),
    }
}

/// A blob that is being fetched.
struct Fetch {
    ops: Ops,
    permit: Permit,
    artifact: ArtifactId,
    digest: Digest,
    size: u64,
    storage: StorageId,
}

/// Takes a fetch off the list when it ends, however it does.
struct Landing {
    ops: Ops,
    key: Key,
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.ops.0.registry.fetches.forget(&self.key);
    }
}

impl Fetch {
    async fn run(self, phase: watch::Sender<Phase>) {
        let landing = Landing { ops: self.ops.clone(), key: (self.artifact, self.digest.to_string()) };
        let stop = self.ops.0.registry.fetches.stop.clone();
        let fetched = tokio::select! {
            biased;
            () = stop.cancelled() => Err(unreachable()),
            fetched = self.fetch(&phase) => fetched,
        };
        let Err(error) = fetched else { return };
        if !matches!(error, Error::Refused { code: ErrorCode::BlobUnknown, .. }) {
            let cause = &error as &(dyn std::error::Error + 'static);
            tracing::warn!(error = cause, artifact = %self.artifact, digest = %self.digest, "a blob could not be fetched");
        }
        // Who asks from here on asks the upstream anew.
        drop(landing);
        phase.send_if_modified(|phase| {
            let is_waited_for = matches!(phase, Phase::Asking);
            if is_waited_for {
                *phase = Phase::Failed(Arc::new(error));
            }
            is_waited_for
        });
        super::upload::discard(&self.ops, self.storage).await;
    }

    async fn fetch(&self, phase: &watch::Sender<Phase>) -> Result<()> {
        let Self { ops, permit, artifact, digest, size, storage } = self;
        let _slot = ops.0.registry.fetches.slots.acquire().await;
        let mut tx = ops.store().read().await?;
        let is_here = tx.find_blob(permit, *artifact, digest).await?.is_some();
        tx.commit().await?;
        if is_here {
            phase.send_replace(Phase::Here);
            return Ok(());
        }
        let unknown = || Error::of(ErrorCode::BlobUnknown);
        let asking = open(ops, permit, *artifact).await?.ok_or_else(unknown)?;
        let mut content =
            asking.session.blob(digest).await.map_err(|error| self.away(&error))?.ok_or_else(unknown)?;
        if content.size.is_some_and(|announced| announced != *size) {
            tracing::warn!(%digest, announced = content.size, listed = size, "the upstream's blob has another size than its manifest says");
            return Err(unknown());
        }
        let (mut growing, follower) = ops.blobs().begin_followed(*storage, digest.algorithm(), *size);
        phase.send_replace(Phase::Flowing(follower));
        let mut patience = Patience::new();
        while let Some(bytes) = content.stream.next().await {
            growing.write(bytes.map_err(|error| self.away(&error))?).await?;
            patience.look(&growing)?;
        }
        let stored = growing.finish(digest).await?;
        // A manifest lists it, so its lease is followed by that manifest's hold.
        let tx = ops.store().write().await?;
        let blob = super::upload::keep(ops, tx, (permit, *artifact), &stored).await?;
        ops.0.registry.uses.note(*artifact, blob, ops.clock().now());
        growing.release(&stored);
        Ok(())
    }

    /// The upstream's failure, which is for the log, as clients get it.
    fn away(&self, error: &UpstreamError) -> Error {
        let cause = error as &(dyn std::error::Error + 'static);
        tracing::warn!(error = cause, artifact = %self.artifact, digest = %self.digest, "the upstream failed");
        unreachable()
    }
}

/// Since when nobody follows.
struct Patience(Option<Instant>);

impl Patience {
    fn new() -> Self {
        Self(None)
    }

    fn look(&mut self, growing: &Growing) -> Result<()> {
        if growing.readers() > 0 {
            self.0 = None;
            return Ok(());
        }
        let since = self.0.get_or_insert_with(Instant::now);
        if since.elapsed() > UNFOLLOWED { Err(unreachable()) } else { Ok(()) }
    }
}
