//! Pods, as far as their logs and their troubles matter.

use serde_json::Value;

/// A container of a pod.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Container {
    pub(crate) name: String,
    /// How often it was started again.
    pub(crate) restarts: u64,
}

/// The pod's name.
pub(crate) fn name(pod: &Value) -> &str {
    pod.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default()
}

/// The pod's unique id.
pub(crate) fn uid(pod: &Value) -> &str {
    pod.pointer("/metadata/uid").and_then(Value::as_str).unwrap_or_default()
}

/// The containers that have been started, in the pod's order; those that prepare it come first.
pub(crate) fn containers(pod: &Value) -> Vec<Container> {
    statuses(pod).filter(|status| has_run(status)).filter_map(container).collect()
}

/// What keeps the pod's containers from running: the first reason that the cluster gives, in its words.
pub(crate) fn trouble(pod: &Value) -> Option<String> {
    statuses(pod).find_map(|status| {
        let waiting = status.pointer("/state/waiting")?;
        let reason = waiting.get("reason")?.as_str()?;
        let normal = matches!(reason, "ContainerCreating" | "PodInitializing");
        let message = waiting.get("message").and_then(Value::as_str);
        (!normal).then(|| message.map_or_else(|| reason.to_owned(), |message| format!("{reason}: {message}")))
    })
}

/// The label selector with which a workload finds its pods, as a query has it. `None` if there is none, which would select all pods.
pub(crate) fn selector(workload: &Value) -> Option<String> {
    let selector = workload.pointer("/spec/selector")?;
    let labels = selector.get("matchLabels").and_then(Value::as_object);
    let equal =
        labels.into_iter().flatten().filter_map(|(key, value)| Some(format!("{key}={}", value.as_str()?)));
    let expressions = selector.get("matchExpressions").and_then(Value::as_array);
    let terms: Vec<_> = equal.chain(expressions.into_iter().flatten().filter_map(expression)).collect();
    (!terms.is_empty()).then(|| terms.join(","))
}

fn expression(expression: &Value) -> Option<String> {
    let key = expression.get("key")?.as_str()?;
    let values = || {
        let values = expression.get("values").and_then(Value::as_array);
        values.into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
    };
    match expression.get("operator")?.as_str()? {
        "In" => Some(format!("{key} in ({})", values())),
        "NotIn" => Some(format!("{key} notin ({})", values())),
        "Exists" => Some(key.to_owned()),
        "DoesNotExist" => Some(format!("!{key}")),
        _ => None,
    }
}

fn statuses(pod: &Value) -> impl Iterator<Item = &Value> {
    let lists = ["/status/initContainerStatuses", "/status/containerStatuses"];
    lists.into_iter().filter_map(|list| pod.pointer(list)?.as_array()).flatten()
}

fn has_run(status: &Value) -> bool {
    let restarts = status.get("restartCount").and_then(Value::as_u64).unwrap_or(0);
    let state = |name| status.get("state").and_then(|state| state.get(name)).is_some();
    restarts > 0 || state("running") || state("terminated")
}

fn container(status: &Value) -> Option<Container> {
    let restarts = status.get("restartCount").and_then(Value::as_u64).unwrap_or(0);
    Some(Container { name: status.get("name")?.as_str()?.to_owned(), restarts })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_started_containers_have_logs() {
        let pod = json!({"status": {
            "containerStatuses": [
                {"name": "web", "restartCount": 2, "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s"}}},
                {"name": "new", "restartCount": 0, "state": {"waiting": {"reason": "ContainerCreating"}}}],
            "initContainerStatuses": [{"name": "seed", "restartCount": 0, "state": {"terminated": {"exitCode": 0}}}],
        }});
        let container = |name: &str, restarts| Container { name: name.to_owned(), restarts };
        assert_eq!(containers(&pod), [container("seed", 0), container("web", 2)]);
        assert_eq!(trouble(&pod).unwrap(), "CrashLoopBackOff: back-off 40s");
        assert_eq!(trouble(&json!({})), None);
    }

    #[test]
    fn selectors_are_written_as_queries_have_them() {
        let workload = json!({"spec": {"selector": {"matchLabels": {"app": "web", "tier": "a"}, "matchExpressions": [
            {"key": "zone", "operator": "In", "values": ["x", "y"]}, {"key": "old", "operator": "DoesNotExist"},
            {"key": "new", "operator": "Exists"}, {"key": "env", "operator": "NotIn", "values": ["test"]}]}}});
        assert_eq!(selector(&workload).unwrap(), "app=web,tier=a,zone in (x,y),!old,new,env notin (test)");
        assert_eq!(selector(&json!({"spec": {"selector": {}}})), None);
        assert_eq!(selector(&json!({})), None);
    }
}
