//! What agents are started from.

use grantry_model::deployment_target::draft::{ResourcesInput, TargetInput};
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use http::Method;

use super::stock::{Agent, Target, docker, target};
use crate::snapshot::check_text;

fn path(target: &Target) -> String {
    format!("/api/v1/connect?targetId={}&targetSecret={}", target.id, target.secret)
}

/// A manifest without what differs in each run.
fn steady(text: &str, target: &Target) -> String {
    let id = target.id.to_string();
    let end = &id[id.len() - 8..];
    text.replace(&target.secret, "<secret>").replace(&id, "<target>").replace(end, "<target end>")
}

fn kubernetes<'a>(name: &'a str, scope: &'static str) -> TargetInput<'a> {
    let resources =
        ResourcesInput { cpu_request: "100m", memory_request: "64Mi", cpu_limit: "1", memory_limit: "256Mi" };
    TargetInput {
        kind: Some("kubernetes"),
        namespace: Some("fleet"),
        scope: Some(scope),
        resources: Some(resources),
        ..docker(name)
    }
}

both_engines! {
    async fn a_docker_agent_starts_from_a_compose_file(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let one = target(&hub, None, &docker("One")).await;
        let manifest = hub.anonymous().get(&path(&one)).await.expect(200);
        assert_eq!(manifest.header("content-type"), "application/yaml");
        assert_eq!(manifest.header("cache-control"), "no-store");
        check_text("agent_manifest_docker", &steady(manifest.text(), &one));

        let input = TargetInput { docker_endpoint: Some("unix:///run/user/1000/docker.sock"), metrics: false,
            automatic_updates: Some(false), ..docker("Two") };
        let two = target(&hub, None, &input).await;
        let manifest = hub.anonymous().get(&path(&two)).await.expect(200);
        check_text("agent_manifest_docker_other", &steady(manifest.text(), &two));

        let again = Agent::connect(&hub, &one).await.send(Method::GET, "manifest", "").await.expect(200);
        assert_eq!(again.header("content-type"), "application/yaml");
        let first = hub.anonymous().get(&path(&one)).await.expect(200);
        let without: Vec<_> = first.text().lines().filter(|line| !line.contains("TARGET_SECRET")).collect();
        assert_eq!(again.text().lines().collect::<Vec<_>>(), without);
    }

    async fn a_kubernetes_agent_starts_from_objects(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for (scope, name) in [("namespace", "agent_manifest_namespace"), ("cluster", "agent_manifest_cluster")] {
            let one = target(&hub, None, &kubernetes(scope, scope)).await;
            let manifest = hub.anonymous().get(&path(&one)).await.expect(200);
            check_text(name, &steady(manifest.text(), &one));
            let again = Agent::connect(&hub, &one).await.send(Method::GET, "manifest", "").await.expect(200);
            assert!(!again.text().contains("kind: \"Secret\"") && !again.text().contains(&one.secret));
        }
    }

    async fn a_manifest_needs_the_secret(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let one = target(&hub, None, &docker("One")).await;
        let nobody = hub.anonymous();
        for route in ["connect", "pre-connect"] {
            for (query, status) in [
                (String::new(), 400),
                (format!("?targetId={}", one.id), 401),
                (format!("?targetId={}&targetSecret=", one.id), 401),
                (format!("?targetId=1&targetSecret={}", one.secret), 400),
                (format!("?targetId={}&targetSecret={}", one.id, "0".repeat(32)), 401),
            ] {
                let reply = nobody.get(&format!("/api/v1/{route}{query}")).await.expect(status);
                assert!(!reply.text().contains(&one.secret));
            }
        }
        let script = nobody.get(&path(&one).replace("connect?", "pre-connect?")).await.expect(200);
        assert!(script.header("content-type").starts_with("text/plain"));
        let expected = format!("#!/bin/sh\nset -e\ncurl -fsSL 'https://hub.test{}' | docker compose -f - up -d\n", path(&one));
        assert_eq!(script.text(), expected);
        for _ in 0..4 {
            nobody.get(&path(&one)).await.expect(200);
        }
        let throttled = nobody.get(&path(&one)).await;
        throttled.expect_problem(429, "throttled", "");
    }
}
