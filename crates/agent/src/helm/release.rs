//! What Helm has stored of a release, and what may be done with it.

use anyhow::ensure;
use serde_json::Value;
use uuid::Uuid;

use super::api::{Api, ApiError};
use super::kinds::{collection, segment};
use super::record::{Phase, Record};

/// How an operation of Helm stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// It is the one in force.
    Deployed,
    /// Another took its place.
    Superseded,
    /// It failed.
    Failed,
    /// It is under way, or whoever ran it is gone.
    Pending,
    /// It is being removed, or was removed and its history kept.
    Uninstalled,
}

/// One revision of a release, as Helm numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Revision {
    /// From 1.
    pub(crate) number: u32,
    /// How it stands.
    pub(crate) status: Status,
}

/// What `apply` has to do about a release.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// There is none.
    Install,
    /// There is one of ours.
    Upgrade,
    /// It is there already.
    Nothing,
    /// Helm was interrupted while we ran it; that is put right first. Holds the revision to go back to; without one the release
    /// never worked and is removed.
    Repair(Option<u32>),
}

/// Why a release is left alone.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// The name is taken.
    #[error("a release {0:?} is there already, and this deployment did not install it: it is left as it is")]
    Foreign(String),
    /// Somebody used Helm on it.
    #[error(
        "release {release:?} was changed behind the agent's back: Helm's revision is {found}, the agent left {left}. It is left as it is, unless the deployment ignores that"
    )]
    Skewed {
        /// The release.
        release: String,
        /// Helm's revision.
        found: u32,
        /// The revision as the agent left it.
        left: u32,
    },
    /// Somebody is using Helm on it.
    #[error("another operation of Helm on release {0:?} is under way")]
    Busy(String),
}

/// What a deployment wants of its release.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish<'a> {
    pub(crate) release: &'a str,
    pub(crate) deployment: Uuid,
    pub(crate) revision: Uuid,
    /// Whether changes behind the agent's back are overwritten.
    pub(crate) ignore_skew: bool,
}

/// Reads the revisions of a release, oldest first. Helm keeps each in a Secret whose labels say all that is needed here.
pub(crate) async fn revisions(api: &Api, namespace: &str, release: &str) -> Result<Vec<Revision>, ApiError> {
    let selector = segment(&format!("owner=helm,name={release}"));
    let path = format!("{}?labelSelector={selector}", collection("v1", Some(namespace), "secrets"));
    let secrets = api.list_metadata(&path).await?;
    let mut revisions: Vec<_> = secrets.iter().filter_map(revision).collect();
    revisions.sort_by_key(|revision| revision.number);
    Ok(revisions)
}

fn revision(secret: &Value) -> Option<Revision> {
    let label = |name| secret.pointer("/metadata/labels")?.get(name)?.as_str();
    let status = match label("status")? {
        "deployed" => Status::Deployed,
        "superseded" => Status::Superseded,
        "failed" => Status::Failed,
        "uninstalled" | "uninstalling" => Status::Uninstalled,
        // A status that a later Helm may add is nothing to build upon.
        _ => Status::Pending,
    };
    Some(Revision { number: label("version")?.parse().ok()?, status })
}

/// Decides what to do about a release.
///
/// # Errors
/// It is not ours, or no longer as we left it.
pub(crate) fn decide(
    wish: Wish<'_>,
    record: Option<&Record>,
    revisions: &[Revision],
) -> Result<Step, Refusal> {
    let Some(newest) = revisions.last().copied() else { return Ok(Step::Install) };
    let release = || wish.release.to_owned();
    let Some(record) = record.filter(|record| record.id == wish.deployment) else {
        return Err(Refusal::Foreign(release()));
    };
    let left = record.helm_revision.unwrap_or(0);
    // Helm was started and not seen to end. It stores one revision when it begins and one more when it goes back.
    let interrupted =
        record.phase == Phase::Progressing && (1..=2).contains(&newest.number.saturating_sub(left));
    if newest.status == Status::Pending {
        return if interrupted {
            Ok(Step::Repair(last_good(revisions)))
        } else {
            Err(Refusal::Busy(release()))
        };
    }
    if newest.status == Status::Uninstalled {
        // Half removed, or removed with its history kept: Helm has to be told to finish that before it installs again.
        return Ok(Step::Repair(None));
    }
    if newest.number != left && !interrupted && !wish.ignore_skew {
        return Err(Refusal::Skewed { release: release(), found: newest.number, left });
    }
    let applied = record.applied() == Some(wish.revision) && record.phase == Phase::Ready;
    if applied && newest.number == left && newest.status == Status::Deployed {
        return Ok(Step::Nothing);
    }
    Ok(Step::Upgrade)
}

/// The newest revision that worked.
pub(crate) fn last_good(revisions: &[Revision]) -> Option<u32> {
    let good = |revision: &&Revision| matches!(revision.status, Status::Deployed | Status::Superseded);
    revisions.iter().rev().find(good).map(|revision| revision.number)
}

