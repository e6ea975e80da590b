//! Whom a change concerns: those agents are told at their next poll, by each process of the hub, and all others are answered from
//! memory.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use grantry_model::audit::{Event, EventKind, Subject};
use grantry_model::plan::Subscription;
use grantry_ops::Ops;
use grantry_ops::agent::memory::worked_out;
use grantry_ops::organization::change_plan::change_plan;
use grantry_store::db::params;
use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::{TestHub, license_key};
use http::Method;
use serde_json::{Value, json};

use super::stock::login;

const ALL: &[&str] = &["Plant", "Mill", "Tower", "Own", "Lab"];
const INITECHS: &[&str] = &["Plant", "Mill"];
const OWN: &[&str] = &["Own", "Lab"];

/// An agent that asks two processes of the hub.
struct Watched {
    name: &'static str,
    target: String,
    at: [Client; 2],
    /// The tag of what it was told.
    tag: String,
}

/// Targets of two customers, of the vendor, and of another vendor.
struct Scene {
    hub: TestHub,
    processes: [Ops; 2],
    initech: String,
    hooli: String,
    application: String,
    version: String,
    agents: Vec<Watched>,
}

impl Scene {
    async fn set(hub: TestHub) -> Self {
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        let application = hub.acme.add_application("Fleet").await;
        let version = hub.acme.add_version(&application, "1.0").await;
        let umbrella = hub.add_vendor("Umbrella", "umbrella").await;
        let (beside, visitor) = hub.beside().await;
        let processes = [hub.ops.clone(), beside];
        let mut agents = Vec::new();
        for (name, customer, admin) in [
            ("Plant", Some(&*initech), &hub.acme.admin),
            ("Mill", Some(&*initech), &hub.acme.admin),
            ("Tower", Some(&*hooli), &hub.acme.admin),
            ("Own", None, &hub.acme.admin),
            ("Lab", None, &hub.acme.admin),
            ("Other", None, &umbrella.admin),
        ] {
            let target = admin.add_target(name, customer).await;
            let path = format!("/api/v1/deployment-targets/{target}/access-request");
            let secret = admin.post(&path, Value::Null).await.expect(200).field("/targetSecret");
            let token = login(&hub.anonymous(), &target, &secret).await.expect(200).field("/token");
            let at = [hub.anonymous().with_secret(&token), visitor.with_secret(&token)];
            agents.push(Watched { name, target, at, tag: String::new() });
        }
        hub.acme.admin.add_secret("KEY", "first value", Some(&initech)).await;
        hub.acme.admin.add_secret("OWN", "first value", None).await;
        hub.acme.add_license_key("FLEET", Some(&hooli)).await;
        hub.acme.add_license_key("WIDE", None).await;
        let scene = Self { hub, processes, initech, hooli, application, version, agents };
        for (name, env) in [
            ("Plant", "A={{ .Secrets.KEY }}"),
            ("Mill", "A={{ .LicenseKeys.WIDE }}"),
            ("Tower", "A={{ .LicenseKeys.FLEET }}"),
            ("Own", "A={{ .Secrets.OWN }}"),
            ("Lab", "A=1"),
        ] {
            scene.deploy(name, env, &json!({})).await;
        }
        scene
    }

    fn target(&self, name: &str) -> &str {
        &self.agents.iter().find(|agent| agent.name == name).unwrap().target
    }

    async fn deployment(&self, name: &str) -> String {
        let all = self.hub.acme.admin.deployments_at(self.target(name)).await;
        all[0]["id"].as_str().unwrap().to_owned()
    }

    async fn deploy(&self, name: &str, env: &str, more: &Value) {
        let mut body = json!({
            "deploymentTargetId": self.target(name), "applicationVersionId": self.version, "envFileData": STANDARD.encode(env),
        });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.hub.acme.admin.deploy(body).await.expect(204);
    }

    /// The id of what has this name or key in a list of the API.
    async fn id(&self, list: &str, name: &str) -> String {
        let all = self.hub.acme.admin.get(&format!("/api/v1/{list}")).await.expect(200).json();
        let one = all.as_array().unwrap().iter().find(|one| one["name"] == name || one["key"] == name);
        one.unwrap()["id"].as_str().unwrap().to_owned()
    }

    async fn put(&self, path: &str, body: Value) {
        let path = format!("/api/v1/{path}");
        let reply = self.hub.acme.admin.put(&path, body).await;
        assert!(reply.status.is_success(), "{path}: {}", String::from_utf8_lossy(&reply.body));
    }

    async fn post(&self, path: &str, body: Value) {
        let path = format!("/api/v1/{path}");
        let reply = self.hub.acme.admin.post(&path, body).await;
        assert!(reply.status.is_success(), "{path}: {}", String::from_utf8_lossy(&reply.body));
    }

