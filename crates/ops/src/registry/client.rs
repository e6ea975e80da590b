//! Who speaks to the registry.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use grantry_model::actor::Actor;
use grantry_model::agent::{Agent, AgentAction};
use grantry_model::audit::Author;
use grantry_model::id::{CustomerId, DeploymentTargetId, OrganizationId};
use grantry_model::policy::{self, Denied, Permit};
use grantry_oci::error::ErrorCode;
use grantry_oci::name::Name;
use grantry_oci::scope::{Action, Scope};
use grantry_store::session::SecretHash;
use grantry_store::store::Tx;
use serde::{Deserialize, Serialize};

use super::error::{Error, Result};
use crate::Ops;
use crate::agent::token::Presented;
use crate::caller::Caller;
use crate::hub_secret::{Secret, SecretKind};

/// How long a token lasts with which nothing can be pushed.
const PULL_TOKEN: TimeDelta = TimeDelta::minutes(15);
/// How long a token lasts that allows to push: clients don't fetch a new one in the middle of a large layer.
const PUSH_TOKEN: TimeDelta = TimeDelta::minutes(60);
/// Binds sealed tokens to what they are for.
const CONTEXT: &str = "registry token";
/// Use of an access token is noted at most this often, in seconds.
const NOTE_USE_EVERY: i64 = 60;

/// A client of the registry, as its request shows it. Whether its credential is still good is decided with each request.
#[derive(Debug, Clone)]
pub struct Client {
    /// What it signed in with.
    pub(super) credential: Credential,
    /// What its registry token allows; `None` if it came with the credential itself.
    pub(super) scopes: Option<Vec<Scope>>,
    /// The network address the request came from.
    pub address: String,
    /// The client, as it names itself.
    pub user_agent: String,
}

/// What a client signed in with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Credential {
    /// A member's access token, by its hash.
    AccessToken(SecretHash),
    /// An agent's token.
    Agent(Presented),
}

/// A token of the registry, given for an access token.
#[derive(Debug)]
pub struct Token {
    /// The token, which says nothing to anybody else.
    pub text: String,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// For how long it is good.
    pub lifetime: TimeDelta,
}

/// What a token holds, sealed.
#[derive(Serialize, Deserialize)]
struct Claims {
    /// Of a member's access token; empty for an agent.
    secret: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<AgentClaims>,
    scopes: Vec<String>,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
struct AgentClaims {
    target: DeploymentTargetId,
    organization: OrganizationId,
    credential: u64,
}

/// Who is behind a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Puller {
    /// A member.
    Member(Actor),
    /// The agent of a deployment target.
    Agent(Agent),
}

impl Puller {
    pub(super) fn organization(&self) -> OrganizationId {
        match self {
            Self::Member(actor) => actor.organization,
            Self::Agent(agent) => agent.organization,
        }
    }

    pub(super) fn customer(&self) -> Option<CustomerId> {
        match self {
            Self::Member(actor) => actor.customer,
            Self::Agent(agent) => agent.customer,
        }
    }

    /// What tells them apart from all others, in memory.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Member(actor) => actor.user.to_string(),
            Self::Agent(agent) => agent.target.to_string(),
        }
    }

    pub(super) fn author(&self, address: &str) -> Author {
        match self {
            Self::Member(actor) => Author::member(actor, address),
            Self::Agent(agent) => Author::agent(agent, address),
        }
    }

    /// What the policy says. An agent pulls, and does nothing else here.
    pub(super) fn authorize(
        &self,
        wanted: policy::Action,
        now: DateTime<Utc>,
    ) -> std::result::Result<Permit, Denied> {
        match self {
            Self::Member(actor) => policy::authorize(actor, wanted, now),
            Self::Agent(agent) if wanted == policy::Action::ViewArtifacts => {
                policy::authorize_agent(agent, AgentAction::Pull)
            }
            Self::Agent(_) => Err(Denied::Side),
        }
    }
}

