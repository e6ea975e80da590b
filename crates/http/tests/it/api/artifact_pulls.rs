//! `/api/v1/artifact-pulls` and `/api/v1/dashboard/artifacts-by-customer`

use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::TestHub;
use http::Method;
use serde_json::{Value, json};

use crate::snapshot::check;

const PULLS: &str = "/api/v1/artifact-pulls";

/// Pulls of two artifacts by a customer's member and by the vendor, an hour apart; the ids of the customer and of an artifact.
async fn pulled(hub: &TestHub) -> (String, String) {
    let initech = hub.acme.add_customer("Initech").await;
    for tag in ["1.0", "2.0"] {
        hub.acme.push("ship", tag).await;
    }
    let index = hub.acme.push_index("chart", "1.0", &["amd64"]).await;
    let member = hub.customer(&initech, Role::ReadOnly).await;
    for (client, repository, reference) in [
        (&member, "acme/ship", "1.0"),
        (&member.at([203, 0, 113, 9]), "acme/ship", "2.0"),
        (&hub.acme.admin, "acme/ship", "1.0"),
        (&member, "acme/chart", "1.0"),
        (&member, "acme/chart", index.children[0].digest.as_str()),
    ] {
        client.pull(repository, reference).await.expect(200);
        hub.clock.advance(TimeDelta::hours(1));
    }
    member.registry(Method::HEAD, "/v2/acme/ship/manifests/1.0").send().await.expect(200);
    member.pull("acme/ship", "3.0").await.expect(404);
    hub.write_pulls().await;
    (initech, hub.acme.artifact_id("ship").await)
}

async fn found(client: &Client, query: &str) -> Vec<String> {
    let list = client.get(&format!("{PULLS}?{query}")).await.expect(200).json();
    let name = |pull: &Value| {
        let text = |pointer: &str| pull.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
        format!("{}:{}", text("/artifact/name"), text("/artifactVersion/name"))
    };
    list.as_array().unwrap().iter().map(name).collect()
}

