//! Deployment targets with an agent each, and the vendor who changes what they should run.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::client::{Connection, head, request};
use super::super::hub::Account;
use super::super::load::{Load, Operation, Until};
use super::super::process::Process;

/// Connections by which targets are made.
const CONNECTIONS: u64 = 16;
const BOUNDARY: &str = "bench-boundary";
const COMPOSE: &str =
    "services:\n  app:\n    image: registry.example.com/app:1.0\n    environment:\n      LEVEL: ${LEVEL}\n";

/// An agent, as it shows who it is.
#[derive(Clone)]
pub(super) struct Agent {
    pub(super) target: String,
    pub(super) secret: String,
    /// The value of `Authorization`.
    pub(super) authorization: String,
    /// The tag of what it was told; empty before that.
    pub(super) etag: String,
    deployment: String,
}

/// All agents, and who deploys to them.
pub(super) struct Fleet {
    pub(super) agents: Vec<Agent>,
    authorization: String,
    version: String,
}

/// Somebody who changes deployments, one after the other.
pub(super) struct Vendor {
    address: SocketAddr,
    authorization: String,
    version: String,
    targets: Vec<(String, String)>,
    pause: Duration,
}

/// Makes so many targets, deploys to each and signs its agent in, which is not told yet what to run.
pub(super) async fn make(process: &Process, account: &Account, targets: usize) -> anyhow::Result<Fleet> {
    let authorization = format!("AccessToken {}", account.access_token);
    let mut connection = Connection::open(process.address()).await?;
    let application = json!({ "name": "App", "type": "docker" });
    let application = post(&mut connection, ("applications", &authorization), &application).await?;
    let id = text(&application, "id")?;
    let version = text(&add_version(&mut connection, (&id, &authorization)).await?, "id")?;
    let maker = Arc::new(Maker { authorization, version, made: Mutex::new(Vec::new()) });
    let load = Load { connections: CONNECTIONS, until: Until::Done(targets as u64), first: 0 };
    load.run(process, &maker).await.context("can't make targets")?;
    let agents = std::mem::take(&mut *maker.made.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Fleet { agents, authorization: maker.authorization.clone(), version: maker.version.clone() })
}

impl Fleet {
    /// A vendor who changes so many deployments a second.
    pub(super) fn vendor(&self, address: SocketAddr, changes: u32) -> Vendor {
        Vendor {
            address,
            authorization: self.authorization.clone(),
            version: self.version.clone(),
            targets: self.agents.iter().map(|one| (one.target.clone(), one.deployment.clone())).collect(),
            pause: Duration::from_secs(1) / changes,
        }
    }

    /// Gives the organization another name: a change that concerns all agents, and of which none is told anything.
    pub(super) async fn rename(&self, address: SocketAddr) -> anyhow::Result<()> {
        let mut connection = Connection::open(address).await?;
        let name = json!({ "name": "Another Bench" }).to_string();
        let request = request("PUT", "/api/v1/organization", &self.authorization, &name);
        connection.ask(&request).await?.expect(200).map(drop)
    }
}

impl Vendor {
    /// Changes deployments until the future is dropped.
    pub(super) async fn work(self) -> anyhow::Result<()> {
        let mut connection = Connection::open(self.address).await?;
        for (number, (target, deployment)) in self.targets.iter().cycle().enumerate() {
            tokio::time::sleep(self.pause).await;
            let wanted = desired((target, Some(deployment)), &self.version, number);
            put(&mut connection, &self.authorization, &wanted).await?;
        }
        Ok(())
    }
}

struct Maker {
    authorization: String,
    version: String,
    made: Mutex<Vec<Agent>>,
}

impl Operation for Maker {
    async fn perform(&self, connection: &mut Connection, number: u64) -> anyhow::Result<()> {
        let wanted = json!({ "name": format!("Site {number}"), "type": "docker", "deployments": [] });
        let made = post(connection, ("deployment-targets", &self.authorization), &wanted).await?;
        let target = text(&made, "id")?;
        put(connection, &self.authorization, &desired((&target, None), &self.version, 0)).await?;
        let path = format!("deployment-targets/{target}/access-request");
        let access = post(connection, (&path, &self.authorization), &Value::Null).await?;
        let secret = text(&access, "targetSecret")?;
        let basic = format!("Basic {}", STANDARD.encode(format!("{target}:{secret}")));
        let token = post(connection, ("agent/login", &basic), &Value::Null).await?;
        let path = format!("/api/v1/deployment-targets/{target}");
        let shown = connection.ask(&request("GET", &path, &self.authorization, "")).await?.expect(200)?;
        let shown: Value = serde_json::from_slice(shown.body)?;
        let deployment = text(&shown["deployments"][0], "id")?;
        let authorization = format!("Bearer {}", text(&token, "token")?);
        let agent = Agent { target, secret, authorization, etag: String::new(), deployment };
        self.made.lock().unwrap_or_else(PoisonError::into_inner).push(agent);
        Ok(())
    }
}

/// What a target should run. Each number is something else.
fn desired((target, deployment): (&str, Option<&str>), version: &str, number: usize) -> Value {
    json!({
        "deploymentTargetId": target,
        "deploymentId": deployment,
        "applicationVersionId": version,
        "envFileData": STANDARD.encode(format!("LEVEL={number}\n")),
    })
}

/// Adds a version in the form that clients send.
async fn add_version(connection: &mut Connection, (id, who): (&str, &str)) -> anyhow::Result<Value> {
    let part = |name: &str, content: &str, body: &str| {
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{content}\r\n\r\n{body}\r\n")
    };
    let file = "; filename=\"compose.yaml\"\r\nContent-Type: application/yaml";
    let body = part("applicationversion", "", "{\"name\":\"1.0.0\"}") + &part("composefile", file, COMPOSE);
    let body = format!("{body}--{BOUNDARY}--\r\n");
    let content = format!("Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n");
    let path = format!("/api/v1/applications/{id}/versions");
    let head = head("POST", &path, who, (&content, body.len()));
    let answer = connection.send([&head, body.as_bytes(), &[]]).await?;
    Ok(serde_json::from_slice(answer.expect(200)?.body)?)
}

async fn post(connection: &mut Connection, (path, who): (&str, &str), body: &Value) -> anyhow::Result<Value> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let path = format!("/api/v1/{path}");
    let answer = connection.ask(&request("POST", &path, who, &body)).await?.expect(200);
    Ok(serde_json::from_slice(answer.with_context(|| path.clone())?.body)?)
}

async fn put(connection: &mut Connection, who: &str, body: &Value) -> anyhow::Result<()> {
    let request = request("PUT", "/api/v1/deployments", who, &body.to_string());
    connection.ask(&request).await?.expect(204).map(drop)
}

fn text(value: &Value, name: &str) -> anyhow::Result<String> {
    let found = value[name].as_str().with_context(|| format!("no {name} in {value}"))?;
    Ok(found.to_owned())
}