    async fn delete(&self, path: &str) {
        let path = format!("/api/v1/{path}");
        let reply = self.hub.acme.admin.delete(&path).await;
        assert!(reply.status.is_success(), "{path}: {}", String::from_utf8_lossy(&reply.body));
    }

    /// Lets all agents ask both processes. For these it is worked out anew what they should run, and of them these are told news.
    async fn asked(&mut self, after: &str, worked: &[&str], told: &[&str]) {
        for agent in &mut self.agents {
            let mut tags = BTreeSet::new();
            for (process, client) in self.processes.iter().zip(&agent.at) {
                let before = worked_out(process);
                let call = client.request(Method::GET, "/api/v1/agent/resources");
                let reply = call.header("if-none-match", &agent.tag).send().await;
                let status = if told.contains(&agent.name) { 200 } else { 304 };
                assert_eq!(reply.status, status, "{} after {after}", agent.name);
                let times = worked_out(process) - before;
                assert_eq!(times, u64::from(worked.contains(&agent.name)), "{} after {after}", agent.name);
                tags.insert(reply.header("etag").to_owned());
            }
            assert_eq!(tags.len(), 1, "both processes say the same");
            agent.tag = tags.pop_first().unwrap();
        }
    }

    /// Lets the agent of a target ask that is let in no more, and forgets it.
    async fn refused(&mut self, name: &str) {
        let at = self.agents.iter().position(|agent| agent.name == name).unwrap();
        for client in &self.agents.remove(at).at {
            client.get("/api/v1/agent/resources").await.expect(401);
        }
    }

    /// Everything happened that can concern an agent.
    async fn left_nothing_out(&self) {
        let mut tx = self.hub.database.read().await.unwrap();
        let rows = tx.query("select distinct kind from audit_event", params![]).await.unwrap();
        let happened: BTreeSet<String> = rows.iter().map(|row| row.get(0).unwrap()).collect();
        for kind in EventKind::ALL {
            if Event::new(*kind, Subject::new("thing", 1, "Thing")).concerned().is_some() {
                assert!(happened.contains(kind.as_str()), "{} did not happen", kind.as_str());
            }
        }
    }
}

async fn deployments(scene: &mut Scene) {
    let id = scene.deployment("Plant").await;
    scene.deploy("Plant", "A={{ .Secrets.KEY }}\nB=1", &json!({ "deploymentId": id })).await;
    scene.asked("a new revision", &["Plant"], &["Plant"]).await;
    scene.delete(&format!("deployments/{}", scene.deployment("Lab").await)).await;
    scene.asked("an end", &["Lab"], &["Lab"]).await;
    scene.deploy("Lab", "A=2", &json!({})).await;
    scene.asked("a deployment", &["Lab"], &["Lab"]).await;
}

async fn secrets(scene: &mut Scene) {
    let more = scene.hub.acme.admin.add_secret("MORE", "value", Some(&scene.initech)).await;
    scene.asked("a customer's secret", INITECHS, &[]).await;
    let path = format!("secrets/{}?confirm=true", scene.id("secrets", "KEY").await);
    scene.put(&path, json!({ "value": "second value" })).await;
    scene.asked("another value of it", INITECHS, &["Plant"]).await;
    scene.delete(&format!("secrets/{more}")).await;
    scene.asked("its end", INITECHS, &[]).await;
    let path = format!("secrets/{}?confirm=true", scene.id("secrets", "OWN").await);
    scene.put(&path, json!({ "value": "second value" })).await;
    scene.asked("another value of the vendor's secret", OWN, &["Own"]).await;
}

async fn license_keys(scene: &mut Scene) {
    let more = scene.hub.acme.add_license_key("MORE", Some(&scene.hooli)).await;
    scene.asked("a customer's license key", &["Tower"], &[]).await;
    scene.put(&format!("license-keys/{more}"), json!({ "description": "Another" })).await;
    scene.asked("another description of it", &[], &[]).await;
    scene.delete(&format!("license-keys/{more}")).await;
    scene.asked("its end", &["Tower"], &[]).await;
    let path = format!("license-keys/{}?confirm=true", scene.id("license-keys", "FLEET").await);
    scene.put(&path, json!({ "payload": { "seats": 7 } })).await;
    scene.asked("a revision of a customer's license key", &["Tower"], &["Tower"]).await;
    let path = format!("license-keys/{}?confirm=true", scene.id("license-keys", "WIDE").await);
    scene.put(&path, json!({ "payload": { "seats": 7 } })).await;
    scene.asked("a revision of everybody's license key", ALL, &["Mill"]).await;
    scene.post("license-keys", license_key("WIDER", None)).await;
    scene.asked("everybody's license key", ALL, &[]).await;
}