/// Who is behind a credential, remembered until something changes access in their organization.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) puller: Puller,
    /// The access number of their organization for which this holds.
    pub(super) access: u64,
    noted_at: AtomicI64,
}

impl Identity {
    fn has_ended(&self, now: DateTime<Utc>) -> bool {
        match &self.puller {
            Puller::Member(actor) => actor.credential.expires_at().is_some_and(|end| end <= now),
            // Its token says when it ends, and was read with this request.
            Puller::Agent(_) => false,
        }
    }
}

/// Reads a client's credential: an access token, or an agent's token, as the password of Basic, whatever the user name.
///
/// # Errors
/// [`Error::Unauthenticated`]: it is neither.
pub fn by_password(ops: &Ops, password: &str, address: String, user_agent: String) -> Result<Client> {
    let secret = Secret::parse(password).filter(|secret| secret.kind() == SecretKind::AccessToken);
    let credential = match secret {
        Some(secret) => Credential::AccessToken(secret.hash()),
        None => Credential::Agent(crate::agent::token::read(ops, password).ok_or(Error::Unauthenticated)?),
    };
    Ok(Client { credential, scopes: None, address, user_agent })
}

/// Reads a client's credential: a token that [`issue`] gave.
///
/// # Errors
/// [`Error::Unauthenticated`]: not one of this hub, or not good any more.
pub fn by_token(ops: &Ops, token: &str, address: String, user_agent: String) -> Result<Client> {
    let claims = open(ops, token).ok_or(Error::Unauthenticated)?;
    let credential = match claims.agent {
        Some(AgentClaims { target, organization, credential }) => {
            Credential::Agent(Presented { target, organization, credential })
        }
        None => {
            let secret = URL_SAFE_NO_PAD.decode(&claims.secret).ok().and_then(|bytes| bytes.try_into().ok());
            Credential::AccessToken(secret.ok_or(Error::Unauthenticated)?)
        }
    };
    let scopes = claims.scopes.iter().filter_map(|scope| scope.parse().ok()).collect();
    Ok(Client { credential, scopes: Some(scopes), address, user_agent })
}

fn open(ops: &Ops, token: &str) -> Option<Claims> {
    let sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
    let plain = ops.store().open_sealed(CONTEXT, &sealed).ok()?;
    let claims: Claims = serde_json::from_slice(&plain).ok()?;
    (claims.expires_at > ops.clock().now().timestamp()).then_some(claims)
}

/// Gives a token for what of `scopes` the client may do; what it may not is left out.
///
/// # Errors
/// [`Error::Unauthenticated`].
pub async fn issue(ops: &Ops, client: &Client, scopes: Vec<Scope>) -> Result<Token> {
    // A token that was given for less, or for a while, is not worth another one.
    if client.scopes.is_some() {
        return Err(Error::Unauthenticated);
    }
    let mut tx = ops.store().read().await?;
    let puller = load(ops, client, &mut tx).await?;
    drop(tx);
    let now = ops.clock().now();
    let may = |action| puller.authorize(action, now).is_ok();
    let (push, delete) = (may(policy::Action::PushArtifacts), may(policy::Action::DeleteArtifacts));
    let allowed = |action: &Action| match action {
        Action::Pull => true,
        Action::Push => push,
        Action::Delete => delete,
    };
    let granted = Scope::union(scopes).into_iter().map(|scope| {
        let actions: Vec<Action> = scope.actions().iter().copied().filter(allowed).collect();
        Scope::new(scope.name, &actions)
    });
    let granted: Vec<Scope> = granted.filter(|scope| !scope.actions().is_empty()).collect();
    let pushes = granted.iter().any(|scope| scope.actions().contains(&Action::Push));
    let lifetime = if pushes { PUSH_TOKEN } else { PULL_TOKEN };
    let (secret, agent) = match client.credential {
        Credential::AccessToken(secret) => (URL_SAFE_NO_PAD.encode(secret), None),
        Credential::Agent(Presented { target, organization, credential }) => {
            (String::new(), Some(AgentClaims { target, organization, credential }))
        }
    };
    let claims = Claims {
        secret,
        agent,
        scopes: granted.iter().map(ToString::to_string).collect(),
        expires_at: (now + lifetime).timestamp(),
    };
    let plain = serde_json::to_vec(&claims).map_err(crate::error::Error::internal)?;
    let sealed = ops.store().seal(CONTEXT, &plain)?;
    Ok(Token { text: URL_SAFE_NO_PAD.encode(sealed), issued_at: now, lifetime })
}

