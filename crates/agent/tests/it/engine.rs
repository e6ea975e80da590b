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

/// A line as the engine sends it.
pub(crate) fn frame(stream: u8, text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap().to_be_bytes();
    [&[stream, 0, 0, 0][..], &length, text.as_bytes()].concat()
}

async fn answer(State(engine): State<Engine>, RawQuery(query): RawQuery, request: Request) -> Response<Body> {
    let path = request.uri().path().to_owned();
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let mut facts = engine.facts();
    let ok = |body: Value| Response::new(Body::from(body.to_string()));
    match (request.method(), &*parts) {
        (&Method::GET, ["containers", "json"]) => ok(facts.containers.clone().into()),
        (&Method::GET, ["containers", _, "json"]) => ok(json!({ "Config": {"Tty": false} })),
        (&Method::GET, ["containers", id, "logs"]) => {
            facts.log_queries.push(query.unwrap_or_default());
            let output = facts.output.get(*id).cloned().unwrap_or_default();
            let first = futures_util::stream::iter([Ok::<_, std::io::Error>(output)]);
            Response::new(Body::from_stream(first.chain(futures_util::stream::pending())))
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
        _ => Response::builder().status(404).body(Body::from("{\"message\":\"no such thing\"}")).unwrap(),
    }
}
