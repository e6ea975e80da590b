//! What agents are told to run: when it is new, and what becomes of what can't be rendered.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use grantry_model::application::VersionFiles;
use grantry_model::application_entitlement::{ApplicationEntitlement, Registry, Scope};
use grantry_model::deployment::draft::ContentInput;
use grantry_model::deployment_target::draft::TargetInput;
use grantry_model::id::{ApplicationEntitlementId, ApplicationId, ApplicationVersionId};
use grantry_model::name::Name;
use grantry_ops::agent::memory::worked_out;
use grantry_store::application_entitlement::RegistryPassword;
use grantry_store::db::{Options, params};
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use grantry_testkit::reply::Reply;
use http::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::stock::{
    Agent, application, compose, count, deploy, deploy_with, docker, new_secret, permit, store, target,
};

/// Changes the database behind the hub's back, as if the hub had noticed.
async fn tamper(hub: &TestHub, sql: &'static str) {
    let mut tx = hub.database.write().await.unwrap();
    tx.execute(sql, params![]).await.unwrap();
    tx.execute("update audit_head set desired_seq = desired_seq + 1000", params![]).await.unwrap();
    tx.commit().await.unwrap();
}

fn deployments(reply: &Reply) -> Vec<Value> {
    reply.json()["deployments"].as_array().cloned().unwrap_or_default()
}

fn env(deployment: &Value) -> String {
    String::from_utf8(STANDARD.decode(deployment["envFile"].as_str().unwrap()).unwrap()).unwrap()
}