async fn entitlements(scene: &mut Scene) {
    let login = json!({
        "scope": { "kind": "all" }, "registryUrl": "registry.example.com", "registryUsername": "hooli", "registryPassword": "first",
    });
    let entitlement = scene.hub.acme.entitle_to((&scene.hooli, &scene.application), "Fleet", login).await;
    scene.asked("an entitlement", &["Tower"], &[]).await;
    let by =
        json!({ "deploymentId": scene.deployment("Tower").await, "applicationEntitlementId": entitlement });
    scene.deploy("Tower", "A={{ .LicenseKeys.FLEET }}", &by).await;
    scene.asked("deploying by it", &["Tower"], &["Tower"]).await;
    let password = json!({
        "name": "Fleet", "registryUrl": "registry.example.com", "registryUsername": "hooli", "registryPassword": "second",
    });
    scene.put(&format!("application-entitlements/{entitlement}"), password).await;
    scene.asked("another password of its registry", &["Tower"], &["Tower"]).await;
    let scope = json!({ "scope": { "kind": "all" } });
    let more = scene.hub.acme.entitle_to((&scene.initech, &scene.application), "Fleet", scope).await;
    scene.asked("an entitlement of another customer", INITECHS, &[]).await;
    scene.delete(&format!("application-entitlements/{more}")).await;
    scene.asked("its end", INITECHS, &[]).await;
}

async fn surroundings(scene: &mut Scene) {
    let path = format!("customer-organizations/{}", scene.hooli);
    scene.put(&path, json!({ "name": "Hooli", "features": [] })).await;
    scene.asked("other features of a customer", &["Tower"], &[]).await;
    let path = format!("deployment-targets/{}", scene.target("Mill"));
    scene.put(&path, json!({ "name": "Mill", "type": "docker", "metricsEnabled": true })).await;
    scene.asked("another option of a target", &["Mill"], &["Mill"]).await;
    scene.put(&format!("{path}/notes"), json!({ "notes": "In the cellar" })).await;
    scene.asked("a note", &["Mill"], &[]).await;
    scene.put("organization", json!({ "name": "Acme and sons" })).await;
    scene.asked("another name of the vendor", ALL, &[]).await;
    change_plan(
        &scene.processes[0],
        "acme",
        Subscription { plan: grantry_model::plan::Plan::Enterprise, until: None },
    )
    .await
    .unwrap();
    scene.asked("another plan", ALL, &[]).await;
}

/// What happens every day and changes nothing of what runs.
async fn nothing(scene: &mut Scene) {
    let customer = scene.hub.acme.add_customer("Globex").await;
    scene.hub.acme.admin.add_target("Elsewhere", Some(&customer)).await;
    scene.hub.acme.push("ship", "1.0").await;
    scene.hub.acme.push("ship", "1.1").await;
    scene.delete(&format!("artifacts/{}", scene.id("artifacts", "ship").await)).await;
    scene.post("applications", json!({ "name": "Depot", "type": "docker" })).await;
    scene.hub.acme.add_version(&scene.application, "2.0").await;
    let path = format!("applications/{}", scene.application);
    scene.put(&path, json!({ "name": "Big Fleet" })).await;
    scene.hub.customer(&customer, grantry_model::role::Role::Admin).await;
    scene.asked("a day", &[], &[]).await;
}

async fn ends(scene: &mut Scene) {
    scene.post(&format!("deployment-targets/{}/access-request", scene.target("Lab")), Value::Null).await;
    scene.refused("Lab").await;
    scene.asked("a new secret of a target", &[], &[]).await;
    scene.delete(&format!("deployment-targets/{}", scene.target("Own"))).await;
    scene.refused("Own").await;
    scene.asked("the end of a target", &[], &[]).await;
    scene.delete(&format!("customer-organizations/{}", scene.hooli)).await;
    scene.refused("Tower").await;
    scene.asked("the end of a customer", &[], &[]).await;
}

both_engines! {
    async fn whom_a_change_concerns_is_told_and_nobody_else_is_worked_out_anew(db: TestDatabase) {
        let mut scene = Scene::set(TestHub::start(db).await).await;
        let everybody: Vec<&str> = scene.agents.iter().map(|agent| agent.name).collect();
        scene.asked("they were set up", &everybody, &everybody).await;
        scene.asked("nothing", &[], &[]).await;
        deployments(&mut scene).await;
        secrets(&mut scene).await;
        license_keys(&mut scene).await;
        entitlements(&mut scene).await;
        surroundings(&mut scene).await;
        nothing(&mut scene).await;
        ends(&mut scene).await;
        scene.left_nothing_out().await;
    }
}
