//! Agents at the registry: by their token as a password, or by a token for that.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use grantry_ops::deployment_target::delete;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use grantry_testkit::reply::Reply;
use http::Method;
use serde_json::json;

use super::stock::{Agent, Target, caller, count, docker, new_secret, target};

async fn get(hub: &TestHub, path: &str, authorization: &str) -> Reply {
    hub.anonymous().request(Method::GET, path).header("authorization", authorization).send().await
}

fn basic(agent: &Agent) -> String {
    format!("Basic {}", STANDARD.encode(format!("-:{}", agent.token())))
}

async fn bearer(hub: &TestHub, agent: &Agent) -> String {
    let given = get(
        hub,
        "/v2/token?scope=repository:acme/ship:pull,push&scope=repository:acme/secret:pull",
        &basic(agent),
    )
    .await
    .expect(200);
    format!("Bearer {}", given.field("/token"))
}

both_engines! {
    async fn an_agent_pulls_what_its_customer_may_and_is_counted_by_its_target(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push("ship", "1.0").await;
        hub.acme.push("secret", "1.0").await;
        let customer = hub.acme.add_customer("Initech").await;
        let artifact = hub.acme.artifact_id("ship").await;
        hub.acme.entitle(&customer, "Ship", json!([{ "artifactId": artifact }])).await;
        let (theirs, own) = (target(&hub, Some(&customer), &docker("Plant 7")).await, target(&hub, None, &docker("Staging")).await);
        let (theirs, own) = (Agent::connect(&hub, &theirs).await, Agent::connect(&hub, &own).await);
        for (agent, secret) in [(&theirs, 404), (&own, 200)] {
            for credential in [basic(agent), bearer(&hub, agent).await] {
                get(&hub, "/v2/acme/ship/manifests/1.0", &credential).await.expect(200);
                get(&hub, "/v2/acme/secret/manifests/1.0", &credential).await.expect(secret);
                get(&hub, "/v2/", &credential).await.expect(200);
                let push = hub.anonymous();
                let push = push.request(Method::POST, "/v2/acme/ship/blobs/uploads/").header("authorization", &credential);
                push.send().await.expect(403);
            }
        }
        hub.anonymous().get("/v2/").await.expect(401);
        grantry_ops::registry::pull::write_waiting(&hub.ops).await.unwrap();
        let pulls = hub.acme.admin.get("/api/v1/artifact-pulls").await.expect(200).json();
        let mut who: Vec<_> = pulls.as_array().unwrap().iter()
            .map(|pull| (pull["userAccountName"].as_str().unwrap(), pull["userAccountId"].is_null(), pull["customerOrganizationName"].as_str().unwrap_or("")))
            .collect();
        who.sort_unstable();
        let (plant, staging) = (("Plant 7", true, "Initech"), ("Staging", true, ""));
        let denied = "select count(*) from audit_event where credential = 'agent' and author = 'Plant 7' and kind = 'access.denied'";
        assert_eq!(count(&hub, denied).await, 2, "each push");
        assert_eq!(who, [plant, plant, staging, staging, staging, staging]);
    }

    async fn access_ends_with_the_secret_the_target_or_the_section(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.push("ship", "1.0").await;
        let customer = hub.acme.add_customer("Initech").await;
        let one = target(&hub, Some(&customer), &docker("Plant 7")).await;
        let agent = Agent::connect(&hub, &one).await;
        let credentials = [basic(&agent), bearer(&hub, &agent).await];
        let path = "/v2/acme/ship/manifests/1.0";
        let features = async |features: &[&str]| {
            let body = json!({ "name": "Initech", "features": features });
            hub.acme.admin.put(&format!("/api/v1/customer-organizations/{customer}"), body).await.expect(200);
        };
        for (sections, status) in [(&["artifacts"][..], 404), (&["deployment_targets"], 200)] {
            features(sections).await;
            for credential in &credentials {
                get(&hub, path, credential).await.expect(status);
            }
            agent.resources().await.expect(200);
        }
        let secret = new_secret(&hub, one.id).await;
        for credential in &credentials {
            get(&hub, path, credential).await.expect(401);
        }
        let one = Target { secret, ..one };
        let agent = Agent::connect(&hub, &one).await;
        let credentials = [basic(&agent), bearer(&hub, &agent).await];
        for credential in &credentials {
            get(&hub, path, credential).await.expect(200);
        }
        delete::delete(&hub.ops, &caller(&hub, &hub.acme.admin).await, one.id).await.unwrap();
        for credential in &credentials {
            get(&hub, path, credential).await.expect(401);
        }
    }
}