both_engines! {
    async fn a_pull_is_counted_once_and_listed_with_who_what_when_and_where(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        pulled(&hub).await;
        check("artifact_pull_list", &hub.vendor(Role::ReadOnly).await.get(PULLS).await);
        assert_eq!(found(&hub.acme.admin, "").await, ["chart:1.0", "ship:1.0", "ship:2.0", "ship:1.0"]);
    }

    async fn pulls_are_found_by_all_that_is_known_of_them(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, ship) = pulled(&hub).await;
        let admin = &hub.acme.admin;
        let options = admin.get(&format!("{PULLS}/filter-options")).await;
        check("artifact_pull_filter_options", &options);
        let versions = admin.get(&format!("{PULLS}/filter-options/versions?artifactId={ship}")).await.expect(200).json();
        assert_eq!(versions.as_array().unwrap().len(), 2);
        let version = versions[0]["id"].as_str().unwrap();
        let user = options.json()["userAccounts"].as_array().unwrap().iter().find(|user| user["id"] == json!(hub.acme.admin_id)).unwrap()["id"].clone();
        for (query, expected) in [
            (format!("customerOrganizationId={initech}"), vec!["chart:1.0", "ship:2.0", "ship:1.0"]),
            (format!("userAccountId={}", user.as_str().unwrap()), vec!["ship:1.0"]),
            ("remoteAddress=203.0.113.9".into(), vec!["ship:2.0"]),
            ("remoteAddress=203.0.113".into(), vec![]),
            (format!("artifactId={ship}"), vec!["ship:1.0", "ship:2.0", "ship:1.0"]),
            (format!("artifactVersionId={version}"), vec!["ship:1.0", "ship:1.0"]),
            (format!("artifactVersionId={version}&customerOrganizationId={initech}"), vec!["ship:1.0"]),
            ("before=2026-11-24T13:00:00Z".into(), vec!["ship:1.0"]),
            ("after=2026-11-24T15:00:00Z".into(), vec!["chart:1.0"]),
            ("after=2026-11-24T13:00:00Z&before=2026-11-24T15:00:00Z".into(), vec!["ship:1.0", "ship:2.0"]),
            ("count=1".into(), vec!["chart:1.0"]),
            (format!("artifactId={initech}"), vec![]),
            ("customerOrganizationId=&artifactId=&before=&remoteAddress=".into(), vec!["chart:1.0", "ship:1.0", "ship:2.0", "ship:1.0"]),
        ] {
            assert_eq!(found(admin, &query).await, expected, "{query}");
        }
        let mut next = format!("{PULLS}?count=3");
        let mut walked = 0;
        while !next.is_empty() {
            let part = admin.get(&next).await.expect(200);
            walked += part.json().as_array().unwrap().len();
            next = part.header("link").split(['<', '>']).nth(1).unwrap_or("").to_owned();
        }
        assert_eq!(walked, 4);
        for (query, code, field) in [
            ("before=yesterday", "time_malformed", "before"),
            ("after=2026-11-24", "time_malformed", "after"),
            ("count=0", "count_out_of_range", "count"),
            ("count=1001", "count_out_of_range", "count"),
            ("count=x", "number_malformed", "count"),
            ("customerOrganizationId=1", "id_malformed", "customerOrganizationId"),
            ("userAccountId=x", "id_malformed", "userAccountId"),
            ("artifactId=ship", "id_malformed", "artifactId"),
            ("artifactVersionId=1.0", "id_malformed", "artifactVersionId"),
        ] {
            admin.get(&format!("{PULLS}?{query}")).await.expect_problem(400, code, field);
        }
        admin.get(&format!("{PULLS}/filter-options/versions")).await.expect_problem(400, "parameter_missing", "artifactId");
        admin.get(&format!("{PULLS}?remoteAddress=%00&cursor={}", "0".repeat(32))).await.expect(200);
    }

    async fn pulls_stay_when_everything_they_name_is_gone(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, ship) = pulled(&hub).await;
        hub.acme.admin.delete(&format!("/api/v1/customer-organizations/{initech}")).await.expect(204);
        hub.acme.admin.delete(&format!("/api/v1/artifacts/{ship}")).await.expect(204);
        let list = hub.acme.admin.get(&format!("{PULLS}?customerOrganizationId={initech}&artifactId={ship}")).await.json();
        assert_eq!(list.as_array().unwrap().len(), 2);
        assert_eq!((&list[0]["customerOrganizationName"], &list[0]["artifact"]["name"]), (&json!("Initech"), &json!("ship")));
        assert_eq!(list[0]["artifact"].get("createdAt"), None);
        let options = hub.acme.admin.get(&format!("{PULLS}/filter-options")).await.json();
        assert_eq!(options["customerOrganizations"], json!([{ "id": initech, "name": "Initech" }]));
    }

    async fn pulls_are_exported_and_formulas_are_not_run(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let evil = hub.acme.add_customer("=HYPERLINK(\"http://evil\", 1)").await;
        hub.acme.push("ship", "1.0").await;
        hub.customer(&evil, Role::ReadOnly).await.pull("acme/ship", "1.0").await.expect(200);
        hub.clock.advance(TimeDelta::minutes(1));
        hub.acme.admin.pull("acme/ship", "1.0").await.expect(200);
        hub.write_pulls().await;
        let file = hub.acme.admin.get(&format!("{PULLS}/export")).await;
        check("artifact_pull_export", &file);
        assert_eq!(file.header("content-disposition"), "attachment; filename=\"artifact-pulls.csv\"");
        let narrowed = hub.acme.admin.get(&format!("{PULLS}/export?customerOrganizationId={evil}")).await;
        assert_eq!(narrowed.text().lines().count(), 2);
        hub.acme.admin.get(&format!("{PULLS}/export?before=x")).await.expect_problem(400, "time_malformed", "before");
    }

    async fn pulls_are_counted_day_by_day(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, ship) = pulled(&hub).await;
        hub.clock.advance(TimeDelta::days(1));
        hub.acme.admin.pull("acme/ship", "1.0").await.expect(200);
        hub.write_pulls().await;
        let series = hub.acme.admin.get(&format!("{PULLS}/series?days=3&artifactId={ship}")).await.expect(200).json();
        assert_eq!(series["days"], json!(["2026-11-23", "2026-11-24", "2026-11-25"]));
        let parts = series["customerOrganizations"].as_array().unwrap();
        let of = |id: Value| parts.iter().find(|part| part.get("id").cloned().unwrap_or(Value::Null) == id).unwrap()["counts"].clone();
        assert_eq!(of(json!(initech)), json!([0, 2, 0]));
        assert_eq!(of(Value::Null), json!([0, 1, 1]));
        let all = hub.acme.admin.get(&format!("{PULLS}/series")).await.expect(200).json();
        assert_eq!(all["days"].as_array().unwrap().len(), 30);
        assert_eq!(all["customerOrganizations"][0]["name"], "Initech");
        for (query, code, field) in [
            ("days=0", "days_out_of_range", "days"),
            ("days=367", "days_out_of_range", "days"),
            ("days=-1", "number_malformed", "days"),
            ("artifactId=x", "id_malformed", "artifactId"),
        ] {
            hub.acme.admin.get(&format!("{PULLS}/series?{query}")).await.expect_problem(400, code, field);
        }
    }

    async fn each_customers_last_pulls_are_told(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.add_customer("Hooli").await;
        pulled(&hub).await;
        check("dashboard_artifacts_by_customer", &hub.acme.admin.get("/api/v1/dashboard/artifacts-by-customer").await);
    }

    async fn nobody_but_the_vendor_sees_pulls(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, ship) = pulled(&hub).await;
        let member = hub.customer(&initech, Role::Admin).await;
        let globex = hub.add_vendor("Globex", "globex").await;
        for path in [
            PULLS.to_owned(),
            format!("{PULLS}/export"),
            format!("{PULLS}/filter-options"),
            format!("{PULLS}/filter-options/versions?artifactId={ship}"),
            format!("{PULLS}/series?artifactId={ship}"),
            "/api/v1/dashboard/artifacts-by-customer".to_owned(),
        ] {
            member.get(&path).await.expect_problem(403, "forbidden", "");
            let foreign = globex.admin.get(&path).await.expect(200);
            assert!(!foreign.text().contains("ship") && !foreign.text().contains("Initech"), "{foreign}");
        }
    }
}
