//! A hub that says what the test wants and remembers what it was told.

use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::{get, post, put};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

pub(crate) const SECRET: &str = "f00dfacef00dfacef00dfacef00dface";
pub(crate) const TARGET: &str = "00000000-0000-0000-0000-0000000000aa";

/// What the hub does and what it saw.
#[derive(Default)]
pub(crate) struct Facts {
    /// What `resources` answers; `None`: nothing should run.
    pub(crate) deployments: Option<Vec<Value>>,
    /// Answers `resources` with these instead.
    pub(crate) instead: Option<(u16, String)>,
    /// What logs are answered with, if not 204.
    pub(crate) log_answer: Option<u16>,
    /// Answers the next so many requests with 401, whatever their token.
    pub(crate) refuse_tokens: usize,
    /// Knows no target.
    pub(crate) refuse_logins: bool,
    pub(crate) logins: usize,
    pub(crate) polls: usize,
    pub(crate) not_modified: usize,
    pub(crate) statuses: Vec<Value>,
    pub(crate) lines: Vec<Value>,
    pub(crate) own_lines: Vec<Value>,
    pub(crate) measurements: usize,
    pub(crate) log_deliveries: usize,
}

#[derive(Clone, Default)]
pub(crate) struct Hub(Arc<Mutex<Facts>>);

impl Hub {
    /// Serves on a free port; gives its address.
    pub(crate) async fn serve(&self, tasks: &TaskTracker) -> String {
        let router = Router::new()
            .route("/api/v1/agent/login", post(login))
            .route("/api/v1/agent/resources", get(resources))
            .route("/api/v1/agent/status", post(status))
            .route("/api/v1/agent/metrics", post(metrics))
            .route("/api/v1/agent/logs", put(logs))
            .route("/api/v1/agent/deployment-target-logs", put(own_logs))
            .with_state(self.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tasks.spawn(async move { axum::serve(listener, router).await.unwrap() });
        address
    }

    pub(crate) fn facts(&self) -> MutexGuard<'_, Facts> {
        self.0.lock().unwrap()
    }

    /// From now on these should run.
    pub(crate) fn want(&self, deployments: impl IntoIterator<Item = Value>) {
        self.facts().deployments = Some(deployments.into_iter().collect());
    }

    /// The last status of a revision.
    pub(crate) fn status_of(&self, revision: u8) -> Option<(String, String)> {
        let facts = self.facts();
        let last = facts.statuses.iter().rev().find(|status| status["revisionId"] == id(revision))?;
        Some((last["type"].as_str()?.to_owned(), last["message"].as_str()?.to_owned()))
    }
}

/// An id that ends in a number.
pub(crate) fn id(number: u8) -> String {
    format!("00000000-0000-0000-0000-0000000000{number:02x}")
}

/// A deployment with a Compose file.
pub(crate) fn deployment(number: u8, revision: u8) -> Value {
    let file = format!("name: distr-{number:08x}\nservices:\n  web:\n    image: ship:1\n");
    json!({
        "id": id(number), "revisionId": id(revision), "registryAuth": null, "logsEnabled": true, "forceRestart": false,
        "composeFile": STANDARD.encode(file), "envFile": STANDARD.encode("TOKEN=very-secret-value\n"), "dockerType": "compose",
        "imageCleanupEnabled": false, "releaseName": "", "chartUrl": "", "chartName": "", "chartVersion": "", "values": null,
        "ignoreRevisionSkew": false,
    })
}

fn authorized(facts: &mut Facts, headers: &HeaderMap) -> bool {
    if facts.refuse_tokens > 0 {
        facts.refuse_tokens -= 1;
        return false;
    }
    headers["authorization"].to_str().unwrap() == format!("Bearer {}", token(facts.logins))
}

/// The token of the so-manyth login. Its times are in the past of any clock: only the difference counts.
pub(crate) fn token(login: usize) -> String {
    let claims = json!({ "sub": TARGET, "iat": 1_000, "exp": 87_400, "n": login });
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

fn answer(status: u16, body: impl Into<Body>) -> Response<Body> {
    Response::builder().status(StatusCode::from_u16(status).unwrap()).body(body.into()).unwrap()
}

async fn login(State(hub): State<Hub>, headers: HeaderMap) -> Response<Body> {
    let mut facts = hub.facts();
    facts.logins += 1;
    let expected = format!("Basic {}", STANDARD.encode(format!("{TARGET}:{SECRET}")));
    if facts.refuse_logins || headers["authorization"].to_str().unwrap() != expected {
        return answer(401, "Unauthorized\n");
    }
    answer(200, json!({ "token": token(facts.logins), "requiresMfa": false }).to_string())
}

async fn resources(State(hub): State<Hub>, headers: HeaderMap) -> Response<Body> {
    let mut facts = hub.facts();
    facts.polls += 1;
    if !authorized(&mut facts, &headers) {
        return answer(401, "Unauthorized\n");
    }
    if let Some((status, body)) = &facts.instead {
        return answer(*status, body.clone());
    }
    let mut resource = json!({
        "version": {"id": id(0xff), "createdAt": "2026-11-24T12:00:00Z", "name": "3.1.0"},
        "metricsEnabled": true, "deploymentLogsEnabled": true,
    });
    if let Some(deployments) = &facts.deployments {
        resource["deployments"] = deployments.clone().into();
    }
    let body = resource.to_string();
    let tag = format!("\"{}\"", body.len() + 1_000 * body.bytes().map(usize::from).sum::<usize>());
    if headers.get("if-none-match").is_some_and(|known| *known == *tag) {
        facts.not_modified += 1;
        return answer(304, "");
    }
    let mut response = answer(200, body);
    response.headers_mut().insert("etag", tag.parse().unwrap());
    response
}

async fn status(State(hub): State<Hub>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let mut facts = hub.facts();
    if !authorized(&mut facts, &headers) {
        return answer(401, "");
    }
    facts.statuses.push(serde_json::from_slice(&body).unwrap());
    answer(200, "")
}

async fn metrics(State(hub): State<Hub>, body: Bytes) -> Response<Body> {
    let measured: Value = serde_json::from_slice(&body).unwrap();
    assert!(measured["cpuCoresMillis"].as_i64().unwrap() > 0);
    hub.facts().measurements += 1;
    answer(200, "")
}

async fn logs(State(hub): State<Hub>, body: Bytes) -> Response<Body> {
    let mut facts = hub.facts();
    facts.log_deliveries += 1;
    if let Some(status) = facts.log_answer {
        return answer(status, "no logs today");
    }
    let lines: Vec<Value> = serde_json::from_slice(&body).unwrap();
    assert!(lines.len() <= 1_000);
    facts.lines.extend(lines);
    answer(204, "")
}

async fn own_logs(State(hub): State<Hub>, body: Bytes) -> Response<Body> {
    let lines: Vec<Value> = serde_json::from_slice(&body).unwrap();
    hub.facts().own_lines.extend(lines);
    answer(204, "")
}
