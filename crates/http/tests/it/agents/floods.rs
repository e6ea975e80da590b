//! Agents that run wild.

use chrono::TimeDelta;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::{Value, json};

use super::stock::{Agent, compose, count, deploy, docker, line, target};

fn own(number: usize, body: &str) -> Value {
    let line = |index: usize| {
        let at = format!("2026-11-24T11:5{}:{:02}.{:03}Z", index / 60_000, index / 1000 % 60, index % 1000);
        json!({ "timestamp": at, "severity": "info", "body": body })
    };
    (0..number).map(line).collect()
}

both_engines! {
    async fn a_flood_waits_and_harms_no_other(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (one, two) = (target(&hub, None, &docker("One")).await, target(&hub, None, &docker("Two")).await);
        let (wild, calm) = (Agent::connect(&hub, &one).await, Agent::connect(&hub, &two).await);
        wild.own_logs(own(3_000, "x")).await.expect(204);
        wild.own_logs(own(3_000, "y")).await.expect(204);
        let refused = wild.own_logs(own(1, "z")).await;
        refused.expect_problem(429, "throttled", "");
        assert_eq!(refused.header("retry-after"), "12", "a thousand lines too many");
        wild.logs(json!([])).await.expect(429);
        // Of what is kept there is a limit.
        assert_eq!(count(&hub, "select count(*) from log_line").await, 5_000);
        wild.resources().await.expect(200);
        calm.own_logs(own(1, "z")).await.expect(204);
        calm.resources().await.expect(200);
        hub.clock.advance(TimeDelta::seconds(13));
        wild.own_logs(own(1, "z")).await.expect(204);
        let large = json!([{ "timestamp": "2026-11-24T12:00:00Z", "severity": "info", "body": "x".repeat(6_000_000) }]);
        calm.own_logs(large).await.expect(204);
        calm.own_logs(own(1, "z")).await.expect(429);
    }

    async fn a_resource_keeps_its_last_lines_and_a_deployment_its_resources(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let one = target(&hub, None, &docker("One")).await;
        let deployed = deploy(&hub, &one, (compose(&hub, "Fleet").await, None), "A=1\n").await.unwrap();
        let agent = Agent::connect(&hub, &one).await;
        for round in 0..3 {
            let lines: Value = (0..4_500).map(|index| {
                let at = format!("2026-11-24T12:0{round}:{:02}.{:03}Z", index / 1000, index % 1000);
                line(deployed, "web", &at, &format!("{round} {index}"))
            }).collect();
            agent.logs(lines).await.expect(204);
            hub.clock.advance(TimeDelta::minutes(1));
        }
        assert_eq!(count(&hub, "select count(*) from log_line").await, 10_000);
        assert_eq!(count(&hub, "select count(*) from log_line where body = '0 3499'").await, 0);
        assert_eq!(count(&hub, "select count(*) from log_line where body = '0 3500'").await, 1);
        hub.clock.advance(TimeDelta::minutes(1));
        let names: Value = (0..300).map(|index| line(deployed, &format!("pod {index}"), "2026-11-24T12:00:00Z", "x")).collect();
        agent.logs(names).await.expect(204);
        assert_eq!(count(&hub, "select count(distinct resource) from log_line").await, 200);
    }
}