both_engines! {
    async fn nothing_new_is_answered_by_304(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let one = target(&hub, None, &docker("One")).await;
        let version = compose(&hub, "Fleet").await;
        let agent = Agent::connect(&hub, &one).await;
        let empty = agent.resources().await.expect(200);
        assert!(empty.json().get("deployments").is_none());
        let tag = empty.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.len() == 34, "{tag}");
        for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}")] {
            let same = agent.resources_since(&known).await.expect(304);
            assert_eq!((same.header("etag"), same.body.len()), (&*tag, 0));
        }
        agent.resources_since("\"x\"").await.expect(200);

        let first = deploy(&hub, &one, (version, None), "A=1\n").await.unwrap();
        let told = agent.resources_since(&tag).await.expect(200);
        assert_eq!(deployments(&told)[0]["revisionId"], json!(first.revision));
        let tag = told.header("etag").to_owned();
        // What happens elsewhere in the organization changes nothing here.
        let two = target(&hub, None, &docker("Two")).await;
        deploy(&hub, &two, (version, None), "A=2\n").await.unwrap();
        hub.acme.add_customer("Initech").await;
        agent.resources_since(&tag).await.expect(304);
        let second = deploy(&hub, &one, (version, Some(first.id)), "A=2\n").await.unwrap();
        let told = agent.resources_since(&tag).await.expect(200);
        assert_eq!(deployments(&told)[0]["revisionId"], json!(second.revision));
        assert_eq!(agent.resources().await.body, told.body, "the same from memory");
        // Another process of the hub answers with the same tag.
        let (_, beside) = hub.beside().await;
        let call = beside.with_secret(agent.token());
        let same = call.request(Method::GET, "/api/v1/agent/resources").header("if-none-match", told.header("etag"));
        same.send().await.expect(304);
        // Only who signs in again hears anything when the secret is replaced.
        new_secret(&hub, one.id).await;
        agent.resources_since(told.header("etag")).await.expect(401);
    }

    async fn one_that_can_not_be_rendered_stays_and_harms_no_other(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let one = target(&hub, None, &docker("One")).await;
        for key in ["A", "B", "C"] {
            let body = json!({ "key": key, "value": format!("value of {key}") });
            hub.acme.admin.post("/api/v1/secrets", body).await.expect(201);
        }
        let mut made = Vec::new();
        for (name, key) in [("First", "A"), ("Second", "B"), ("Third", "C")] {
            let version = compose(&hub, name).await;
            made.push((version, deploy(&hub, &one, (version, None), &format!("X={{{{ .Secrets.{key} }}}}\n")).await.unwrap()));
            hub.clock.advance(TimeDelta::seconds(1));
        }
        let agent = Agent::connect(&hub, &one).await;
        let before = agent.resources().await.expect(200);
        assert_eq!(deployments(&before).iter().map(env).collect::<Vec<_>>(), ["X=value of A\n", "X=value of B\n", "X=value of C\n"]);
        assert_eq!(count(&hub, "select count(*) from deployment where rendered is not null").await, 3);
        // The value that the second one reads is gone, which no operation allows.
        tamper(&hub, "delete from secret where key = 'B'").await;
        let told = agent.resources_since(before.header("etag")).await;
        told.expect(304);
        // A revision of the others comes through, and the second one stays as it was.
        deploy(&hub, &one, (made[0].0, Some(made[0].1.id)), "X=new\n").await.unwrap();
        let told = agent.resources().await.expect(200);
        let all = deployments(&told);
        assert_eq!(all.iter().map(env).collect::<Vec<_>>(), ["X=new\n", "X=value of B\n", "X=value of C\n"]);
        assert_eq!(all[1]["revisionId"], json!(made[1].1.revision));
        assert_eq!(count(&hub, "select count(*) from deployment where render_error is not null").await, 1);
        assert_eq!(count(&hub, "select count(*) from deployment_status where kind = 'error'").await, 1, "once");
        let path = format!("/api/v1/deployments/{}/status", made[1].1.id);
        let said = hub.acme.admin.get(&path).await.expect(200);
        let message = said.field("/0/message");
        assert!(message.contains("can't render") && message.contains('B') && !message.contains("value of"), "{message}");

        // A process that remembers nothing tells the same.
        let (_, beside) = hub.beside().await;
        let again = beside.with_secret(agent.token()).get("/api/v1/agent/resources").await.expect(200);
        assert_eq!(again.body, told.body);
        // What was never told is left out, as nothing of it runs.
        tamper(&hub, "update deployment set rendered = null where render_error is not null").await;
        assert_eq!(deployments(&agent.resources().await.expect(200)).len(), 2);
        // It is well again as soon as it can be.
        hub.acme.admin.post("/api/v1/secrets", json!({ "key": "B", "value": "again" })).await.expect(201);
        let told = agent.resources().await.expect(200);
        assert_eq!(env(&deployments(&told)[1]), "X=again\n");
        assert_eq!(count(&hub, "select count(*) from deployment where render_error is not null").await, 0);
    }

    async fn a_hub_that_can_not_keep_what_it_tells_tells_nothing(db: TestDatabase) {
        let other = db.database.clone();
        let hub = TestHub::start_with(db, Options { lock_timeout: Duration::from_millis(150), ..Options::default() }).await;
        let one = target(&hub, None, &docker("One")).await;
        let version = compose(&hub, "Fleet").await;
        let agent = Agent::connect(&hub, &one).await;
        let deployed = deploy(&hub, &one, (version, None), "A=1\n").await.unwrap();
        let mut holder = other.write().await.unwrap();
        holder.execute("update deployment set keep_volumes = keep_volumes", params![]).await.unwrap();
        let refused = agent.resources().await;
        refused.expect_problem(503, "unavailable", "");
        assert!(!refused.header("retry-after").is_empty());
        drop(holder);
        assert_eq!(deployments(&agent.resources().await.expect(200))[0]["id"], json!(deployed.id));

        // A row that can't be read is no reason to tell less either.
        tamper(&hub, "update deployment_revision set helm_options = '{'").await;
        assert_eq!(agent.resources().await.status, 500);
        tamper(&hub, "update deployment_revision set helm_options = null").await;
        agent.resources().await.expect(200);
    }

    async fn agents_that_are_told_at_once_share_what_keeps_it(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let version = compose(&hub, "Fleet").await;
        let mut agents = Vec::new();
        for number in 0..20 {
            let one = target(&hub, None, &docker(&format!("Site {number}"))).await;
            deploy(&hub, &one, (version, None), "A=1\n").await.unwrap();
            agents.push(Agent::connect(&hub, &one).await);
        }
        let before = hub.database.stats().commits;
        let mut holder = hub.database.write().await.unwrap();
        holder.execute("update deployment set keep_volumes = keep_volumes", params![]).await.unwrap();
        let mut asking = JoinSet::new();
        for agent in agents {
            asking.spawn(async move { agent.resources().await });
        }
        while worked_out(&hub.ops) < 20 {
            tokio::task::yield_now().await;
        }
        holder.commit().await.unwrap();
        while let Some(told) = asking.join_next().await {
            assert_eq!(deployments(&told.unwrap().expect(200)).len(), 1);
        }
        assert_eq!(count(&hub, "select count(*) from deployment where rendered is not null").await, 20);
        let commits = hub.database.stats().commits - before;
        assert!(commits < 10, "{commits} transactions");
    }

    async fn the_login_of_a_private_registry_ends_with_its_entitlement(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let customer = hub.acme.add_customer("Initech").await;
        let version = compose(&hub, "Fleet").await;
        entitle(&hub, &customer, version).await;
        let one = target(&hub, Some(&customer), &docker("Plant 7")).await;
        let deployed = deploy(&hub, &one, (version, None), "A=1\n").await.unwrap();
        let agent = Agent::connect(&hub, &one).await;
        let told = agent.resources().await.expect(200);
        let expected = json!({ "registry.example.com": { "username": "initech", "password": "s3cret" } });
        assert_eq!(deployments(&told)[0]["registryAuth"], expected);
        hub.clock.advance(TimeDelta::minutes(59));
        agent.resources_since(told.header("etag")).await.expect(304);
        hub.clock.advance(TimeDelta::minutes(1));
        let told = agent.resources_since(told.header("etag")).await.expect(200);
        let one = &deployments(&told)[0];
        assert_eq!((&one["registryAuth"], &one["revisionId"]), (&Value::Null, &json!(deployed.revision)), "it runs on");
    }

    async fn a_helm_release_is_told_with_merged_values(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let input = TargetInput { kind: Some("kubernetes"), namespace: Some("fleet"), scope: Some("namespace"), ..docker("Cluster") };
        let one = target(&hub, None, &input).await;
        let files = VersionFiles { values: Some(b"replicas: 1\nnested:\n  a: 1\n".to_vec()), ..VersionFiles::default() };
        let version = application(&hub, "Chart", files).await;
        let content = ContentInput { values: Some(b"nested:\n  b: two\n"), ignore_revision_skew: true, ..ContentInput::default() };
        deploy_with(&hub, &one, (version, None), (content, Some("fleet"))).await.unwrap();
        let told = Agent::connect(&hub, &one).await.resources().await.expect(200).json();
        assert_eq!(told["namespace"], "fleet");
        let one = &told["deployments"][0];
        assert_eq!(one["values"], json!({ "replicas": 1, "nested": { "a": 1, "b": "two" } }));
        for (field, value) in [
            ("releaseName", json!("fleet")), ("chartUrl", json!("https://charts.example.com")), ("chartName", json!("fleet")),
            ("chartVersion", json!("1.2.3")), ("ignoreRevisionSkew", json!(true)), ("dockerType", Value::Null),
            ("composeFile", Value::Null), ("envFile", Value::Null),
        ] {
            assert_eq!(one[field], value, "{field}");
        }
    }
}

/// Entitles a customer to all of a version's application for an hour, with a login at a private registry.
async fn entitle(hub: &TestHub, customer: &str, version: ApplicationVersionId) {
    let id = ApplicationEntitlementId(Uuid::from_u128(7));
    let entitlement = ApplicationEntitlement {
        id,
        customer: customer.parse().unwrap(),
        application: ApplicationId(Uuid::from_u128(version.0.as_u128() - 1)),
        name: Name::parse("name", "Fleet for Initech").unwrap(),
        expires_at: Some(hub.clock.now() + TimeDelta::hours(1)),
        created_at: hub.clock.now(),
        scope: Scope::All,
        registry: Some(Registry { host: "registry.example.com".to_owned(), username: "initech".to_owned() }),
    };
    let mut tx = store(hub).write().await.unwrap();
    let password = RegistryPassword::Set("s3cret".to_owned().into());
    tx.insert_application_entitlement(&permit(&hub.acme), &entitlement, &password).await.unwrap();
    tx.commit().await.unwrap();
    tamper(hub, "update organization set applications_restricted = true where slug = 'acme'").await;
}
