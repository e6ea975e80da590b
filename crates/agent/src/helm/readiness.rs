//! Whether a workload does what its object asks for, judged from the object alone.

use serde_json::Value;

/// How far a workload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// All of it is up to date and ready.
    Ready,
    /// It serves, but a part of it does not run.
    Reduced(String),
    /// It is not ready; that may pass by itself.
    Unready(String),
    /// It failed for good, or as far as the cluster tries.
    Failed(String),
}

/// Judges a live Deployment, StatefulSet, DaemonSet or Job by what its controller wrote into its status.
pub(crate) fn judge(kind: &str, object: &Value) -> Readiness {
    let seen = number(object, "/status/observedGeneration");
    if kind != "Job" && seen < number(object, "/metadata/generation") {
        return Readiness::Unready("the cluster has not looked at the change yet".to_owned());
    }
    match kind {
        "Deployment" => deployment(object),
        "StatefulSet" => stateful_set(object),
        "DaemonSet" => daemon_set(object),
        "Job" => job(object),
        _ => Readiness::Ready,
    }
}

fn deployment(object: &Value) -> Readiness {
    let wanted = object.pointer("/spec/replicas").and_then(Value::as_u64).unwrap_or(1);
    let updated = number(object, "/status/updatedReplicas");
    let ready = number(object, "/status/readyReplicas");
    let all = number(object, "/status/replicas");
    if let Some(progressing) = condition(object, "Progressing").filter(|progressing| is(progressing, "False"))
    {
        return Readiness::Failed(format!("{ready} of {wanted} pods are ready: {}", words(progressing)));
    }
    if let Some(failure) = condition(object, "ReplicaFailure").filter(|failure| is(failure, "True")) {
        return Readiness::Failed(format!("pods can't be made: {}", words(failure)));
    }
    if updated < wanted {
        return Readiness::Unready(format!("{updated} of {wanted} pods are up to date, {ready} are ready"));
    }
    if all > updated {
        // Those that are ready may all be of the revision before.
        return Readiness::Unready(format!("pods of the revision before that still run: {}", all - updated));
    }
    if ready >= wanted {
        return Readiness::Ready;
    }
    let serves = condition(object, "Available").is_some_and(|available| is(available, "True"));
    counted(ready, wanted, serves && ready > 0)
}

fn stateful_set(object: &Value) -> Readiness {
    let wanted = object.pointer("/spec/replicas").and_then(Value::as_u64).unwrap_or(1);
    let ready = number(object, "/status/readyReplicas");
    let updated = number(object, "/status/updatedReplicas");
    let kept = number(object, "/spec/updateStrategy/rollingUpdate/partition").min(wanted);
    let by_hand = object.pointer("/spec/updateStrategy/type").and_then(Value::as_str) == Some("OnDelete");
    if !by_hand && updated < wanted - kept {
        return Readiness::Unready(format!(
            "{updated} of {} pods are up to date, {ready} are ready",
            wanted - kept
        ));
    }
    if ready >= wanted { Readiness::Ready } else { counted(ready, wanted, ready > 0) }
}

fn daemon_set(object: &Value) -> Readiness {
    let wanted = number(object, "/status/desiredNumberScheduled");
    let ready = number(object, "/status/numberReady");
    let updated = number(object, "/status/updatedNumberScheduled");
    let by_hand = object.pointer("/spec/updateStrategy/type").and_then(Value::as_str) == Some("OnDelete");
    if !by_hand && updated < wanted {
        return Readiness::Unready(format!("{updated} of {wanted} pods are up to date, {ready} are ready"));
    }
    if ready >= wanted { Readiness::Ready } else { counted(ready, wanted, ready > 0) }
}

fn job(object: &Value) -> Readiness {
    if let Some(failed) = condition(object, "Failed").filter(|failed| is(failed, "True")) {
        return Readiness::Failed(format!("it failed: {}", words(failed)));
    }
    let done = condition(object, "Complete").is_some_and(|complete| is(complete, "True"));
    let suspended = object.pointer("/spec/suspend").and_then(Value::as_bool) == Some(true);
    if done || suspended {
        return Readiness::Ready;
    }
    Readiness::Unready("it has not finished".to_owned())
}

fn counted(ready: u64, wanted: u64, serves: bool) -> Readiness {
    let words = format!("{ready} of {wanted} pods are ready");
    if serves { Readiness::Reduced(words) } else { Readiness::Unready(words) }
}

fn number(object: &Value, pointer: &str) -> u64 {
    object.pointer(pointer).and_then(Value::as_u64).unwrap_or(0)
}

fn condition<'a>(object: &'a Value, kind: &str) -> Option<&'a Value> {
    let conditions = object.pointer("/status/conditions")?.as_array()?;
    conditions.iter().find(|condition| condition.get("type").and_then(Value::as_str) == Some(kind))
}

