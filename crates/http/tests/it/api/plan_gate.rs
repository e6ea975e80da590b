//! License management needs a plan that includes it; without, its API answers 403 and nothing is lost.

use chrono::TimeDelta;
use grantry_model::plan::{Plan, Subscription};
use grantry_model::role::Role;
use grantry_ops::organization::change_plan::change_plan;
use grantry_testdb::both_engines;
use grantry_testkit::hub::{START, TestHub, license_key};
use http::Method;
use serde_json::json;

use crate::snapshot::check;

const KEYS: &str = "/api/v1/license-keys";

both_engines! {
    async fn without_the_plan_licenses_are_closed_and_kept(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let path = format!("{KEYS}/{}", hub.acme.add_license_key("FLEET", Some(&initech)).await);
        let member = hub.customer(&initech, Role::ReadOnly).await;
        let admin = &hub.acme.admin;
        let token = admin.get(&format!("{path}/token")).await.field("/token");
        change_plan(&hub.ops, "acme", Subscription { plan: Plan::Community, until: None }).await.unwrap();

        check("plan_gate", &admin.get(KEYS).await);
        for (method, path) in [
            (Method::GET, "/api/v1/licenses"),
            (Method::GET, &path),
            (Method::GET, &format!("{path}/token")),
            (Method::GET, &format!("{path}/revisions")),
            (Method::DELETE, &path),
        ] {
            admin.request(method, path).send().await.expect_problem(403, "plan_required", "");
        }
        admin.post(KEYS, license_key("SECOND", None)).await.expect_problem(403, "plan_required", "");
        admin.put(&path, json!({ "description": "x" })).await.expect_problem(403, "plan_required", "");
        member.get(&format!("{path}/token")).await.expect_problem(403, "plan_required", "");
        check("plan_gate_organization", &admin.get("/api/v1/organization").await);
        admin.get("/api/v1/customer-organizations").await.expect(200);
        hub.anonymous().get("/.well-known/jwks.json").await.expect(200);

        change_plan(&hub.ops, "acme", Subscription { plan: Plan::Pro, until: None }).await.unwrap();
        assert_eq!(member.get(&format!("{path}/token")).await.expect(200).field("/token"), token);
    }

    async fn a_trial_ends_by_date(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let until = Some(START + TimeDelta::days(14));
        change_plan(&hub.ops, "acme", Subscription { plan: Plan::Trial, until }).await.unwrap();
        hub.acme.add_license_key("FLEET", None).await;
        hub.clock.advance(TimeDelta::days(14) - TimeDelta::microseconds(1));
        hub.acme.admin.get(KEYS).await.expect(200);
        hub.clock.advance(TimeDelta::microseconds(1));
        hub.acme.admin.get(KEYS).await.expect_problem(403, "plan_required", "");
        check("plan_gate_trial_ended", &hub.acme.admin.get("/api/v1/organization").await);
    }

    async fn another_organizations_plan_does_not_matter(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let globex = hub.add_vendor("Globex", "globex").await;
        change_plan(&hub.ops, "acme", Subscription { plan: Plan::Community, until: None }).await.unwrap();
        globex.admin.get(KEYS).await.expect(200);
        assert!(change_plan(&hub.ops, "initech", Subscription { plan: Plan::Pro, until: None }).await.is_err());
    }
}
