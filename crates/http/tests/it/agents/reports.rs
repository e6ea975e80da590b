//! What agents report, and how people read it.

use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::stock::{Agent, Deployed, compose, count, deploy, docker, line, target};

both_engines! {
    async fn a_status_is_kept_when_it_changes(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let one = target(&hub, None, &docker("One")).await;
        let version = compose(&hub, "Fleet").await;
        let first = deploy(&hub, &one, (version, None), "A=1\n").await.unwrap();
        let agent = Agent::connect(&hub, &one).await;
        for (kind, message) in [("progressing", "pulling"), ("healthy", "up"), ("healthy", "up"), ("healthy", "up")] {
            agent.status(first.revision, kind, message).await.expect(200);
            hub.clock.advance(TimeDelta::seconds(40));
        }
        grantry_ops::agent::memory::write_waiting(&hub.ops).await.unwrap();
        let path = format!("/api/v1/deployments/{}/status", first.id);
        let said = hub.acme.admin.get(&path).await.expect(200).json();
        assert_eq!(said.as_array().unwrap().len(), 2, "{said}");
        assert_eq!((&said[0]["type"], &said[0]["createdAt"], &said[0]["until"]),
            (&json!("healthy"), &json!("2026-11-24T12:00:40Z"), &json!("2026-11-24T12:02:00Z")));
        // One of an old revision is kept too, and a message of any length or with NULs.
        let second = deploy(&hub, &one, (version, Some(first.id)), "A=2\n").await.unwrap();
        agent.status(first.revision, "error", "went down").await.expect(200);
        agent.status(second.revision, "error", &"ä\0".repeat(40_000)).await.expect(200);
        let said = hub.acme.admin.get(&format!("{path}?order=ASC&filter=went")).await.expect(200).json();
        assert_eq!((said.as_array().unwrap().len(), &said[0]["deploymentRevisionId"]), (1, &json!(first.revision)));
        let file = hub.acme.admin.get(&format!("{path}/export")).await.expect(200);
        assert!(file.text().starts_with("2026-11-24T12:00:00Z progressing pulling\n2026-11-24T12:00:40Z healthy up\n"), "{}", file.text());
        assert!(file.header("content-disposition").contains("attachment"));
    }

    async fn an_agent_reports_on_its_own_target_only(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (one, two) = (target(&hub, None, &docker("One")).await, target(&hub, None, &docker("Two")).await);
        let version = compose(&hub, "Fleet").await;
        let (mine, other) = (deploy(&hub, &one, (version, None), "A=1\n").await.unwrap(), deploy(&hub, &two, (version, None), "A=1\n").await.unwrap());
        let agent = Agent::connect(&hub, &one).await;
        for revision in [other.revision, Uuid::nil(), mine.id.0] {
            agent.status(revision, "healthy", "").await.expect_problem(400, "revision_unknown", "revisionId");
        }
        let mixed = Deployed { revision: other.revision, ..mine };
        let lines = json!([
            line(other, "web", "2026-11-24T12:00:00Z", "of another target"), line(mixed, "web", "2026-11-24T12:00:00Z", "of both"),
            line(mine, "web", "2026-11-24T12:00:00Z", "mine"),
        ]);
        agent.logs(lines).await.expect(204);
        assert_eq!(count(&hub, "select count(*) from log_line").await, 1);
        assert_eq!(count(&hub, "select count(*) from deployment_status").await, 0);
    }

    async fn rubbish_is_refused_for_good(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let one = target(&hub, None, &docker("One")).await;
        let agent = Agent::connect(&hub, &one).await;
        let many = format!("[{}]", vec![r#"{"timestamp":"2026-11-24T12:00:00Z","body":"x"}"#; 10_001].join(","));
        for (method, path, bodies) in [
            (Method::POST, "status", &["", "x", "[]", "{}", r#"{"revisionId":"","type":"ok"}"#, r#"{"revisionId":"0193606c-8f3a-7000-8000-000000000001","type":"fine"}"#][..]),
            (Method::POST, "metrics", &["", "null", "{}", r#"{"cpuCoresMillis":-1,"cpuUsage":0,"memoryBytes":1,"memoryUsage":0}"#, r#"{"cpuCoresMillis":1e99,"cpuUsage":0,"memoryBytes":1,"memoryUsage":0}"#]),
            (Method::PUT, "logs", &["", "{}", "[1]", "[{}]", "[] []", "[", r#"[{"timestamp":"yesterday"}]"#]),
            (Method::PUT, "deployment-target-logs", &["", "{}", "[null]", r#"[{"timestamp":"2026-11-24"}]"#, &many]),
        ] {
            for body in bodies {
                let reply = agent.send(method.clone(), path, body).await;
                assert_eq!((reply.status.as_u16(), reply.header("content-type")), (400, "application/problem+json"), "{path} {:.80}: {reply}", body);
            }
        }
        let huge = format!(r#"[{{"timestamp":"2026-11-24T12:00:00Z","body":"{}"}}]"#, "x".repeat(33 << 20));
        agent.send(Method::PUT, "deployment-target-logs", &huge).await.expect_problem(400, "body_too_large", "");
        assert_eq!(count(&hub, "select count(*) from log_line").await, 0);
        agent.resources().await.expect(200);
    }

    async fn lines_are_kept_in_order_once_and_without_secrets(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let customer = hub.acme.add_customer("Initech").await;
        let secret = json!({ "key": "DB", "value": "hunter2-prod", "customerOrganizationId": customer });
        hub.acme.admin.post("/api/v1/secrets", secret).await.expect(201);
        let key = hub.acme.add_license_key("FLEET", Some(&customer)).await;
        let license = hub.acme.admin.get(&format!("/api/v1/license-keys/{key}/token")).await.expect(200);
        let license = license.text().trim_matches('"').to_owned();
        let license = serde_json::from_str::<Value>(&license).ok().and_then(|json| json["token"].as_str().map(str::to_owned)).unwrap_or(license);
        let one = target(&hub, Some(&customer), &docker("One")).await;
        let version = compose(&hub, "Fleet").await;
        let deployed = deploy(&hub, &one, (version, None), "A=1\n").await.unwrap();
        let agent = Agent::connect(&hub, &one).await;
        let batch = json!([
            line(deployed, "web", "2026-11-24T11:59:58Z", "connecting with hunter2-prod"),
            line(deployed, "web", "2026-11-24T11:59:59Z", &format!("license {license} accepted")),
            line(deployed, "web", "2026-11-24T11:59:59.5Z", "with\u{0}a NUL"),
            line(deployed, "web", "2026-11-24T12:00:00Z", ""),
            line(deployed, "worker", "1970-01-01T00:00:00Z", "clock one"),
            line(deployed, "worker", "1970-01-01T00:00:00Z", "clock two"),
            line(deployed, "worker", "2999-01-01T00:00:00Z", "clock three"),
        ]);
        agent.logs(batch.clone()).await.expect(204);
        agent.status(deployed.revision, "error", "can't sign in with hunter2-prod").await.expect(200);
        agent.logs(json!([line(deployed, "web", "2026-11-24T11:59:57Z", "came late")])).await.expect(204);
        // The first answer was lost, and all comes again.
        agent.logs(batch).await.expect(204);

        let path = format!("/api/v1/deployments/{}/logs", deployed.id);
        let bodies = |lines: Value| lines.as_array().unwrap().iter().map(|line| line["body"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let admin = &hub.acme.admin;
        let web = admin.get(&format!("{path}?resource=web&order=ASC")).await.expect(200).json();
        assert_eq!(bodies(web), ["came late", "connecting with ********", "license ******** accepted", "witha NUL"]);
        let worker = admin.get(&format!("{path}?resource=worker&order=ASC")).await.expect(200).json();
        assert_eq!(worker[0]["timestamp"], "2026-11-24T12:00:00Z");
        assert_eq!(bodies(worker), ["clock one", "clock two", "clock three"]);
        let both = admin.get(&format!("{path}?resource=web&resource=worker&limit=3")).await.expect(200).json();
        assert_eq!(bodies(both), ["clock three", "clock two", "clock one"]);
        for (query, expected) in [
            ("resource=web&filter=%5Elicense", vec!["license ******** accepted"]),
            ("resource=web&after=2026-11-24T11:59:58Z&before=2026-11-24T12:00:00Z", vec!["witha NUL", "license ******** accepted"]),
            ("resource=none", vec![]),
            ("resource=%00", vec![]),
        ] {
            assert_eq!(bodies(admin.get(&format!("{path}?{query}")).await.expect(200).json()), expected, "{query}");
        }
        for (query, field) in [("limit=0", "limit"), ("limit=101", "limit"), ("order=x", "order"), ("filter=(", "filter"), ("after=x", "after")] {
            let reply = admin.get(&format!("{path}?resource=web&{query}")).await.expect(400);
            assert_eq!(reply.field("/field"), field);
        }
        let resources = admin.get(&format!("{path}/resources")).await.expect(200).json();
        assert_eq!(resources, json!({ "active": ["web", "worker"], "archived": [] }));
        let file = admin.get(&format!("{path}/export")).await.expect(200);
        assert!(file.text().starts_with("2026-11-24T11:59:57Z web Log came late\n"), "{}", file.text());
        assert_eq!(file.text().lines().count(), 7);
        let said = admin.get(&format!("/api/v1/deployments/{}/status", deployed.id)).await.expect(200);
        assert_eq!(said.field("/0/message"), "can't sign in with ********");
        assert_eq!(count(&hub, "select count(*) from log_line where body like '%hunter2%' or body like '%eyJ%'").await, 0);

        // Lines of an earlier revision are there, but its resources are not active any more.
        let next = deploy(&hub, &one, (version, Some(deployed.id)), "A=2\n").await.unwrap();
        agent.logs(json!([line(next, "web", "2026-11-24T12:00:01Z", "ready")])).await.expect(204);
        let resources = admin.get(&format!("{path}/resources")).await.expect(200).json();
        assert_eq!(resources, json!({ "active": ["web"], "archived": ["worker"] }));
    }

    async fn reports_are_read_by_whom_they_concern(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        let globex = hub.add_vendor("Globex", "globex").await;
        let one = target(&hub, Some(&initech), &docker("One")).await;
        let deployed = deploy(&hub, &one, (compose(&hub, "Fleet").await, None), "A=1\n").await.unwrap();
        let agent = Agent::connect(&hub, &one).await;
        agent.status(deployed.revision, "healthy", "up").await.expect(200);
        agent.logs(json!([line(deployed, "web", "2026-11-24T12:00:00Z", "ready")])).await.expect(204);
        agent.own_logs(json!([{ "timestamp": "2026-11-24T12:00:00Z", "severity": "warn", "body": "slow" }])).await.expect(204);
        agent.metrics(json!({ "cpuCoresMillis": 1000, "cpuUsage": 0.5, "memoryBytes": 10, "memoryUsage": 2.0 })).await.expect(200);
        // Sooner than every 15 seconds is too often, and no error.
        agent.metrics(json!({ "cpuCoresMillis": 1000, "cpuUsage": 0.6, "memoryBytes": 10, "memoryUsage": 2.0 })).await.expect(200);
        hub.clock.advance(TimeDelta::seconds(30));
        agent.metrics(json!({ "cpuCoresMillis": 1000, "cpuUsage": 0.7, "memoryBytes": 10, "memoryUsage": 0.1,
            "diskMetrics": [{ "device": "sda", "path": "/", "fsType": "ext4", "bytesTotal": 10, "bytesUsed": 5 }] })).await.expect(200);
        let (target, deployment) = (one.id.to_string(), deployed.id.to_string());
        let paths = [
            format!("/api/v1/deployments/{deployment}/status"), format!("/api/v1/deployments/{deployment}/status/export"),
            format!("/api/v1/deployments/{deployment}/logs?resource=web"), format!("/api/v1/deployments/{deployment}/logs/export"),
            format!("/api/v1/deployments/{deployment}/logs/resources"), format!("/api/v1/deployment-targets/{target}/logs"),
            format!("/api/v1/deployment-targets/{target}/logs/export"), format!("/api/v1/deployment-targets/{target}/metrics"),
        ];
        let own = hub.customer(&initech, Role::ReadOnly).await;
        let (other, staff) = (hub.customer(&hooli, Role::Admin).await, hub.vendor(Role::ReadOnly).await);
        for path in &paths {
            let seen = staff.get(path).await.expect(200);
            assert!(seen.body.len() > 5, "{path}: {seen}");
            assert_eq!(own.get(path).await.expect(200).body, seen.body);
            other.get(path).await.expect_problem(404, "not_found", "");
            globex.admin.get(path).await.expect_problem(404, "not_found", "");
        }
        let last = own.get("/api/v1/deployment-target-metrics").await.expect(200).json();
        assert_eq!(last, json!([{ "deploymentTargetId": target, "createdAt": "2026-11-24T12:00:30Z", "cpuCoresMillis": 1000, "cpuUsage": 0.7,
            "memoryBytes": 10, "memoryUsage": 0.1, "diskMetrics": [{ "device": "sda", "path": "/", "fsType": "ext4", "bytesTotal": 10, "bytesUsed": 5 }] }]));
        assert_eq!(other.get("/api/v1/deployment-target-metrics").await.expect(200).text(), "[]");
        let series = own.get(&paths[7]).await.expect(200).json();
        assert_eq!((series.as_array().unwrap().len(), &series[0]["memoryUsage"]), (2, &json!(1.0)));

        hub.clock.advance(TimeDelta::days(8));
        grantry_ops::jobs::forget_reports(&hub.ops).await.unwrap();
        assert_eq!(count(&hub, "select count(*) from log_line").await, 0);
        assert_eq!(count(&hub, "select count(*) from target_metric").await, 0);
    }
}
