//! `GET /api/v1/artifacts/{id}`

use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::TestHub;
use serde_json::json;

use crate::snapshot::check;

const ARTIFACTS: &str = "/api/v1/artifacts";

/// The tags of each version in each part, following `Link`.
async fn walk(client: &Client, path: &str) -> Vec<Vec<Vec<String>>> {
    let mut parts = Vec::new();
    let mut next = path.to_owned();
    while !next.is_empty() {
        let part = client.get(&next).await.expect(200);
        let json = part.json();
        let tags = |version: &serde_json::Value| {
            let tags = version["tags"].as_array().unwrap();
            tags.iter().map(|tag| tag["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        parts.push(json["versions"].as_array().unwrap().iter().map(tags).collect());
        next = part.header("link").split(['<', '>']).nth(1).unwrap_or("").to_owned();
        assert!(parts.len() < 100, "the list goes on and on");
    }
    parts
}

both_engines! {
    async fn a_version_is_a_tagged_manifest_with_all_that_is_known_of_it(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let index = hub.acme.push_index("ship", "1.0", &["amd64", "arm64"]).await;
        hub.acme.attach("ship", &index, "application/spdx+json").await;
        hub.acme.sign("ship", &index).await;
        hub.clock.advance(TimeDelta::hours(1));
        hub.acme.push_image("ship", "2.0", "two").await;
        hub.acme.push_image("ship", "latest", "two").await;
        let ship = hub.acme.artifact_id("ship").await;
        let initech = hub.acme.add_customer("Initech").await;
        let member = hub.customer(&initech, Role::ReadOnly).await;
        member.pull("acme/ship", "1.0").await.expect(200);
        member.pull("acme/ship", &index.digest).await.expect(200);
        hub.acme.admin.pull("acme/ship", "latest").await.expect(200);
        hub.write_pulls().await;
        check("artifact_show", &hub.acme.admin.get(&format!("{ARTIFACTS}/{ship}")).await);
        assert_eq!(hub.acme.admin.get(&format!("{ARTIFACTS}/{ship}")).await.json()["versions"].as_array().unwrap().len(), 2);
    }

    async fn versions_come_in_parts_and_are_found_by_their_tags(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for tag in ["1.0", "1.1", "2.0", "2.1", "3.0"] {
            hub.acme.push("ship", tag).await;
            hub.clock.advance(TimeDelta::minutes(1));
        }
        hub.acme.push_image("ship", "same", "ship:3.0").await;
        let ship = hub.acme.artifact_id("ship").await;
        let path = format!("{ARTIFACTS}/{ship}");
        let all = vec![vec!["3.0".to_owned(), "same".to_owned()], vec!["2.1".into()], vec!["2.0".into()], vec!["1.1".into()], vec!["1.0".into()]];
        for limit in 1..=6 {
            assert_eq!(walk(&hub.acme.admin, &format!("{path}?limit={limit}")).await.concat(), all, "{limit}");
        }
        assert_eq!(walk(&hub.acme.admin, &format!("{path}?q=2.")).await, [[["2.1"], ["2.0"]]]);
        assert_eq!(walk(&hub.acme.admin, &format!("{path}?q=SAME")).await, [[["3.0", "same"]]]);

        let initech = hub.acme.add_customer("Initech").await;
        let member = hub.customer(&initech, Role::ReadOnly).await;
        let scope = json!([{ "artifactId": ship, "scope": { "kind": "pattern", "expression": "*.0" } }]);
        hub.acme.entitle(&initech, "Gold", scope).await;
        for limit in 1..=4 {
            let seen = walk(&member, &format!("{path}?limit={limit}")).await.concat();
            assert_eq!(seen, [["3.0"], ["2.0"], ["1.0"]], "{limit}");
        }
        assert_eq!(walk(&member, &format!("{path}?q=same")).await, [[[""; 0]; 0]], "a hidden tag finds nothing");
        assert_eq!(walk(&member, &format!("{path}?q=2.")).await, [[["2.0"]]]);
    }

    async fn a_customer_learns_nothing_of_what_it_is_not_entitled_to(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for tag in ["1.0", "2.0"] {
            hub.acme.push("ship", tag).await;
        }
        hub.acme.push("other", "1.0").await;
        let (ship, other) = (hub.acme.artifact_id("ship").await, hub.acme.artifact_id("other").await);
        let initech = hub.acme.add_customer("Initech").await;
        let member = hub.customer(&initech, Role::Admin).await;
        let one = json!([{ "artifactId": ship, "scope": { "kind": "chosen", "tags": ["1.0"] } }]);
        hub.acme.entitle(&initech, "Gold", one).await;
        check("artifact_show_of_customer", &member.get(&format!("{ARTIFACTS}/{ship}")).await);
        let refused = member.get(&format!("{ARTIFACTS}/{other}")).await;
        refused.expect_problem(404, "not_found", "");
        let unknown = member.get(&format!("{ARTIFACTS}/0193606c-8f3a-7000-8000-000000000001")).await;
        assert_eq!(unknown.body, refused.body);
        let globex = hub.add_vendor("Globex", "globex").await;
        globex.admin.get(&format!("{ARTIFACTS}/{ship}")).await.expect_problem(404, "not_found", "");
    }
}