/// Whether the credential is good; for a client that only wants to know.
///
/// # Errors
/// [`Error::Unauthenticated`].
pub async fn check(ops: &Ops, client: &Client) -> Result<()> {
    let mut tx = ops.store().read().await?;
    load(ops, client, &mut tx).await.map(|_| ())
}

/// Who the client is now, by the database.
async fn load(ops: &Ops, client: &Client, tx: &mut Tx) -> Result<Puller> {
    match client.credential {
        Credential::AccessToken(secret) => {
            let holder = tx.find_access_token_holder(&secret, ops.clock().now()).await?;
            Ok(Puller::Member(holder.ok_or(Error::Unauthenticated)?.actor))
        }
        Credential::Agent(presented) => {
            let found = crate::agent::session::identify(ops, tx, presented).await?;
            let (agent, _) = found.ok_or(Error::Unauthenticated)?;
            Ok(Puller::Agent(agent))
        }
    }
}

impl Client {
    /// Whether the token allows this; the access token itself allows what its owner may.
    pub(super) fn has_scope(&self, name: &Name, action: Action) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| {
            scopes.iter().any(|scope| scope.name == *name && scope.actions().contains(&action))
        })
    }

    /// As a caller of operations that change something, which only members are.
    ///
    /// # Errors
    /// It is an agent. The policy has refused it before.
    pub(super) fn caller(&self, identity: &Identity) -> Result<Caller> {
        match &identity.puller {
            Puller::Member(actor) => Ok(Caller { actor: actor.clone(), address: self.address.clone() }),
            Puller::Agent(_) => Err(Error::saying(ErrorCode::Denied, Denied::Side.to_string())),
        }
    }

    /// Who the client was when it was last asked about, if that may still hold.
    pub(super) fn remembered(&self, ops: &Ops) -> Option<Arc<Identity>> {
        let found = ops.0.registry.identities.get(&self.credential)?;
        (!found.has_ended(ops.clock().now())).then_some(found)
    }

    /// Who the client is now, remembered for the next request once the access number is known.
    pub(super) async fn identify(&self, ops: &Ops, tx: &mut Tx) -> Result<Puller> {
        load(ops, self, tx).await
    }

    pub(super) fn remember(&self, ops: &Ops, puller: Puller, access: u64) -> Arc<Identity> {
        let identity = Arc::new(Identity { puller, access, noted_at: AtomicI64::new(0) });
        ops.0.registry.identities.insert(self.credential, Arc::clone(&identity));
        identity
    }

    /// Notes in the background that the access token was used.
    pub(super) fn note_use(&self, ops: &Ops, identity: &Identity) {
        let Puller::Member(actor) = &identity.puller else { return };
        let now = ops.clock().now();
        let last = identity.noted_at.load(Ordering::Relaxed);
        let is_due = now.timestamp() - last >= NOTE_USE_EVERY;
        if !is_due
            || identity
                .noted_at
                .compare_exchange(last, now.timestamp(), Ordering::Relaxed, Ordering::Relaxed)
                .is_err()
        {
            return;
        }
        let grantry_model::actor::Credential::AccessToken { id, .. } = actor.credential else {
            return;
        };
        ops.0.registry.used.lock().unwrap_or_else(PoisonError::into_inner).insert(id, now);
    }
}
