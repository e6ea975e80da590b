//! Signing in with a deployment target's secret, and connecting an agent by it.

use chrono::TimeDelta;
use grantry_model::agent::Agent;
use grantry_model::audit::{Author, Event, EventKind, Subject};
use grantry_model::id::DeploymentTargetId;

use super::memory::lock;
use super::throttle::Try;
use super::token;
use crate::Ops;
use crate::deployment_target::connect::TargetSecret;
use crate::error::{Error, Result};

/// That an agent was refused is recorded at most this often: one whose secret was replaced tries for ever.
const RECORD_REFUSED_EVERY: TimeDelta = TimeDelta::hours(1);
/// Refused targets that are remembered at most.
const REMEMBERED: usize = 10_000;

/// Gives a token for a target's secret.
///
/// # Errors
/// [`Error::Unauthenticated`]: there is no such target, or this is not its last secret. [`Error::Throttled`]: too many tries.
pub async fn login(ops: &Ops, target: DeploymentTargetId, secret: &str, address: &str) -> Result<String> {
    let agent = by_secret(ops, target, secret, address).await?;
    token::issue(ops, &agent)
}

/// The agent of a target, by the target's secret.
pub(super) async fn by_secret(
    ops: &Ops,
    target: DeploymentTargetId,
    secret: &str,
    address: &str,
) -> Result<Agent> {
    let mut tx = ops.store().read().await?;
    let found = match TargetSecret::parse(secret) {
        Some(secret) => tx.find_agent_by_secret(target, &secret.hash()).await?,
        None => None,
    };
    let throttle = &ops.0.agents.throttle;
    if let Some(agent) = found {
        throttle.count_sign_in(target, Try::Right)?;
        return Ok(agent);
    }
    throttle.count_sign_in(target, Try::Wrong)?;
    let owner = tx.find_target_agent(target).await?;
    drop(tx);
    if let Some(owner) = owner {
        record_refused(ops, &owner, address).await?;
    }
    Err(Error::Unauthenticated)
}

async fn record_refused(ops: &Ops, owner: &Agent, address: &str) -> Result<()> {
    let now = ops.clock().now();
    {
        let mut refused = lock(&ops.0.agents.refused);
        if refused.len() > REMEMBERED {
            refused.retain(|_, at| now - *at < RECORD_REFUSED_EVERY);
        }
        if refused.get(&owner.target).is_some_and(|at| now - *at < RECORD_REFUSED_EVERY) {
            return Ok(());
        }
        refused.insert(owner.target, now);
    }
    let subject = Subject::new("deployment_target", owner.target, owner.name.as_str());
    let event = Event::new(EventKind::AgentRefused, subject).of_customer(owner.customer);
    let author = Author::anonymous(None, "Somebody", address);
    crate::audit::record_alone(ops, owner.organization, &author, &event).await
}
