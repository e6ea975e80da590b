//! The operations of Grantry, one function each: authorize, load, decide, store. They know no HTTP; the API, the portals
//! and the command line call the same ones.

pub mod access;
pub mod access_token;
pub mod account;
pub mod agent;
pub mod application;
pub mod application_entitlement;
pub mod application_version;
pub mod artifact;
pub mod artifact_entitlement;
pub mod audit;
pub mod caller;
pub mod clock;
pub mod customer;
pub mod deployment;
pub mod deployment_status;
pub mod deployment_target;
pub mod error;
pub mod file;
pub mod hub_secret;
mod id;
pub mod jobs;
pub mod license_key;
pub mod licenses;
pub mod log_line;
pub mod member;
pub mod once;
pub mod organization;
pub mod password;
pub mod pulls;
pub mod registry;
pub mod secret;
pub mod session;
pub mod setup;
pub mod signing;
pub mod target_metric;
mod throttle;

use std::sync::Arc;

use grantry_blobs::blobs::Blobs;
use grantry_model::actor::Actor;
use grantry_model::plan::Subscription;
use grantry_model::policy::{Action, Denied, Permit, authorize};
use grantry_store::store::Store;
use grantry_upstream::upstream::Upstream;

use crate::caller::Caller;
use crate::clock::Clock;
use crate::error::Result;
use crate::password::Hasher;
use crate::registry::collect::Retention;
use crate::registry::memory::Memory;
use crate::signing::Signers;
use crate::throttle::Throttle;

/// What the operator decided for the whole hub.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The base URL under which the hub is reached, without a slash at its end; the `iss` of license tokens.
    pub public_url: String,
    /// The plan of new organizations.
    pub default_plan: Subscription,
    /// How long the registry keeps what nothing needs.
    pub retention: Retention,
    /// The image of the agent at Docker targets; its tag is the version that agents should have.
    pub agent_image: String,
    /// The image of the agent at Kubernetes targets.
    pub helm_agent_image: String,
}

/// All that operations need. Cheap to clone.
#[derive(Clone)]
pub struct Ops(Arc<Parts>);

struct Parts {
    store: Store,
    clock: Clock,
    settings: Settings,
    hasher: Hasher,
    throttle: Throttle,
    signers: Signers,
    blobs: Blobs,
    upstream: Option<Upstream>,
    registry: Memory,
    agents: agent::memory::Memory,
}

/// What operations work on. Cheap to clone.
#[derive(Clone)]
pub struct Backends {
    /// The database.
    pub store: Store,
    /// The storage of blobs.
    pub blobs: Blobs,
    /// How other registries are reached; `None` if this machine can't, and then nothing is pulled through.
    pub upstream: Option<Upstream>,
}

impl Ops {
    /// Operations on these.
    pub fn new(backends: Backends, clock: Clock, settings: Settings) -> Self {
        let Backends { store, blobs, upstream } = backends;
        Self(Arc::new(Parts {
            store,
            clock,
            settings,
            hasher: Hasher::default(),
            throttle: Throttle::default(),
            signers: Signers::default(),
            blobs,
            upstream,
            registry: Memory::new(),
            agents: agent::memory::Memory::new(),
        }))
    }

    /// The same on this store with another clock, as when sample data is made that has a past.
    #[must_use]
    pub fn at(&self, store: Store, clock: Clock) -> Self {
        let backends = Backends { store, blobs: self.0.blobs.clone(), upstream: self.0.upstream.clone() };
        Self::new(backends, clock, self.0.settings.clone())
    }

    /// What the operator decided.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The hub's clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn upstream(&self) -> Option<&Upstream> {
        self.0.upstream.as_ref()
    }

    pub(crate) fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }

    /// Decides by the policy. A refusal is recorded before it is returned.
    pub(crate) async fn authorize(&self, caller: &Caller, action: Action) -> Result<Permit> {
        match authorize(&caller.actor, action, self.clock().now()) {
            Ok(permit) => Ok(permit),
            Err(denied) => {
                audit::record_denied(self, caller, action, denied).await?;
                Err(denied.into())
            }
        }
    }

    /// Decides by the policy before a form is shown that would be refused when it is sent.
    ///
    /// # Errors
    /// The refusal, which is recorded.
    pub async fn require(&self, caller: &Caller, action: Action) -> Result<()> {
        self.authorize(caller, action).await.map(|_| ())
    }

    /// What the policy says to an actor, for pages that leave out what would be refused.
    pub fn may(&self, actor: &Actor, action: Action) -> std::result::Result<(), Denied> {
        authorize(actor, action, self.clock().now()).map(|_| ())
    }

    /// Whether the database and the storage of blobs answer.
    ///
    /// # Errors
    /// One of them does not.
    pub async fn check_ready(&self) -> Result<()> {
        self.store().read().await?.has_organizations().await?;
        self.blobs().check().await?;
        Ok(())
    }
}