/// Checks a name that becomes a part of commands and paths. Helm and Kubernetes allow no others.
///
/// # Errors
/// It is none.
pub(crate) fn check_name(what: &str, name: &str, longest: usize) -> anyhow::Result<()> {
    let fits =
        name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte));
    let edges = name.bytes().next().zip(name.bytes().last());
    let edged =
        edges.is_some_and(|(first, last)| first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric());
    ensure!(
        fits && edged && name.len() <= longest,
        "{name:?} can't be the name of a {what}: lower-case letters, digits, hyphens and dots, at most {longest}"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Status::{Deployed, Failed, Pending, Superseded, Uninstalled};
    use super::*;

    const DEPLOYMENT: Uuid = Uuid::from_u128(1);
    const APPLIED: Uuid = Uuid::from_u128(2);
    const WANTED: Uuid = Uuid::from_u128(3);

    fn wish(revision: Uuid) -> Wish<'static> {
        Wish { release: "tide", deployment: DEPLOYMENT, revision, ignore_skew: false }
    }

    fn record(helm_revision: u32, phase: Phase) -> Record {
        Record {
            id: DEPLOYMENT,
            revision_id: APPLIED,
            current_revision_id: Some(APPLIED),
            release_name: "tide".to_owned(),
            helm_revision: Some(helm_revision).filter(|revision| *revision > 0),
            phase,
            target: None,
            keep_volumes: true,
            ignore_skew: false,
        }
    }

    fn revisions(statuses: &[Status]) -> Vec<Revision> {
        let numbered = statuses.iter().zip(1..);
        numbered.map(|(&status, number)| Revision { number, status }).collect()
    }

    fn skewed(found: u32, left: u32) -> Result<Step, Refusal> {
        Err(Refusal::Skewed { release: "tide".to_owned(), found, left })
    }

    #[test]
    fn quiet_life() {
        let ready = record(1, Phase::Ready);
        assert_eq!(decide(wish(WANTED), None, &[]), Ok(Step::Install));
        assert_eq!(decide(wish(WANTED), Some(&ready), &[]), Ok(Step::Install), "somebody removed it");
        assert_eq!(decide(wish(APPLIED), Some(&ready), &revisions(&[Deployed])), Ok(Step::Nothing));
        assert_eq!(decide(wish(WANTED), Some(&ready), &revisions(&[Deployed])), Ok(Step::Upgrade));
    }

    #[test]
    fn foreign_release_is_left_alone() {
        let foreign = Err(Refusal::Foreign("tide".to_owned()));
        assert_eq!(decide(wish(WANTED), None, &revisions(&[Deployed])), foreign);
        let other = Record { id: WANTED, ..record(1, Phase::Ready) };
        assert_eq!(decide(wish(WANTED), Some(&other), &revisions(&[Deployed])), foreign);
        let ignoring = Wish { ignore_skew: true, ..wish(WANTED) };
        assert_eq!(decide(ignoring, None, &revisions(&[Deployed])), foreign, "skew is another matter");
    }

    #[test]
    fn skew_is_refused_unless_ignored() {
        let changed = revisions(&[Superseded, Superseded, Superseded, Deployed]);
        let ready = record(1, Phase::Ready);
        assert_eq!(decide(wish(WANTED), Some(&ready), &changed), skewed(4, 1));
        assert_eq!(decide(wish(APPLIED), Some(&ready), &changed), skewed(4, 1));
        let ignoring = Wish { ignore_skew: true, ..wish(APPLIED) };
        assert_eq!(decide(ignoring, Some(&ready), &changed), Ok(Step::Upgrade));
        assert_eq!(decide(wish(WANTED), Some(&record(1, Phase::Progressing)), &changed), skewed(4, 1));
        let reinstalled = revisions(&[Deployed]);
        assert_eq!(decide(wish(WANTED), Some(&record(7, Phase::Ready)), &reinstalled), skewed(1, 7));
    }

    #[test]
    fn failed_upgrade_is_tried_again_from_where_helm_went_back_to() {
        let back = revisions(&[Superseded, Failed, Deployed]);
        assert_eq!(decide(wish(WANTED), Some(&record(3, Phase::Failed)), &back), Ok(Step::Upgrade));
        assert_eq!(decide(wish(APPLIED), Some(&record(3, Phase::Failed)), &back), Ok(Step::Upgrade));
    }

    #[test]
    fn interrupted_operation_is_put_right() {
        let while_installing = record(0, Phase::Progressing);
        assert_eq!(
            decide(wish(WANTED), Some(&while_installing), &revisions(&[Pending])),
            Ok(Step::Repair(None))
        );
        let while_upgrading = record(1, Phase::Progressing);
        let at = |statuses| decide(wish(WANTED), Some(&while_upgrading), &revisions(statuses));
        assert_eq!(at(&[Deployed, Pending]), Ok(Step::Repair(Some(1))));
        assert_eq!(at(&[Superseded, Failed, Pending]), Ok(Step::Repair(Some(1))));
        assert_eq!(at(&[Superseded, Deployed]), Ok(Step::Upgrade), "helm ended after the agent did");
        assert_eq!(at(&[Superseded, Failed, Deployed]), Ok(Step::Upgrade));
    }

    #[test]
    fn somebody_elses_operation_is_waited_for() {
        let busy = Err(Refusal::Busy("tide".to_owned()));
        assert_eq!(
            decide(wish(WANTED), Some(&record(1, Phase::Ready)), &revisions(&[Deployed, Pending])),
            busy
        );
        let kept = revisions(&[Uninstalled]);
        assert_eq!(decide(wish(WANTED), Some(&record(1, Phase::Ready)), &kept), Ok(Step::Repair(None)));
    }

    #[test]
    fn labels_of_helm_are_read() {
        let secret =
            |status, version| json!({"metadata": {"labels": {"status": status, "version": version}}});
        assert_eq!(revision(&secret("deployed", "12")), Some(Revision { number: 12, status: Deployed }));
        assert_eq!(revision(&secret("pending-upgrade", "2")).unwrap().status, Pending);
        assert_eq!(revision(&secret("deployed", "twelve")), None);
        assert_eq!(revision(&json!({"metadata": {}})), None);
    }

    #[test]
    fn names_are_checked() {
        for name in ["tide", "tide-2", "a.b", "7"] {
            check_name("release", name, 53).unwrap();
        }
        for name in ["", "-a", "a-", "A", "a b", "a/b", "--set", "ä", &"a".repeat(54)] {
            check_name("release", name, 53).unwrap_err();
        }
    }
}
