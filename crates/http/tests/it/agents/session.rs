//! One agent's session from the first sign-in on, and what ends it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use grantry_ops::deployment_target::delete;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use http::Method;
use serde_json::{Value, json};

use super::stock::{Agent, Target, caller, compose, count, deploy, docker, line, login, new_secret, target};

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

both_engines! {
    async fn an_agent_of_distr_signs_in_asks_and_reports(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let customer = hub.acme.add_customer("Initech").await;
        let target = target(&hub, Some(&customer), &docker("Plant 7")).await;
        let deployed = deploy(&hub, &target, (compose(&hub, "Fleet").await, None), "MODE=production\n").await.unwrap();

        let signed = login(&hub.anonymous(), &target.id.to_string(), &target.secret).await.expect(200);
        assert_eq!(signed.json()["requiresMfa"], false);
        let token = signed.field("/token");
        let claims = claims(&token);
        let now = hub.clock.now().timestamp();
        assert_eq!(claims["sub"], target.id.to_string());
        assert_eq!(claims["org"], hub.acme.id.to_string());
        assert_eq!(claims["aud"], json!(["agent"]));
        assert_eq!((claims["iat"].as_i64(), claims["exp"].as_i64()), (Some(now), Some(now + 24 * 3600)));

        let agent = Agent::with_token(&hub, &token);
        let told = agent.resources().await.expect(200);
        assert_eq!(told.header("content-type"), "application/json");
        let told = told.json();
        assert_eq!(told["version"]["name"], "0.1.0");
        assert_eq!((&told["metricsEnabled"], &told["deploymentLogsEnabled"]), (&json!(true), &json!(true)));
        let one = &told["deployments"][0];
        assert_eq!(told["deployments"].as_array().unwrap().len(), 1);
        assert_eq!((&one["id"], &one["revisionId"]), (&json!(deployed.id), &json!(deployed.revision)));
        assert_eq!((&one["dockerType"], &one["registryAuth"], &one["values"]), (&json!("compose"), &Value::Null, &Value::Null));
        let text = |field: &str| {
            let encoded = one[field].as_str().unwrap();
            String::from_utf8(base64::engine::general_purpose::STANDARD.decode(encoded).unwrap()).unwrap()
        };
        let project = format!("distr-{}", &deployed.id.to_string()[..8]);
        assert!(text("composeFile").contains(&project), "{}", text("composeFile"));
        assert_eq!(text("envFile"), "MODE=production\n");

        agent.status(deployed.revision, "progressing", "pulling").await.expect(200);
        agent.status(deployed.revision, "ok", "up").await.expect(200);
        agent.metrics(json!({ "cpuCoresMillis": 4000, "cpuUsage": 0.25, "memoryBytes": 8_000_000_000_i64, "memoryUsage": 0.5,
            "diskMetrics": [{ "device": "/dev/sda1", "path": "/", "fsType": "ext4", "bytesTotal": 100, "bytesUsed": 40 }] })).await.expect(200);
        agent.logs(json!([line(deployed, "web", "2026-11-24T11:59:59.5Z", "ready")])).await.expect(204);
        agent.own_logs(json!([{ "id": "00000000-0000-0000-0000-000000000000", "timestamp": "2026-11-24T12:00:00Z",
            "severity": "info", "body": "started" }])).await.expect(204);
        assert_eq!(count(&hub, "select count(*) from deployment_status where kind = 'running'").await, 1);
        assert_eq!(count(&hub, "select count(*) from log_line").await, 2);
        assert_eq!(count(&hub, "select count(*) from target_metric where cpu_usage = 250").await, 1);
        agent.send(Method::GET, "manifest", "").await.expect(200);

        grantry_ops::agent::memory::write_waiting(&hub.ops).await.unwrap();
        assert_eq!(count(&hub, "select count(*) from deployment_target where agent_version = '3.1.0' and seen_at is not null").await, 1);
    }

    async fn a_token_ends_with_its_time_its_secret_or_its_target(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let one = target(&hub, None, &docker("One")).await;
        let agent = Agent::connect(&hub, &one).await;
        agent.resources().await.expect(200);

        let secret = new_secret(&hub, one.id).await;
        let refused = agent.resources().await;
        refused.expect_problem(401, "unauthenticated", "");
        assert!(refused.header("www-authenticate").starts_with("Bearer"));
        login(&hub.anonymous(), &one.id.to_string(), &one.secret).await.expect_problem(401, "unauthenticated", "");
        let one = Target { secret, ..one };
        let agent = Agent::connect(&hub, &one).await;
        agent.resources().await.expect(200);

        hub.clock.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
        agent.resources().await.expect(200);
        hub.clock.advance(TimeDelta::seconds(1));
        agent.resources().await.expect(401);

        let agent = Agent::connect(&hub, &one).await;
        agent.resources().await.expect(200);
        let admin = caller(&hub, &hub.acme.admin).await;
        delete::delete(&hub.ops, &admin, one.id).await.unwrap();
        for (method, path) in ALL {
            agent.send(method.parse().unwrap(), path, "[]").await.expect(401);
        }
    }

    async fn nothing_but_an_agents_token_opens_the_protocol(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let one = target(&hub, None, &docker("One")).await;
        let agent = Agent::connect(&hub, &one).await;
        let (token, code) = agent.token().rsplit_once('.').unwrap();
        let forged = format!("{token}.{}", URL_SAFE_NO_PAD.encode([7; 32]));
        let (header, payload) = token.split_once('.').unwrap();
        let mut other = claims(agent.token());
        other["crd"] = 2.into();
        let changed = format!("{header}.{}.{code}", URL_SAFE_NO_PAD.encode(other.to_string()));
        let none = format!("{}.{payload}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#));
        for credential in [hub.acme.admin.secret(), &forged, &changed, &none, &one.secret, "x", "a.b.c"] {
            for (method, path) in ALL {
                let reply = Agent::with_token(&hub, credential).send(method.parse().unwrap(), path, "[]").await;
                assert_eq!(reply.status, 401, "{method} {path} with {credential}");
            }
        }
        for (method, path) in ALL {
            hub.anonymous().request(method.parse().unwrap(), &format!("/api/v1/agent/{path}")).send().await.expect(401);
        }
        // Nor is an agent a member.
        for path in ["license-keys", "deployment-targets", "context", "artifacts"] {
            let reply = hub.anonymous().with_secret(agent.token()).get(&format!("/api/v1/{path}")).await;
            assert!([401, 404].contains(&reply.status.as_u16()), "{path}: {reply}");
        }
    }

    async fn sign_ins_are_counted_and_refused_ones_recorded_once(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let one = target(&hub, None, &docker("One")).await;
        let (id, nobody) = (one.id.to_string(), hub.anonymous());
        for secret in ["", "wrong", &"0".repeat(32), &one.secret.to_uppercase(), &one.secret[1..]] {
            login(&nobody, &id, secret).await.expect(401);
        }
        let throttled = login(&nobody, &id, &"0".repeat(32)).await;
        throttled.expect_problem(429, "throttled", "");
        assert!(throttled.header("retry-after").parse::<u64>().unwrap() > 0);
        assert_eq!(count(&hub, "select count(*) from audit_event where kind = 'deployment_target.agent_refused'").await, 1);
        for _ in 0..5 {
            login(&nobody, &id, &one.secret).await.expect(200);
        }
        login(&nobody, &id, &one.secret).await.expect(429);
        let two = target(&hub, None, &docker("Two")).await;
        Agent::connect(&hub, &two).await;
        login(&nobody, &two.id.to_string(), &one.secret).await.expect(401);
        login(&nobody, "01940000-0000-7000-8000-000000000001", &one.secret).await.expect(401);
        login(&nobody, "1", &one.secret).await.expect(400);
        nobody.request(Method::POST, "/api/v1/agent/login").send().await.expect(401);
    }
}

/// Every route that needs a token.
const ALL: [(&str, &str); 6] = [
    ("GET", "resources"),
    ("GET", "manifest"),
    ("POST", "status"),
    ("POST", "metrics"),
    ("PUT", "logs"),
    ("PUT", "deployment-target-logs"),
];
