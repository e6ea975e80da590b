//! The objects of an agent in a cluster.

use grantry_model::deployment_target::{Namespace, NamespaceScope, Resources};
use grantry_ops::agent::connect::Connection;
use serde_json::{Map, Value, json};

use super::{Place, environment, is_of_distr, yaml};

/// The name of all of the agent's objects, or the beginning of it.
const NAME: &str = "grantry-agent";
/// Where the agent keeps what it must know while it runs.
const STATE: &str = "/scratch";

/// What the agent may do in a cluster.
pub(super) struct Cluster<'t> {
    pub(super) namespace: &'t Namespace,
    pub(super) scope: NamespaceScope,
    pub(super) resources: Option<&'t Resources>,
}

pub(super) fn manifest(
    connection: &Connection,
    place: &Place,
    cluster: &Cluster<'_>,
    secret: Option<&str>,
) -> String {
    let mut variables = environment(connection, place);
    variables.insert("GRANTRY_STATE_DIR".to_owned(), json!(STATE));
    let mut objects = vec![object("v1", "ConfigMap", "env", cluster, json!({ "data": variables }))];
    if let Some(secret) = secret {
        let data = json!({ "GRANTRY_TARGET_SECRET": secret, "DISTR_TARGET_SECRET": secret });
        objects.push(object(
            "v1",
            "Secret",
            "auth",
            cluster,
            json!({ "type": "Opaque", "stringData": data }),
        ));
    }
    objects.push(object("v1", "ServiceAccount", "", cluster, json!({})));
    objects.extend(rights(connection, cluster));
    objects.push(deployment(connection, cluster));
    objects.iter().map(|object| format!("---\n{}", yaml(object))).collect()
}

fn name(suffix: &str) -> String {
    if suffix.is_empty() { NAME.to_owned() } else { format!("{NAME}-{suffix}") }
}

/// An object in the agent's namespace.
fn object(version: &str, kind: &str, suffix: &str, cluster: &Cluster<'_>, rest: Value) -> Value {
    let metadata = json!({ "name": name(suffix), "namespace": cluster.namespace.as_str() });
    let mut object = json!({ "apiVersion": version, "kind": kind, "metadata": metadata });
    if let (Some(object), Value::Object(rest)) = (object.as_object_mut(), rest) {
        object.extend(rest);
    }
    object
}

/// What the agent may do: everything in its namespace, or in the whole cluster.
fn rights(connection: &Connection, cluster: &Cluster<'_>) -> Vec<Value> {
    const GROUP: &str = "rbac.authorization.k8s.io";
    let version = format!("{GROUP}/v1");
    let subjects =
        json!([{ "kind": "ServiceAccount", "name": NAME, "namespace": cluster.namespace.as_str() }]);
    match cluster.scope {
        NamespaceScope::Namespace => {
            let rules = json!([{ "apiGroups": ["*"], "resources": ["*"], "verbs": ["*"] }]);
            let role = json!({ "apiGroup": GROUP, "kind": "Role", "name": NAME });
            vec![
                object(&version, "Role", "", cluster, json!({ "rules": rules })),
                object(
                    &version,
                    "RoleBinding",
                    "",
                    cluster,
                    json!({ "roleRef": role, "subjects": subjects }),
                ),
            ]
        }
        NamespaceScope::Cluster => {
            // It is in no namespace, so it is named after the target.
            let name = format!("{NAME}-{}", connection.target.id);
            let role = json!({ "apiGroup": GROUP, "kind": "ClusterRole", "name": "cluster-admin" });
            vec![json!({
                "apiVersion": version, "kind": "ClusterRoleBinding", "metadata": { "name": name },
                "roleRef": role, "subjects": subjects,
            })]
        }
    }
}

/// Lets our own agent have no more of its node than it needs, and restarts it when it hangs.
fn confine(pod: &mut Value, container: &mut Map<String, Value>) {
    const NOBODY: u32 = 65532;
    pod["securityContext"] = json!({
        "runAsNonRoot": true, "runAsUser": NOBODY, "runAsGroup": NOBODY, "fsGroup": NOBODY,
        "seccompProfile": { "type": "RuntimeDefault" },
    });
    pod["volumes"] = json!([{ "name": "scratch", "emptyDir": {} }, { "name": "tmp", "emptyDir": {} }]);
    let mounts = json!([{ "name": "scratch", "mountPath": STATE }, { "name": "tmp", "mountPath": "/tmp" }]);
    container.insert("volumeMounts".to_owned(), mounts);
    let limits = json!({
        "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": { "drop": ["ALL"] },
    });
    container.insert("securityContext".to_owned(), limits);
    let probe = json!({
        "exec": { "command": ["grantry-agent", "health"] },
        "initialDelaySeconds": 30, "periodSeconds": 30, "timeoutSeconds": 5,
    });
    container.insert("livenessProbe".to_owned(), probe);
}

fn deployment(connection: &Connection, cluster: &Cluster<'_>) -> Value {
    let labels = json!({ "app.kubernetes.io/name": NAME });
    let mut container = Map::new();
    container.insert("name".to_owned(), json!("agent"));
    container.insert("image".to_owned(), json!(connection.image));
    if !is_of_distr(&connection.image) {
        container.insert("args".to_owned(), json!(["helm"]));
    }
    let sources =
        json!([{ "configMapRef": { "name": name("env") } }, { "secretRef": { "name": name("auth") } }]);
    container.insert("envFrom".to_owned(), sources);
    if let Some(resources) = cluster.resources {
        let requests =
            json!({ "cpu": resources.cpu_request.as_str(), "memory": resources.memory_request.as_str() });
        let limits =
            json!({ "cpu": resources.cpu_limit.as_str(), "memory": resources.memory_limit.as_str() });
        container.insert("resources".to_owned(), json!({ "requests": requests, "limits": limits }));
    }
    container.insert("volumeMounts".to_owned(), json!([{ "name": "scratch", "mountPath": STATE }]));
    let mut pod = json!({
        "serviceAccountName": NAME,
        "volumes": [{ "name": "scratch", "emptyDir": {} }],
    });
    if !is_of_distr(&connection.image) {
        confine(&mut pod, &mut container);
    }
    pod["containers"] = json!([container]);
    let spec = json!({
        "replicas": 1,
        "strategy": { "type": "Recreate" },
        "selector": { "matchLabels": labels },
        "template": { "metadata": { "labels": labels }, "spec": pod },
    });
    object("apps/v1", "Deployment", "", cluster, json!({ "spec": spec }))
}
