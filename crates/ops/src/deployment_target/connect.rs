//! Connecting an agent to a deployment target.

use std::fmt;

use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::deployment_target::DeploymentTarget;
use grantry_model::id::DeploymentTargetId;
use grantry_model::policy::Action;
use grantry_store::session::SecretHash;
use serde_json::json;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::find;
use crate::Ops;
use crate::agent::connect;
use crate::caller::Caller;
use crate::error::{Error, Result};

/// By which an agent signs in: 32 digits of hexadecimal, of 16 random bytes. Shown once.
#[derive(Clone)]
pub struct TargetSecret(Zeroizing<String>);

impl TargetSecret {
    fn generate() -> Result<Self> {
        let mut random = Zeroizing::new([0; 16]);
        getrandom::fill(random.as_mut_slice()).map_err(Error::internal)?;
        Ok(Self(Zeroizing::new(random.iter().map(|byte| format!("{byte:02x}")).collect())))
    }

    /// Reads a secret that somebody presents; `None` if the hub can't have made it.
    pub fn parse(text: &str) -> Option<Self> {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == 32 && text.bytes().all(is_hex)).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The secret itself, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it. It has 128 random bits, which nobody can try out, so a plain hash can't be turned back; a slow one
    /// would only make the sign-ins of ten thousand agents dear.
    pub fn hash(&self) -> SecretHash {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for TargetSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TargetSecret(…)")
    }
}

/// How an agent is connected.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The target.
    pub target: DeploymentTarget,
    /// The secret, which is shown now and never again.
    pub secret: TargetSecret,
    /// Where the agent's manifest is, for whoever has the secret. It holds the secret.
    pub url: String,
    /// What to run at the target. It holds the secret.
    pub command: String,
}

/// Makes a new secret for a target. The one before it, and what an agent was given for it, are refused from then on.
///
/// # Errors
/// There is no such target in the caller's reach.
pub async fn connect(ops: &Ops, caller: &Caller, id: DeploymentTargetId) -> Result<Connection> {
    let permit = ops.authorize(caller, Action::EditDeployments).await?;
    let secret = TargetSecret::generate()?;
    let mut tx = ops.store().write().await?;
    let target = find(&mut tx, &permit, id).await?;
    tx.update_target_secret(&permit, id, &secret.hash()).await?;
    let event =
        Event::new(EventKind::DeploymentTargetConnected, Subject::new("deployment_target", id, &target.name))
            .of_customer(target.customer)
            .at_target(id)
            .with(json!({ "replaced": target.agent.credential > 0 }));
    tx.record(permit.organization(), ops.stamp()?, &caller.author(), &event).await?;
    tx.commit().await?;
    let url = connect::url(ops, id, secret.reveal());
    let command = connect::command(ops, &target, secret.reveal());
    Ok(Connection { target, secret, url, command })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_back_and_never_printed() {
        let secret = TargetSecret::generate().unwrap();
        assert_eq!(TargetSecret::parse(secret.reveal()).unwrap().hash(), secret.hash());
        assert!(!format!("{secret:?}").contains(secret.reveal()));
        for bad in ["", &secret.reveal()[1..], &"g".repeat(32), &"A".repeat(32), &"0".repeat(33)] {
            assert!(TargetSecret::parse(bad).is_none(), "{bad}");
        }
    }
}
