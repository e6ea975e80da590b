//! Lines that agents send.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use grantry_model::id::{DeploymentId, DeploymentRevisionId, DeploymentTargetId, LogLineId};
use grantry_model::log_line::{LogLine, LogSource, MAX_BODY, MAX_NAME, MAX_RESOURCES, cut, settle};
use grantry_model::policy::Permit;
use grantry_store::agent::Numbers;
use grantry_store::store::Tx;
use sha2::{Digest, Sha256};
use uuid::Builder;

use super::masking::Masks;
use super::memory::lock;
use super::session::{Bearer, Session};
use crate::Ops;
use crate::error::Result;

/// Lines that a log may grow by before its oldest are forgotten.
const TRIM_AFTER: u32 = 500;

/// A line as an agent sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentLine {
    /// The deployment and its revision; `None` for the agent's own log.
    pub of: Option<(DeploymentId, DeploymentRevisionId)>,
    /// The container or workload; empty for the agent's own log.
    pub resource: String,
    /// When it was printed, by the agent's clock.
    pub at: DateTime<Utc>,
    /// The stream or level.
    pub severity: String,
    /// The line.
    pub body: String,
}

/// Whether a target may send lines at all, before they are read.
///
/// # Errors
/// [`Error::Throttled`](crate::error::Error::Throttled): it sent too many.
pub fn check(ops: &Ops, bearer: Bearer) -> Result<()> {
    ops.0.agents.throttle.count_logs(bearer.target(), (0, 0), ops.clock().now())
}

/// Keeps lines. Empty ones, and those of deployments that are not at the agent's target (any more), are dropped.
///
/// # Errors
/// [`Error::Throttled`](crate::error::Error::Throttled): the agent sent too many before. Or the database can't be written; nothing was kept then.
pub async fn add(ops: &Ops, session: Session, sent: Vec<SentLine>) -> Result<()> {
    let Session { agent, permit, numbers, mut tx, .. } = session;
    let bytes = sent.iter().map(|line| line.body.len() + line.resource.len()).sum();
    ops.0.agents.throttle.count_logs(agent.target, (sent.len(), bytes), ops.clock().now())?;
    if sent.is_empty() {
        return Ok(());
    }
    let masks = masks(ops, &mut tx, &permit, numbers).await?;
    let sent = known(&mut tx, (&permit, agent.target), sent).await?;
    drop(tx);
    let lines = settled(agent.target, sent, &masks, ops.clock().now());
    if lines.is_empty() {
        return Ok(());
    }
    let mut tx = ops.store().write().await?;
    tx.insert_log_lines(agent.target, &lines).await?;
    let trimmed = trim(ops, &mut tx, agent.target, &lines).await?;
    tx.commit().await?;
    let mut grown = lock(&ops.0.agents.grown);
    for key in trimmed {
        grown.remove(&key);
    }
    Ok(())
}

/// What of the lines belongs to deployments at the target.
async fn known(
    tx: &mut Tx,
    (permit, target): (&Permit, DeploymentTargetId),
    mut sent: Vec<SentLine>,
) -> Result<Vec<SentLine>> {
    if sent.iter().all(|line| line.of.is_none()) {
        return Ok(sent);
    }
    let revisions: HashSet<_> = tx.list_revisions_of_target(permit, target).await?.into_iter().collect();
    sent.retain(|line| line.of.is_none_or(|of| revisions.contains(&of)));
    // A program that names a new resource with each line must not fill the database by that.
    let mut resources: HashMap<DeploymentId, HashSet<String>> = HashMap::new();
    for line in &sent {
        if let Some((deployment, _)) = line.of
            && !resources.contains_key(&deployment)
        {
            let names = tx.list_log_resources(permit, deployment).await?;
            resources.insert(deployment, names.into_iter().map(|resource| resource.name).collect());
        }
    }
    sent.retain(|line| {
        let Some((deployment, _)) = line.of else { return true };
        let Some(names) = resources.get_mut(&deployment) else { return true };
        let name = cut(&line.resource, MAX_NAME);
        if names.contains(&name) {
            return true;
        }
        names.len() < MAX_RESOURCES as usize && names.insert(name)
    });
    Ok(sent)
}

/// The lines as they are kept.
fn settled(
    target: DeploymentTargetId,
    sent: Vec<SentLine>,
    masks: &Masks,
    now: DateTime<Utc>,
) -> Vec<LogLine> {
    let mut last: HashMap<(Option<DeploymentId>, String), DateTime<Utc>> = HashMap::new();
    let mut lines = Vec::with_capacity(sent.len());
    for line in sent {
        let body = cut(&masks.apply(&cut(&line.body, 2 * MAX_BODY)), MAX_BODY);
        if body.is_empty() {
            continue;
        }
        let key = (line.of.map(|(deployment, _)| deployment), cut(&line.resource, MAX_NAME));
        let at = settle(line.at, last.get(&key).copied(), now);
        last.insert(key.clone(), at);
        let source = match line.of {
            Some((deployment, revision)) => LogSource::Deployment { deployment, revision, resource: key.1 },
            None => LogSource::Agent(target),
        };
        let severity = cut(&line.severity, MAX_NAME);
        let id = line_id(target, (&source, at, &severity, &body));
        lines.push(LogLine { id, source, at, severity, body });
    }
    lines
}

