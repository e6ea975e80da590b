//! Comparing all tags of an artifact with its upstream's: when somebody asks for it, and on schedule.

use chrono::TimeDelta;
use grantry_model::artifact::Artifact;
use grantry_model::field::FieldError;
use grantry_model::id::ArtifactId;
use grantry_model::policy::{Action, Permit};

use super::error::Error;
use super::through::{Failure, UpstreamFailure, open};
use crate::Ops;
use crate::caller::Caller;
use crate::error::{Error as OpsError, Kind, Result};

/// Most tags that a comparison takes.
const MOST_TAGS: usize = 5_000;
/// Artifacts that one round of the schedule compares at most.
const MOST_DUE: i64 = 100;
/// After so long a comparison is due again that its process did not end. One that takes longer is only done twice.
const CLAIM: TimeDelta = TimeDelta::minutes(30);

/// Compares all tags with the upstream's.
///
/// # Errors
/// There is no such artifact, or it has no upstream. That the upstream fails is noted with the artifact.
pub async fn by_caller(ops: &Ops, caller: &Caller, id: ArtifactId) -> Result<Artifact> {
    let permit = ops.authorize(caller, Action::PushArtifacts).await?;
    let artifact = ops.store().read().await?.find_artifact(&permit, id).await?;
    let artifact = artifact.ok_or(OpsError::NotFound(Kind::Artifact))?;
    if artifact.upstream.is_none() {
        let message = "This artifact is pushed to, so there is nothing to compare it with.";
        return Err(FieldError::new("upstreamUrl", "artifact_not_pull_through", message).into());
    }
    compare(ops, &permit, id).await?;
    let found = ops.store().read().await?.find_artifact(&permit, id).await?;
    found.ok_or(OpsError::NotFound(Kind::Artifact))
}

/// Compares the artifacts whose time has come; how many this process compared. Replicas may do so at once: who moves an
/// artifact's time on compares it, and nobody else until then.
///
/// # Errors
/// The database fails. That an upstream does is noted with its artifact.
pub async fn due(ops: &Ops) -> Result<usize> {
    let mut compared = 0;
    let now = ops.clock().now();
    let due = ops.store().read().await?.list_due_syncs(now, MOST_DUE).await?;
    for (organization, artifact) in due {
        let permit = Permit::operator(organization);
        let mut tx = ops.store().write().await?;
        let is_mine = tx.claim_sync(&permit, artifact, (now, ops.clock().now() + CLAIM)).await?;
        tx.commit().await?;
        if !is_mine {
            continue;
        }
        compare(ops, &permit, artifact).await?;
        let mut tx = ops.store().write().await?;
        let found = tx.find_artifact(&permit, artifact).await?.and_then(|found| found.upstream);
        if let Some(hours) = found.and_then(|upstream| upstream.upkeep.sync_hours) {
            let next = ops.clock().now() + TimeDelta::hours(hours.into());
            tx.schedule_sync(&permit, artifact, next).await?;
        }
        tx.commit().await?;
        compared += 1;
    }
    Ok(compared)
}

/// Compares, and notes how it went.
async fn compare(ops: &Ops, permit: &Permit, artifact: ArtifactId) -> Result<()> {
    let problem = match compare_tags(ops, permit, artifact).await {
        Ok(()) => None,
        Err(Problem::Hub(error)) => return Err(error),
        Err(Problem::Upstream(sentence)) => Some(sentence),
    };
    let mut tx = ops.store().write().await?;
    tx.note_sync(permit, artifact, ops.clock().now(), problem.as_deref()).await?;
    tx.commit().await?;
    Ok(())
}

enum Problem {
    Upstream(String),
    Hub(OpsError),
}

async fn compare_tags(ops: &Ops, permit: &Permit, artifact: ArtifactId) -> std::result::Result<(), Problem> {
    let hub = |error: Error| match error {
        Error::Hub(error) => Problem::Hub(error),
        other => Problem::Upstream(other.to_string()),
    };
    let off = || Problem::Upstream(UpstreamFailure::Off.to_string());
    let asking = open(ops, permit, artifact).await.map_err(hub)?.ok_or_else(off)?;
    let listed = asking.session.tags(MOST_TAGS).await;
    let listed = listed.map_err(|error| Problem::Upstream(error.to_string()))?;
    let missing = || Problem::Upstream("The registry has no such repository.".to_owned());
    for tag in listed.ok_or_else(missing)?.tags {
        match asking.tag(&tag).await {
            Ok(found) => {
                let key = (artifact, tag.to_string());
                ops.0.registry.asked.note(key, ops.clock().now(), found);
            }
            Err(Failure::Upstream(error)) => return Err(Problem::Upstream(error.to_string())),
            Err(Failure::Hub(error)) => return Err(hub(error)),
        }
    }
    Ok(())
}
