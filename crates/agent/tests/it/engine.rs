//! A Docker engine that has the containers that the test gave it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::Body;
use axum::extract::{RawQuery, Request, State};
use axum::http::{Method, Response};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio::net::UnixListener;
use tokio_util::task::TaskTracker;

#[derive(Default)]
pub(crate) struct Facts {
    pub(crate) containers: Vec<Value>,
    /// What containers print, by id: frames as the engine sends them. Streams stay open after them.
    pub(crate) output: HashMap<String, Vec<u8>>,
    /// Queries for logs that were made.
    pub(crate) log_queries: Vec<String>,
    /// Images that were deleted, by name.
    pub(crate) deleted: Vec<String>,
    /// Images that something uses although no container does.
    pub(crate) in_use: Vec<String>,
    /// Containers that were restarted, by id.
    pub(crate) restarts: Vec<String>,
    /// Refuses restarts.
    pub(crate) refuse_restarts: bool,
    pub(crate) swarm: Swarm,
}

/// The swarm that the engine is in.
#[derive(Default)]
pub(crate) struct Swarm {
    /// What `info` says of it; null: the engine is in none.
    pub(crate) membership: Value,
    pub(crate) services: Vec<Value>,
    pub(crate) tasks: Vec<Value>,
    pub(crate) configs: Vec<Value>,
    /// Volumes of stacks on this engine, by name.
    pub(crate) volumes: Vec<String>,
}

#[derive(Clone, Default)]
pub(crate) struct Engine(Arc<Mutex<Facts>>);

impl Engine {
    pub(crate) fn serve(&self, socket: &Path, tasks: &TaskTracker) {
        let router = Router::new().fallback(answer).with_state(self.clone());
        let listener = UnixListener::bind(socket).unwrap();
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
    }

    pub(crate) fn facts(&self) -> MutexGuard<'_, Facts> {
        self.0.lock().unwrap()
    }

    /// From now on there is one container of service `web` for each of these deployments, with a state and a status.
    pub(crate) fn run(&self, deployments: &[u8], state: &str, status: &str, image: &str) {
        let container = |number: &u8| {
            json!({
                "Id": format!("c{number}"), "Names": [format!("/web-{number}")], "ImageID": image, "State": state, "Status": status,
                "Labels": {"com.docker.compose.project": format!("distr-{number:08x}"), "com.docker.compose.service": "web",
                           "com.docker.compose.container-number": "1", "com.docker.compose.oneoff": "False"},
            })
        };
        self.facts().containers = deployments.iter().map(container).collect();
    }
}

/// When tasks of the test came into their state, and what the engine's clock says: a minute later.
pub(crate) const THEN: &str = "2026-11-24T12:00:00Z";
const NOW: &str = "Tue, 24 Nov 2026 12:01:00 GMT";

/// A service `web` of a deployment's stack with so many tasks.
pub(crate) fn service(deployment: u8, replicas: u64) -> Value {
    let stack = format!("distr-{deployment:08x}");
    json!({
        "ID": format!("s{deployment}"), "Version": {"Index": 7},
        "Spec": {"Name": format!("{stack}_web"), "Labels": {"com.docker.stack.namespace": stack},
                 "Mode": {"Replicated": {"Replicas": replicas}}, "TaskTemplate": {"ContainerSpec": {"Image": "ship:1"}}},
        "ServiceStatus": {"RunningTasks": 0, "DesiredTasks": replicas},
    })
}

/// A task of [`service`] in its place of a number.
pub(crate) fn task(deployment: u8, slot: u64, state: &str, error: &str) -> Value {
    let desired = if matches!(state, "failed" | "rejected" | "complete") { "shutdown" } else { "running" };
    json!({
        "ID": format!("t{deployment}-{slot}-{state}"), "CreatedAt": THEN, "ServiceID": format!("s{deployment}"), "Slot": slot,
        "DesiredState": desired, "Spec": {"ContainerSpec": {"Labels": {"com.docker.stack.namespace": format!("distr-{deployment:08x}")}}},
        "Status": {"State": state, "Err": error, "Timestamp": THEN, "ContainerStatus": {"ContainerID": "c0ffee", "ExitCode": 0}},
    })
}

/// A line as the engine sends it.
pub(crate) fn frame(stream: u8, text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap().to_be_bytes();
    [&[stream, 0, 0, 0][..], &length, text.as_bytes()].concat()
}

fn ok(body: impl Into<Value>) -> Response<Body> {
    Response::new(Body::from(body.into().to_string()))
}

