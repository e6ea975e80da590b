//! An agent's request: who sends it, as of one moment.

use std::sync::Arc;

use grantry_model::agent::{Agent, AgentAction};
use grantry_model::id::DeploymentTargetId;
use grantry_model::policy::{self, Permit};
use grantry_store::agent::Numbers;
use grantry_store::store::Tx;

use super::memory::Known;
use super::token::{self, Presented};
use crate::Ops;
use crate::error::{Error, Result};

/// An agent whose token is good, with the transaction in which that was found.
pub struct Session {
    pub(super) agent: Agent,
    pub(super) permit: Permit,
    pub(super) numbers: Numbers,
    /// The version that the agent says it has.
    pub(super) version: Option<String>,
    pub(super) tx: Tx,
}

impl Session {
    /// The agent.
    pub fn agent(&self) -> &Agent {
        &self.agent
    }
}

/// A token that the hub gave and that has not expired; who shows it is not known to be let in yet.
#[derive(Debug, Clone, Copy)]
pub struct Bearer(Presented);

impl Bearer {
    pub(super) fn target(self) -> DeploymentTargetId {
        self.0.target
    }
}

/// Reads a token, and counts the request. It costs no look into the database, so nothing long need be read from who has none.
///
/// # Errors
/// [`Error::Unauthenticated`]: the hub did not give it, or not for now. [`Error::Throttled`]: its agent asked too often.
pub fn bear(ops: &Ops, token: &str) -> Result<Bearer> {
    let presented = token::read(ops, token).ok_or(Error::Unauthenticated)?;
    ops.0.agents.throttle.count_request(presented.target)?;
    Ok(Bearer(presented))
}

/// Lets an agent in by its token.
///
/// # Errors
/// [`Error::Unauthenticated`]: the target is gone, or its secret was replaced. The agent signs in again, and is told. Or the
/// database can't be read.
pub async fn enter(ops: &Ops, Bearer(presented): Bearer, version: Option<&str>) -> Result<Session> {
    let mut tx = ops.store().read().await?;
    let (agent, numbers) = identify(ops, &mut tx, presented).await?.ok_or(Error::Unauthenticated)?;
    let permit = policy::authorize_agent(&agent, AgentAction::Run)?;
    ops.0.agents.note_seen(agent.target, ops.clock().now(), version);
    Ok(Session { agent, permit, numbers, version: version.map(str::to_owned), tx })
}

/// The agent that a token was given to, and its numbers; from memory if nothing has changed that concerns it.
pub(crate) async fn identify(
    ops: &Ops,
    tx: &mut Tx,
    presented: Presented,
) -> Result<Option<(Agent, Numbers)>> {
    let Some(numbers) = tx.find_numbers(presented.organization, presented.target).await? else {
        return Ok(None);
    };
    let memory = &ops.0.agents.agents;
    if let Some(known) = memory.get(&presented.target)
        && known.numbers == numbers
        && known.agent.credential == presented.credential
    {
        return Ok(Some((known.agent.clone(), numbers)));
    }
    let Some(agent) = tx.find_agent(presented.target, presented.credential).await? else { return Ok(None) };
    if agent.organization != presented.organization {
        return Ok(None);
    }
    memory.insert(presented.target, Arc::new(Known { agent: agent.clone(), numbers }));
    Ok(Some((agent, numbers)))
}
