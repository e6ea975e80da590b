//! Connecting an agent: what it is started with.

use grantry_model::agent::AgentAction;
use grantry_model::deployment_target::{DeploymentTarget, Environment};
use grantry_model::id::DeploymentTargetId;
use grantry_model::policy;

use super::login::by_secret;
use super::session::Session;
use super::version::AgentVersion;
use crate::Ops;
use crate::error::{Error, Kind, Result};

/// What an agent is started with, from which its manifest is made.
#[derive(Debug)]
pub struct Connection {
    /// The deployment target.
    pub target: DeploymentTarget,
    /// The agent's image.
    pub image: String,
    /// The version in it.
    pub version: AgentVersion,
}

/// What is needed to connect the agent of a target, for who has the target's secret.
///
/// # Errors
/// [`Error::Unauthenticated`]: there is no such target, or this is not its last secret. [`Error::Throttled`]: too many tries.
pub async fn connect(
    ops: &Ops,
    target: DeploymentTargetId,
    secret: &str,
    address: &str,
) -> Result<Connection> {
    let agent = by_secret(ops, target, secret, address).await?;
    let permit = policy::authorize_agent(&agent, AgentAction::Run)?;
    let mut tx = ops.store().read().await?;
    let target = tx.find_deployment_target(&permit, target).await?;
    Ok(connection(ops, target.ok_or(Error::Unauthenticated)?))
}

/// The same for an agent that is connected and wants to replace itself.
///
/// # Errors
/// The database can't be read.
pub async fn reconnect(ops: &Ops, mut session: Session) -> Result<Connection> {
    let target = session.tx.find_deployment_target(&session.permit, session.agent.target).await?;
    Ok(connection(ops, target.ok_or(Error::NotFound(Kind::DeploymentTarget))?))
}

fn connection(ops: &Ops, target: DeploymentTarget) -> Connection {
    let (image, version) = match &target.environment {
        Environment::Docker { .. } => (&ops.settings().agent_image, ops.docker_agent_version()),
        Environment::Kubernetes { .. } => (&ops.settings().helm_agent_image, ops.helm_agent_version()),
    };
    Connection { target, image: image.clone(), version }
}

/// The address of a target's manifest, with its secret.
pub(crate) fn url(ops: &Ops, target: DeploymentTargetId, secret: &str) -> String {
    let base = &ops.settings().public_url;
    format!("{base}/api/v1/connect?targetId={target}&targetSecret={secret}")
}

/// What a person runs to connect the agent of a target.
pub fn command(ops: &Ops, target: &DeploymentTarget, secret: &str) -> String {
    let url = url(ops, target.id, secret);
    match &target.environment {
        Environment::Docker { .. } => format!("curl -fsSL '{url}' | docker compose -f - up -d"),
        Environment::Kubernetes { namespace, .. } => {
            format!("kubectl apply -n {} -f \"{url}\"", namespace.as_str())
        }
    }
}