fn refuse(status: u16, message: &str) -> Response<Body> {
    Response::builder().status(status).body(Body::from(json!({ "message": message }).to_string())).unwrap()
}

async fn answer(State(engine): State<Engine>, RawQuery(query): RawQuery, request: Request) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap();
    let query = query.unwrap_or_default();
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let mut facts = engine.facts();
    if let Some(response) = answer_swarm(&mut facts.swarm, (&method, &parts), &body) {
        return response;
    }
    match (&method, &*parts) {
        (&Method::GET, ["containers", "json"]) if query.contains("stack.namespace") => ok(json!([])),
        (&Method::GET, ["containers", "json"]) => ok(facts.containers.clone()),
        (&Method::GET, ["containers", _, "json"]) => ok(json!({ "Config": {"Tty": false} })),
        (&Method::POST, ["containers", _, "restart"]) if facts.refuse_restarts => refuse(500, "it hangs"),
        (&Method::POST, ["containers", id, "restart"]) => {
            assert_eq!(query, "", "how long it may take is the container's own business");
            facts.restarts.push((*id).to_owned());
            ok(json!({}))
        }
        (&Method::GET, ["containers" | "tasks", id, "logs"]) => {
            let output = facts.output.get(*id).cloned().unwrap_or_default();
            let follows = query.contains("follow=true");
            facts.log_queries.push(query);
            let first = futures_util::stream::iter([Ok::<_, std::io::Error>(output)]);
            let more = futures_util::stream::pending();
            if follows {
                Response::new(Body::from_stream(first.chain(more)))
            } else {
                Response::new(Body::from_stream(first))
            }
        }
        (&Method::GET, ["images", id, "json"]) => {
            ok(json!({ "RepoTags": [format!("{}:1", id.replace("sha256:", "tag"))], "RepoDigests": [] }))
        }
        (&Method::DELETE, ["images", name]) => {
            let name = name.replace("%3A", ":");
            let in_use = facts.in_use.contains(&name);
            if !in_use {
                facts.deleted.push(name);
            }
            Response::builder().status(if in_use { 409 } else { 200 }).body(Body::from("[]")).unwrap()
        }
        _ => refuse(404, "no such thing"),
    }
}

fn answer_swarm(
    swarm: &mut Swarm,
    (method, parts): (&Method, &[&str]),
    body: &[u8],
) -> Option<Response<Body>> {
    Some(match (method, parts) {
        (&Method::GET, ["info"]) if swarm.membership.is_null() => {
            ok(json!({ "Swarm": {"LocalNodeState": "inactive", "ControlAvailable": false, "Error": ""} }))
        }
        (&Method::GET, ["info"]) => ok(json!({ "Swarm": swarm.membership })),
        (&Method::GET, ["services" | "tasks" | "configs"]) if swarm.membership.is_null() => {
            refuse(503, "This node is not a swarm manager.")
        }
        (&Method::GET, ["services"]) => ok(swarm.services.clone()),
        (&Method::GET, ["tasks"]) => {
            let mut response = ok(swarm.tasks.clone());
            response.headers_mut().insert("date", NOW.parse().unwrap());
            response
        }
        (&Method::GET, ["tasks", id]) => ok(swarm.tasks.iter().find(|task| task["ID"] == **id)?.clone()),
        (&Method::GET, ["configs"]) => ok(swarm.configs.clone()),
        (&Method::POST, ["configs", "create"]) => {
            let spec: Value = serde_json::from_slice(body).unwrap();
            if swarm.configs.iter().any(|config| config["Spec"]["Name"] == spec["Name"]) {
                return Some(refuse(409, "a config of that name is there"));
            }
            swarm
                .configs
                .push(json!({ "ID": format!("id-of-{}", spec["Name"].as_str().unwrap()), "Spec": spec }));
            ok(json!({}))
        }
        (&Method::DELETE, ["configs", id]) => {
            swarm.configs.retain(|config| config["ID"] != **id);
            ok(json!({}))
        }
        (&Method::GET, ["volumes"]) => {
            let volumes: Vec<_> = swarm.volumes.iter().map(|name| json!({ "Name": name })).collect();
            ok(json!({ "Volumes": volumes, "Warnings": null }))
        }
        (&Method::DELETE, ["volumes", name]) => {
            swarm.volumes.retain(|volume| volume != name);
            ok(json!({}))
        }
        _ => return None,
    })
}
