//! How a release is: whether all of its objects are there, and whether what should run is ready.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use grantry_wire::agent::DeploymentStatusType;
use serde_json::Value;
use tokio::time::Instant;
use uuid::Uuid;

use super::api::{ApiError, items};
use super::cluster::Cluster;
use super::kinds::{collection, segment};
use super::manifest::Object;
use super::pods;
use super::readiness::{Readiness, judge};
use crate::driver::Report;

/// How often it is looked whether objects are there that run nothing.
const CENSUS_PERIOD: Duration = Duration::from_mins(1);

/// How long what ran well may be unready before that counts as an error: pods are moved now and then.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many things a message names.
const NAMED: usize = 5;

/// What was seen of releases before.
#[derive(Default)]
pub(crate) struct Memory(Mutex<HashMap<Uuid, Seen>>);

#[derive(Clone)]
struct Seen {
    revision: u32,
    /// Whether the revision was ready once.
    settled: bool,
    unready_since: Option<Instant>,
    census: Option<(Instant, Vec<String>)>,
}

/// A release to look at.
pub(crate) struct Subject<'a> {
    pub(crate) deployment: Uuid,
    pub(crate) namespace: &'a str,
    /// Helm's newest revision of it.
    pub(crate) revision: u32,
    pub(crate) objects: &'a [Object],
    /// How long a new revision may take until it is ready.
    pub(crate) timeout: Duration,
}

/// What is wrong with a release.
#[derive(Debug, Default, PartialEq, Eq)]
struct Findings {
    missing: Vec<String>,
    failed: Vec<String>,
    unready: Vec<String>,
    reduced: Vec<String>,
    workloads: usize,
}

impl Memory {
    /// Forgets a deployment.
    pub(crate) fn forget(&self, deployment: Uuid) {
        self.lock().remove(&deployment);
    }

