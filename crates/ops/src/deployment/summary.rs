//! How deployments are, in a few words.

use grantry_model::deployment::StatusKind;
use grantry_model::policy::Action;
use grantry_store::deployment::At;

use super::{Deployed, deployed};
use crate::Ops;
use crate::caller::Caller;
use crate::error::Result;

/// How the deployments in a caller's reach are.
#[derive(Debug, Clone)]
pub struct Summary {
    /// How many there are.
    pub count: u64,
    /// Those whose agents last reported an error, the oldest first.
    pub faulty: Vec<Deployed>,
}

/// How the deployments in the caller's reach are.
///
/// # Errors
/// Deployments are switched off for the caller's customer.
pub async fn summary(ops: &Ops, caller: &Caller) -> Result<Summary> {
    let permit = ops.authorize(caller, Action::ViewDeployments).await?;
    let mut tx = ops.store().read().await?;
    let mut entries = tx.list_deployments(&permit, At::Anywhere).await?;
    let count = entries.len() as u64;
    entries.retain(|entry| entry.status.as_ref().is_some_and(|status| status.kind == StatusKind::Error));
    Ok(Summary { count, faulty: deployed(ops, &mut tx, &permit, entries).await? })
}
