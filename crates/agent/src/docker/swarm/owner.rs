//! Whose a stack is: an entry in the swarm itself, a config object beside the stack, names the deployment. It is there before the stack
//! is and goes after it, so that a stack that somebody else made is never touched, whatever this agent has lost or another one does.

use super::NAMESPACE;
use crate::docker::engine::Engine;
use crate::docker::engine::cluster::Entry;
use crate::failure::Failure;

/// The label that names a deployment.
pub(in crate::docker) const OWNER: &str = "grantry.deployment";

/// Whose a stack is.
pub(super) enum Owner {
    /// This deployment's.
    Ours(Entry),
    /// It has no entry: either there is no such stack or somebody else made it.
    Nobody,
    /// Another deployment's.
    Other(String),
}

/// Looks whose a stack is.
pub(super) async fn find(engine: &Engine, stack: &str, deployment: &str) -> anyhow::Result<Owner> {
    let Some(entry) = engine.find_entry(&entry_name(stack)).await? else { return Ok(Owner::Nobody) };
    let owner = entry.deployment().unwrap_or("somebody else");
    if owner == deployment { Ok(Owner::Ours(entry)) } else { Ok(Owner::Other(owner.to_owned())) }
}

/// Makes sure that a stack is this deployment's before it is touched. `known`: it was brought up before, by this agent.
///
/// # Errors
/// It is somebody else's.
pub(super) async fn claim(
    engine: &Engine,
    stack: &str,
    deployment: &str,
    known: bool,
) -> Result<(), Failure> {
    let cant = |error: anyhow::Error| Failure::of("can't find out whose the stack is", &error);
    match find(engine, stack, deployment).await.map_err(cant)? {
        Owner::Ours(_) => return Ok(()),
        Owner::Other(other) => return Err(Failure::new(format!("the stack {stack} belongs to {other}"))),
        Owner::Nobody => {}
    }
    let services = engine.services().await.map_err(cant)?;
    if !known && services.iter().any(|service| service.is_of(stack)) {
        return Err(Failure::new(format!(
            "there is a stack {stack} that this deployment did not make; it is left as it is. Remove it with `docker stack rm {stack}` \
             if it is not needed"
        )));
    }
    let text = format!(
        "The stack {stack} is kept by an agent of Grantry for the deployment {deployment}, by the label {NAMESPACE}={stack}.\n\
         The agent removes this entry when it has removed the stack.\n"
    );
    engine
        .make_entry(&entry_name(stack), deployment, &text)
        .await
        .map_err(|error| Failure::of("can't write down in the swarm whose the stack is", &error))
}

fn entry_name(stack: &str) -> String {
    format!("{stack}.owner")
}