    /// Looks at a release.
    ///
    /// # Errors
    /// The cluster can't be asked.
    pub(crate) async fn inspect(&self, cluster: &Cluster, subject: &Subject<'_>) -> Result<Report, ApiError> {
        let now = Instant::now();
        let new = Seen { revision: subject.revision, settled: false, unready_since: None, census: None };
        let seen = self.lock().get(&subject.deployment).cloned();
        let mut seen = seen.filter(|seen| seen.revision == subject.revision).unwrap_or(new);
        let mut findings = look_at_workloads(cluster, subject.namespace, subject.objects).await?;
        let missing = match seen.census.take() {
            // What was missing is looked for again at once: it may have come back.
            Some((when, missing)) if missing.is_empty() && now - when < CENSUS_PERIOD => (when, missing),
            _ => (now, count(cluster, subject).await?),
        };
        findings.missing.extend(missing.1.iter().cloned());
        seen.census = Some(missing);
        let waited = seen.note(&findings, now);
        let patience = if seen.settled { PATIENCE } else { subject.timeout };
        self.lock().insert(subject.deployment, seen);
        Ok(findings.report(waited <= patience))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Seen>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Seen {
    /// Notes whether it is ready, and says how long it has not been.
    fn note(&mut self, findings: &Findings, now: Instant) -> Duration {
        if findings.unready.is_empty() {
            self.settled |= findings.failed.is_empty();
            self.unready_since = None;
            return Duration::ZERO;
        }
        now - *self.unready_since.get_or_insert(now)
    }
}

impl Findings {
    fn report(&self, is_patient: bool) -> Report {
        let parts = [
            sentence("not there any more", &self.missing),
            sentence("failed", &self.failed),
            sentence("not ready", &self.unready),
            sentence("only in part ready", &self.reduced),
        ];
        let said = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
        let kind = if !self.missing.is_empty() || !self.failed.is_empty() {
            DeploymentStatusType::Error
        } else if !self.unready.is_empty() {
            if is_patient { DeploymentStatusType::Progressing } else { DeploymentStatusType::Error }
        } else if !self.reduced.is_empty() {
            DeploymentStatusType::Running
        } else {
            DeploymentStatusType::Healthy
        };
        match (said.is_empty(), self.workloads) {
            (false, _) => Report::new(kind, said),
            (true, 0) => Report::new(kind, "installed; nothing in it runs"),
            (true, 1) => Report::new(kind, "the workload is ready"),
            (true, count) => Report::new(kind, format!("all {count} workloads are ready")),
        }
    }
}

fn sentence(what: &str, things: &[String]) -> Option<String> {
    let named = things.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match things.len() {
        0 => None,
        count if count > NAMED => Some(format!("{what}: {named} and {} more", count - NAMED)),
        _ => Some(format!("{what}: {named}")),
    }
}

/// Which workloads of a release are not ready, and why; `None` if all are, or are not there yet.
///
/// # Errors
/// The cluster can't be asked.
pub(super) async fn trouble(
    cluster: &Cluster,
    namespace: &str,
    objects: &[Object],
) -> Result<Option<String>, ApiError> {
    let findings = look_at_workloads(cluster, namespace, objects).await?;
    let parts = [sentence("failed", &findings.failed), sentence("not ready", &findings.unready)];
    let said = parts.into_iter().flatten().collect::<Vec<_>>();
    Ok(Some(said.join("; ")).filter(|said| !said.is_empty()))
}

async fn look_at_workloads(
    cluster: &Cluster,
    namespace: &str,
    objects: &[Object],
) -> Result<Findings, ApiError> {
    let mut findings = Findings::default();
    for object in objects.iter().filter(|object| object.is_workload()) {
        findings.workloads += 1;
        let Some(live) = cluster.find_live(object, namespace).await? else {
            // A Job that cleans up after itself is gone when it is done.
            if object.kind != "Job" {
                findings.missing.push(object.resource());
            }
            continue;
        };
        match judge(&object.kind, &live) {
            Readiness::Ready => {}
            Readiness::Reduced(why) => {
                findings.reduced.push(explain(cluster, namespace, (object, &live), why).await)
            }
            Readiness::Unready(why) => {
                findings.unready.push(explain(cluster, namespace, (object, &live), why).await)
            }
            Readiness::Failed(why) => {
                findings.failed.push(explain(cluster, namespace, (object, &live), why).await)
            }
        }
    }
    Ok(findings)
}

/// The workload, why it is not ready, and what keeps its pods from running if they say so.
async fn explain(
    cluster: &Cluster,
    namespace: &str,
    (object, live): (&Object, &Value),
    why: String,
) -> String {
    let name = object.resource();
    let Some(selector) = pods::selector(live) else { return format!("{name} ({why})") };
    let namespace = object.namespace.as_deref().unwrap_or(namespace);
    let path = format!(
        "{}?labelSelector={}&limit=20",
        collection("v1", Some(namespace), "pods"),
        segment(&selector)
    );
    let trouble = match cluster.api.read(&path).await {
        Ok(list) => items(list).iter().find_map(pods::trouble),
        Err(_) => None,
    };
    match trouble {
        Some(trouble) => format!("{name} ({why}; {trouble})"),
        None => format!("{name} ({why})"),
    }
}

/// What is missing of the objects that run nothing.
async fn count(cluster: &Cluster, subject: &Subject<'_>) -> Result<Vec<String>, ApiError> {
    let mut missing = Vec::new();
    for object in subject.objects.iter().filter(|object| !object.is_workload()) {
        match cluster.is_there(object, subject.namespace).await {
            Ok(true) => {}
            Ok(false) => missing.push(object.resource()),
            // An account for one namespace can't see what is in none, though Helm may have found it there.
            Err(error) if error.is_forbidden() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(missing: &[&str], failed: &[&str], unready: &[&str], reduced: &[&str]) -> Findings {
        let own = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Findings {
            missing: own(missing),
            failed: own(failed),
            unready: own(unready),
            reduced: own(reduced),
            workloads: 2,
        }
    }

    fn check(findings: &Findings, is_patient: bool, kind: DeploymentStatusType, message: &str) {
        assert_eq!(findings.report(is_patient), Report::new(kind, message));
    }

    #[test]
    fn the_worst_decides_and_all_is_named() {
        use DeploymentStatusType::{Error, Healthy, Progressing, Running};
        check(&findings(&[], &[], &[], &[]), true, Healthy, "all 2 workloads are ready");
        check(&findings(&[], &[], &["a"], &["b"]), true, Progressing, "not ready: a; only in part ready: b");
        check(&findings(&[], &[], &["a"], &[]), false, Error, "not ready: a");
        check(&findings(&[], &[], &[], &["b"]), false, Running, "only in part ready: b");
        check(&findings(&["c"], &["f"], &[], &[]), true, Error, "not there any more: c; failed: f");
        let many = ["a", "b", "c", "d", "e", "f", "g"];
        check(&findings(&many, &[], &[], &[]), true, Error, "not there any more: a, b, c, d, e and 2 more");
        check(&Findings::default(), true, Healthy, "installed; nothing in it runs");
    }

    #[test]
    fn patience_counts_from_the_first_sight() {
        let mut seen = Seen { revision: 1, settled: false, unready_since: None, census: None };
        let start = Instant::now();
        let unready = findings(&[], &[], &["a"], &[]);
        assert_eq!(seen.note(&unready, start), Duration::ZERO);
        assert_eq!(seen.note(&unready, start + PATIENCE), PATIENCE);
        assert!(!seen.settled);
        assert_eq!(seen.note(&findings(&[], &[], &[], &[]), start + PATIENCE), Duration::ZERO);
        assert!(seen.settled);
        assert_eq!(
            seen.note(&unready, start + 2 * PATIENCE),
            Duration::ZERO,
            "a new trouble has its own patience"
        );
    }
}
