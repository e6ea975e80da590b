//! The sample data, as its users find it.

use chrono::{DateTime, TimeDelta, Utc};
use grantry_testdb::database::{Engine, TestDatabase};
use serde_json::Value;
use tempfile::TempDir;

use crate::hub::{Hub, call};

const VENDOR: &str = "mara.klein@northwind.example";

/// Somebody who has signed in.
struct Reader<'h> {
    hub: &'h Hub,
    session: String,
}

impl<'h> Reader<'h> {
    fn sign_in(hub: &'h Hub, email: &str) -> Self {
        let body = format!(r#"{{"email":"{email}","password":"grantry-demo"}}"#);
        let (status, session) = call(&hub.address, "", "POST /api/v1/auth/login", &body).unwrap();
        assert_eq!(status, 200, "{email}");
        Self { hub, session: session["token"].as_str().unwrap().to_owned() }
    }

    fn get(&self, path: &str) -> Value {
        let request = format!("GET /api/v1/{path}");
        let (status, body) = call(&self.hub.address, &self.session, &request, "").unwrap();
        assert_eq!(status, 200, "{path}");
        body
    }

    fn list(&self, path: &str) -> Vec<Value> {
        let Value::Array(list) = self.get(path) else { panic!("{path} is no list") };
        list
    }

    fn deployment_at(&self, target: &str) -> Value {
        let targets = self.list("deployment-targets");
        targets.into_iter().find(|one| text(one, "name") == target).unwrap()["deployments"][0].clone()
    }
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_default()
}

fn time(value: &Value, field: &str) -> Option<DateTime<Utc>> {
    value[field].as_str().map(|time| time.parse().unwrap())
}

/// A target and what runs there, in a line.
fn site(target: &Value) -> String {
    let agent = match time(target, "lastSeenAt") {
        None => "never connected",
        Some(at) if Utc::now() - at < TimeDelta::minutes(1) => "connected",
        Some(at) => {
            assert_eq!((Utc::now() - at).num_days(), 3);
            "lost"
        }
    };
    let deployments = target["deployments"].as_array().unwrap().iter().map(|one| {
        let license = if one["licenseExpired"] == true { ", license expired" } else { "" };
        let status = one["latestStatus"]["type"].as_str().unwrap_or("no word");
        format!(
            "{} {} (revision {}, {status}{license})",
            text(one, "applicationName"),
            text(one, "applicationVersionName"),
            one["revision"],
        )
    });
    let customer = target["customerOrganization"]["name"].as_str().unwrap_or("-");
    let deployments: Vec<_> = deployments.collect();
    format!(
        "{customer} | {} | {} | {agent} | {}",
        text(target, "name"),
        text(target, "type"),
        deployments.join(", ")
    )
}

/// An entitlement in a line.
fn entitlement(one: &Value) -> String {
    let until = match time(one, "expiresAt") {
        None => "no end",
        Some(at) if at < Utc::now() => "ended",
        Some(_) => "runs",
    };
    let versions: Vec<_> = one["versions"].as_array().unwrap().iter().map(|one| text(one, "name")).collect();
    let scope = text(&one["scope"], "kind");
    let versions = versions.join(" ");
    format!(
        "{} | {} | {scope} | {versions} | {until}",
        text(&one["customerOrganization"], "name"),
        text(one, "name")
    )
}

fn lines(values: &[Value], line: fn(&Value) -> String) -> String {
    let mut lines: Vec<_> = values.iter().map(line).collect();
    lines.sort();
    lines.join("\n")
}

async fn with_demo(engine: Engine, check: fn(&Hub)) {
    let database = TestDatabase::create(engine).await;
    let folder = TempDir::new().unwrap();
    let arguments = ["--demo", "--database-url", database.url.as_str()];
    let hub = Hub::start(folder.path(), &arguments);
    check(&hub);
    let before = everything(&hub);
    assert_eq!(hub.stop(), Some(0));
    let hub = Hub::start(folder.path(), &arguments);
    assert_eq!(everything(&hub), before, "a second start added or changed something");
}

/// All that the sample made for the vendor, without what goes on changing.
fn everything(hub: &Hub) -> Vec<Value> {
    let reader = Reader::sign_in(hub, VENDOR);
    let lists = [
        "applications",
        "application-entitlements",
        "secrets",
        "deployment-targets",
        "license-keys",
        "artifacts",
    ];
    let mut all: Vec<Value> = lists.iter().flat_map(|list| reader.list(list)).collect();
    for target in &mut all {
        let Some(target) = target.as_object_mut() else { continue };
        target.remove("lastSeenAt");
        for deployment in target.get_mut("deployments").and_then(Value::as_array_mut).into_iter().flatten() {
            deployment["latestStatus"]["until"].take();
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn sites_are_in_all_states() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        with_demo(engine, |hub| {
            let vendor = Reader::sign_in(hub, VENDOR);
            insta::assert_snapshot!("demo_sites", lines(&vendor.list("deployment-targets"), site));
            insta::assert_snapshot!(
                "demo_entitlements",
                lines(&vendor.list("application-entitlements"), entitlement)
            );
            reports_reach_back(&vendor);
            customers_see_their_own(hub);
        })
        .await;
    }
}

fn reports_reach_back(vendor: &Reader<'_>) {
    let broken = vendor.deployment_at("Warehouse 3");
    let id = text(&broken, "id");
    let history = vendor.list(&format!("deployments/{id}/status?limit=100"));
    let kinds: Vec<_> = history.iter().map(|said| text(said, "type")).collect();
    assert_eq!(
        kinds,
        ["error", "healthy", "progressing", "healthy", "progressing", "healthy", "progressing"]
    );
    for said in &history[1..] {
        let days = (time(said, "until").unwrap() - time(said, "createdAt").unwrap()).num_days();
        assert_eq!(days > 15, text(said, "type") == "healthy", "{said}");
    }
    let revisions = vendor.list(&format!("deployments/{id}/revisions"));
    let reasons: Vec<_> = revisions.iter().map(|one| text(one, "reason")).collect();
    assert_eq!(reasons, ["secret DATABASE_PASSWORD changed", "", ""]);
    let printed = vendor.list(&format!("deployments/{id}/logs?limit=100"));
    assert!(printed.iter().any(|line| text(line, "body").contains("GLOBEX_FLEET has expired")));

    let targets = vendor.list("deployment-targets");
    let berlin = targets.iter().find(|one| text(one, "name") == "Plant Berlin").unwrap();
    let measured = vendor.list(&format!("deployment-targets/{}/metrics", text(berlin, "id")));
    assert!(measured.len() > 60, "{} measurements of a day", measured.len());
    let own = vendor.list(&format!("deployment-targets/{}/logs", text(berlin, "id")));
    assert!(own.iter().any(|line| text(line, "body") == "the hub answers again"));
    assert!(vendor.list("secrets").iter().any(|secret| secret["customerOrganizationId"].is_null()));
}

/// A customer has targets, secrets and versions of its own, one of them newer than what runs, and the documents meant for it.
fn customers_see_their_own(hub: &Hub) {
    let customer = Reader::sign_in(hub, "peter.bolt@initech.example");
    let names = |list: &str, field: &str| -> Vec<String> {
        customer.list(list).iter().map(|one| text(one, field).to_owned()).collect()
    };
    assert_eq!(names("deployment-targets", "name"), ["Plant Berlin", "Plant Lyon"]);
    assert_eq!(names("secrets", "key"), ["DATABASE_PASSWORD", "SMTP_PASSWORD"]);
    let running = customer.deployment_at("Plant Lyon");
    assert_eq!(text(&running, "applicationVersionName"), "2.0.0");
    let applications = customer.list("applications");
    let of_cluster = applications.iter().find(|one| one["id"] == running["applicationId"]).unwrap();
    let newest = of_cluster["versions"].as_array().unwrap().iter().find(|one| text(one, "name") == "2.0.1");
    let path =
        format!("applications/{}/versions/{}/resources", text(of_cluster, "id"), text(newest.unwrap(), "id"));
    let documents = customer.list(&path);
    let documents: Vec<_> = documents.iter().map(|one| text(one, "name")).collect();
    assert_eq!(documents, ["Release notes"]);
}