fn is(condition: &Value, status: &str) -> bool {
    condition.get("status").and_then(Value::as_str) == Some(status)
}

/// A condition's reason and message.
fn words(condition: &Value) -> String {
    let text = |name| condition.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    match (text("reason"), text("message")) {
        (Some(reason), Some(message)) => format!("{reason}: {message}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "the cluster says no more".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(kind: &str, spec: Value, status: Value, expected: Readiness) {
        let mut object = json!({"metadata": {"generation": 2}});
        (object["spec"], object["status"]) = (spec, status);
        assert_eq!([judge(kind, &object)], [expected], "{object}");
    }

    fn unready(text: &str) -> Readiness {
        Readiness::Unready(text.to_owned())
    }

    #[test]
    fn deployments_are_judged_by_their_rollout() {
        let two = || json!({"replicas": 2});
        let stale = json!({"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2});
        check("Deployment", two(), stale, unready("the cluster has not looked at the change yet"));
        let ready = json!({"observedGeneration": 2, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 2});
        check("Deployment", two(), ready, Readiness::Ready);
        let old = json!({"observedGeneration": 2, "replicas": 3, "updatedReplicas": 2, "readyReplicas": 3});
        check("Deployment", two(), old, unready("pods of the revision before that still run: 1"));
        let available = json!({"observedGeneration": 2, "replicas": 2, "updatedReplicas": 2, "readyReplicas": 1,
            "conditions": [{"type": "Available", "status": "True"}]});
        check("Deployment", two(), available, Readiness::Reduced("1 of 2 pods are ready".to_owned()));
        let down = json!({"observedGeneration": 2, "replicas": 2, "updatedReplicas": 2,
            "conditions": [{"type": "Available", "status": "False"}]});
        check("Deployment", two(), down, unready("0 of 2 pods are ready"));
        check("Deployment", json!({"replicas": 0}), json!({"observedGeneration": 2}), Readiness::Ready);
    }

    #[test]
    fn deployment_that_gave_up_says_why() {
        let late = json!({"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1, "conditions": [
            {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "timed out"}]});
        let said = "0 of 1 pods are ready: ProgressDeadlineExceeded: timed out".to_owned();
        check("Deployment", json!({}), late, Readiness::Failed(said));
        let quota = json!({"observedGeneration": 2, "conditions": [
            {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate"}]});
        check(
            "Deployment",
            json!({}),
            quota,
            Readiness::Failed("pods can't be made: FailedCreate".to_owned()),
        );
    }

    #[test]
    fn stateful_sets_honour_partition_and_strategy() {
        let status = || json!({"observedGeneration": 2, "readyReplicas": 3, "updatedReplicas": 1});
        check(
            "StatefulSet",
            json!({"replicas": 3}),
            status(),
            unready("1 of 3 pods are up to date, 3 are ready"),
        );
        let partition = json!({"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 2}}});
        check("StatefulSet", partition, status(), Readiness::Ready);
        let large = json!({"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": 9}}});
        check("StatefulSet", large, status(), Readiness::Ready);
        check(
            "StatefulSet",
            json!({"replicas": 3, "updateStrategy": {"type": "OnDelete"}}),
            status(),
            Readiness::Ready,
        );
        let none = json!({"observedGeneration": 2, "updatedReplicas": 1});
        check("StatefulSet", json!({}), none, unready("0 of 1 pods are ready"));
    }

    #[test]
    fn daemon_sets_count_nodes() {
        let status = |ready| {
            json!({"observedGeneration": 2, "desiredNumberScheduled": 3, "updatedNumberScheduled": 3,
            "numberReady": ready})
        };
        check("DaemonSet", json!({}), status(3), Readiness::Ready);
        check("DaemonSet", json!({}), status(1), Readiness::Reduced("1 of 3 pods are ready".to_owned()));
        check("DaemonSet", json!({}), status(0), unready("0 of 3 pods are ready"));
        check("DaemonSet", json!({}), json!({"observedGeneration": 2}), Readiness::Ready);
    }

    #[test]
    fn jobs_finish_or_fail() {
        check("Job", json!({}), json!({"active": 1}), unready("it has not finished"));
        check(
            "Job",
            json!({}),
            json!({"conditions": [{"type": "Complete", "status": "True"}]}),
            Readiness::Ready,
        );
        check("Job", json!({"suspend": true}), json!({}), Readiness::Ready);
        let failed =
            json!({"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]});
        check("Job", json!({}), failed, Readiness::Failed("it failed: BackoffLimitExceeded".to_owned()));
    }

    #[test]
    fn rubbish_is_not_ready_and_does_no_harm() {
        for kind in ["Deployment", "StatefulSet"] {
            let object = json!({"spec": [], "status": {"conditions": {"a": 1}, "readyReplicas": "many"}});
            assert!(matches!(judge(kind, &object), Readiness::Unready(_)));
        }
    }
}