/// The id of a line, a UUIDv7 that sorts by the line's time to less than a microsecond (RFC 9562 6.2, method 3). The rest of it
/// follows from the line, so that one which is sent twice, because the first answer was lost, is one.
fn line_id(
    target: DeploymentTargetId,
    (source, at, severity, body): (&LogSource, DateTime<Utc>, &str, &str),
) -> LogLineId {
    let mut hasher = Sha256::new().chain_update(target.0.as_bytes());
    if let LogSource::Deployment { deployment, revision, resource } = source {
        hasher = hasher.chain_update(deployment.0.as_bytes()).chain_update(revision.0.as_bytes());
        hasher = hasher.chain_update(resource).chain_update([0]);
    }
    let hash = hasher
        .chain_update(at.timestamp_micros().to_be_bytes())
        .chain_update(severity)
        .chain_update([0])
        .chain_update(body)
        .finalize();
    let micros = u64::try_from(at.timestamp_micros()).unwrap_or(0);
    let fraction = u16::try_from((micros % 1000) * 4096 / 1000).unwrap_or(0);
    let mut rest = [0; 10];
    rest[..2].copy_from_slice(&fraction.to_be_bytes());
    rest[2..].copy_from_slice(&hash[..8]);
    LogLineId(Builder::from_unix_timestamp_millis(micros / 1000, &rest).into_uuid())
}

/// Forgets the oldest lines of logs that have grown; which ones.
async fn trim(
    ops: &Ops,
    tx: &mut Tx,
    target: DeploymentTargetId,
    lines: &[LogLine],
) -> Result<Vec<(DeploymentTargetId, String)>> {
    let mut added: HashMap<(Option<DeploymentId>, &str), u32> = HashMap::new();
    for line in lines {
        let key = match &line.source {
            LogSource::Deployment { deployment, resource, .. } => (Some(*deployment), resource.as_str()),
            LogSource::Agent(_) => (None, ""),
        };
        *added.entry(key).or_default() += 1;
    }
    let mut trimmed = Vec::new();
    for ((deployment, resource), count) in added {
        let name = deployment.map_or(String::new(), |deployment| format!("{deployment}/{resource}"));
        let is_due = {
            let mut grown = lock(&ops.0.agents.grown);
            let grown = grown.entry((target, name.clone())).or_insert(TRIM_AFTER);
            *grown += count;
            *grown > TRIM_AFTER
        };
        if !is_due {
            continue;
        }
        match deployment {
            Some(deployment) => tx.trim_log_lines(deployment, resource).await?,
            None => tx.trim_agent_log_lines(target).await?,
        };
        trimmed.push((target, name));
    }
    Ok(trimmed)
}

/// What is masked in the lines and words of an agent, as of now.
pub(super) async fn masks(ops: &Ops, tx: &mut Tx, permit: &Permit, numbers: Numbers) -> Result<Arc<Masks>> {
    let memory = &ops.0.agents.masks;
    let owner = permit.customer();
    if let Some(masks) = memory.get(&(permit.organization(), owner))
        && masks.read == numbers.read
    {
        return Ok(masks);
    }
    let secrets = tx.list_secret_values(permit, owner, |_| true).await?;
    let tokens = tx.list_tokens_of(permit, owner).await?;
    let texts =
        secrets.iter().map(|(_, value)| value.reveal()).chain(tokens.iter().map(|token| token.as_str()));
    let masks = Arc::new(Masks::of(numbers.read, texts)?);
    memory.insert((permit.organization(), owner), Arc::clone(&masks));
    Ok(masks)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const TARGET: DeploymentTargetId = DeploymentTargetId(Uuid::from_u128(1));

    fn id(at: &str, body: &str) -> LogLineId {
        line_id(TARGET, (&LogSource::Agent(TARGET), at.parse().unwrap(), "info", body))
    }

    #[test]
    fn ids_sort_by_time_and_a_line_keeps_its_own() {
        let times = [
            "2026-11-24T12:00:00.000001Z",
            "2026-11-24T12:00:00.000002Z",
            "2026-11-24T12:00:00.999999Z",
            "2026-11-24T12:00:01Z",
        ];
        let ids = times.map(|at| id(at, "a"));
        assert!(ids.is_sorted());
        assert_eq!(ids, times.map(|at| id(at, "a")));
        assert_ne!(ids[0], id(times[0], "b"));
        assert_eq!(ids[0].0.get_version_num(), 7);
    }
}
