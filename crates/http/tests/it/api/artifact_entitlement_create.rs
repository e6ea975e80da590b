//! `POST /api/v1/artifact-entitlements`

use chrono::TimeDelta;
use grantry_model::plan::{Plan, Subscription};
use grantry_model::role::Role;
use grantry_ops::organization::change_plan::change_plan;
use grantry_testdb::both_engines;
use grantry_testkit::hub::{TestHub, Vendor};
use http::Method;
use serde_json::{Value, json};

use super::{ids, names, seen_tags};
use crate::snapshot::check;

const ENTITLEMENTS: &str = "/api/v1/artifact-entitlements";
const UNKNOWN: &str = "0193606c-8f3a-7000-8000-000000000001";

fn all_of(artifact: &str) -> Value {
    json!([{ "artifactId": artifact, "versionIds": [] }])
}

/// Two artifacts of a vendor with two tags each.
async fn stocked(vendor: &Vendor) -> (String, String) {
    for artifact in ["ship", "charts/ship"] {
        vendor.push(artifact, "1.0").await;
        vendor.push(artifact, "2.0").await;
    }
    (vendor.artifact_id("ship").await, vendor.artifact_id("charts/ship").await)
}

both_engines! {
    async fn an_entitlement_is_created_as_it_was_sent(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let (ship, chart) = stocked(&hub.acme).await;
        let body = json!({
            "name": " Gold ", "customerOrganizationId": initech, "expiresAt": "2027-11-24T14:00:00.1234567+02:00",
            "artifacts": [
                { "artifactId": ship },
                { "artifactId": chart, "scope": { "kind": "chosen", "tags": ["2.0", "1.0"] } },
            ],
        });
        let created = hub.vendor(Role::ReadWrite).await.post(ENTITLEMENTS, body).await;
        check("artifact_entitlement_create", &created);
        let shown = hub.acme.admin.get(&format!("{ENTITLEMENTS}/{}", created.id())).await.expect(200);
        assert_eq!(shown.body, created.body);
        assert_eq!(hub.acme.admin.get(ENTITLEMENTS).await.json(), json!([created.json()]));
    }

    async fn whoever_names_nobody_or_nothing_is_told_which_field(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let (ship, chart) = stocked(&hub.acme).await;
        let globex = hub.add_vendor("Globex", "globex").await;
        let (foreign, _) = stocked(&globex).await;
        let foreign_customer = globex.add_customer("Hooli").await;
        let version_of = async |vendor: &Vendor, artifact: &str, pointer: &str| {
            vendor.admin.get(&format!("/api/v1/artifacts/{artifact}")).await.field(pointer)
        };
        let other_version = version_of(&hub.acme, &chart, "/versions/0/id").await;
        let other_tag = version_of(&hub.acme, &chart, "/versions/0/tags/0/id").await;
        let foreign_version = version_of(&globex, &foreign, "/versions/0/id").await;
        let own_version = version_of(&hub.acme, &ship, "/versions/0/id").await;
        let own_tag = version_of(&hub.acme, &ship, "/versions/0/tags/0/id").await;
        let of_ship = |rest: Value| {
            let mut grant = json!({ "artifactId": ship });
            grant.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
            json!([grant])
        };
        let scope = |kind: &str, expression: &str| of_ship(json!({ "scope": { "kind": kind, "expression": expression } }));
        for (customer, artifacts, code, field) in [
            (json!(null), all_of(&ship), "customer_missing", "customerOrganizationId"),
            (json!(UNKNOWN), all_of(&ship), "customer_unknown", "customerOrganizationId"),
            (json!(foreign_customer), all_of(&ship), "customer_unknown", "customerOrganizationId"),
            (json!(initech), json!([]), "artifacts_missing", "artifacts"),
            (json!(initech), json!(null), "artifacts_missing", "artifacts"),
            (json!(initech), all_of(UNKNOWN), "artifact_unknown", "artifacts"),
            (json!(initech), all_of(&foreign), "artifact_unknown", "artifacts"),
            (json!(initech), json!([{ "artifactId": ship }, { "artifactId": ship }]), "artifact_twice", "artifacts"),
            (json!(initech), of_ship(json!({ "versionIds": [UNKNOWN] })), "version_unknown", "artifacts"),
            (json!(initech), of_ship(json!({ "versionIds": [own_version, UNKNOWN] })), "version_unknown", "artifacts"),
            (json!(initech), of_ship(json!({ "versionIds": [other_version] })), "version_unknown", "artifacts"),
            (json!(initech), of_ship(json!({ "versionIds": [other_tag] })), "version_unknown", "artifacts"),
            (json!(initech), of_ship(json!({ "versionIds": [foreign_version] })), "version_unknown", "artifacts"),
            (json!(initech), of_ship(json!({ "versionIds": [initech] })), "version_unknown", "artifacts"),
            (json!(initech), of_ship(json!({ "versionIds": [own_version, own_version] })), "version_twice", "artifacts"),
            (json!(initech), of_ship(json!({ "versionIds": [own_tag, own_tag] })), "version_twice", "artifacts"),
            (json!(initech), of_ship(json!({ "scope": { "kind": "chosen", "tags": ["3.0"] } })), "tag_unknown", "artifacts"),
            (json!(initech), of_ship(json!({ "scope": { "kind": "chosen", "tags": ["a b"] } })), "tag_malformed", "artifacts"),
            (json!(initech), of_ship(json!({ "scope": { "kind": "chosen", "tags": ["1.0", "1.0"] } })), "tag_twice", "artifacts"),
            (json!(initech), scope("chosen", ""), "scope_empty", "artifacts"),
            (json!(initech), scope("Chosen", ""), "scope_unknown", "artifacts"),
            (json!(initech), scope("", ""), "scope_unknown", "artifacts"),
            (json!(initech), scope("all", "2.*"), "scope_mixed", "artifacts"),
            (json!(initech), of_ship(json!({ "versionIds": [own_version], "scope": { "kind": "all" } })), "scope_mixed", "artifacts"),
            (json!(initech), of_ship(json!({ "versionIds": [own_tag], "scope": { "kind": "pattern", "expression": "*" } })), "scope_mixed", "artifacts"),
            (json!(initech), of_ship(json!({ "scope": { "kind": "current", "tags": ["1.0"] } })), "scope_mixed", "artifacts"),
            (json!(initech), scope("pattern", ""), "pattern_malformed", "artifacts"),
            (json!(initech), scope("pattern", "a b"), "pattern_malformed", "artifacts"),
            (json!(initech), scope("range", "newer"), "range_malformed", "artifacts"),
        ] {
            let body = json!({ "name": "Gold", "customerOrganizationId": customer, "artifacts": artifacts });
            let refused = hub.acme.admin.post(ENTITLEMENTS, body).await;
            refused.expect_problem(400, code, field);
        }
        for (name, expires_at, code, field) in [
            ("", json!(null), "name_blank", "name"),
            ("Gold", json!("+12026-01-01T00:00:00Z"), "json_malformed", "expiresAt"),
            ("Gold", json!("1969-12-31T23:59:59Z"), "time_out_of_range", "expiresAt"),
            ("Gold", json!("2027-01-01"), "json_malformed", "expiresAt"),
        ] {
            let body = json!({
                "name": name, "customerOrganizationId": initech, "expiresAt": expires_at, "artifacts": all_of(&ship),
            });
            hub.acme.admin.post(ENTITLEMENTS, body).await.expect_problem(400, code, field);
        }
        for id in ["", "1", "0193606C8F3A"] {
            let body = json!({ "name": "Gold", "customerOrganizationId": id, "artifacts": all_of(&ship) });
            hub.acme.admin.post(ENTITLEMENTS, body).await.expect_problem(400, "json_malformed", "customerOrganizationId");
        }
        assert_eq!(hub.acme.admin.get(ENTITLEMENTS).await.json(), json!([]), "nothing was made");
        let organization = hub.acme.admin.get("/api/v1/organization").await.json();
        assert_eq!(organization["artifactsRestricted"], json!(false), "and nobody is restricted");
    }

    async fn all_fields_at_fault_are_told_at_once(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let body = json!({ "name": " ", "customerOrganizationId": UNKNOWN, "artifacts": all_of(UNKNOWN) });
        check("artifact_entitlement_create_fields_at_fault", &hub.acme.admin.post(ENTITLEMENTS, body).await);
    }

    async fn a_customers_names_are_taken_once(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        let (ship, _) = stocked(&hub.acme).await;
        hub.acme.entitle(&initech, "Gold", all_of(&ship)).await;
        hub.acme.entitle(&hooli, "Gold", all_of(&ship)).await;
        let body = json!({ "name": "gOLD", "customerOrganizationId": initech, "artifacts": all_of(&ship) });
        hub.acme.admin.post(ENTITLEMENTS, body).await.expect_problem(400, "name_taken", "name");
    }

    async fn the_first_entitlement_restricts_every_customer_at_once(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        let (ship, chart) = stocked(&hub.acme).await;
        let entitled = hub.customer(&initech, Role::ReadOnly).await;
        let other = hub.customer(&hooli, Role::ReadOnly).await;
        for member in [&entitled, &other] {
            let mut seen = names(&member.get("/api/v1/artifacts").await);
            seen.sort();
            assert_eq!(seen, ["charts/ship", "ship"]);
            member.pull("acme/ship", "1.0").await.expect(200);
        }
        hub.acme.entitle(&initech, "Gold", json!([{ "artifactId": ship, "scope": { "kind": "chosen", "tags": ["1.0"] } }])).await;
        assert_eq!(ids(&entitled.get("/api/v1/artifacts").await), [ship.as_str()]);
        assert_eq!(seen_tags(&entitled, &ship).await, ["1.0"]);
        entitled.pull("acme/ship", "1.0").await.expect(200);
        entitled.pull("acme/ship", "2.0").await.expect(404);
        entitled.get(&format!("/api/v1/artifacts/{chart}")).await.expect_problem(404, "not_found", "");
        assert_eq!(other.get("/api/v1/artifacts").await.json(), json!([]));
        other.pull("acme/ship", "1.0").await.expect(404);
        hub.acme.admin.pull("acme/ship", "2.0").await.expect(200);
        let events = hub.acme.admin.get("/api/v1/audit-events?limit=2").await.json();
        assert_eq!(events[0]["kind"], "artifact_entitlement.created");
        assert_eq!(events[0]["customerOrganizationId"], json!(initech));
        assert_eq!(events[0]["details"]["after"]["artifacts"][0]["tags"], json!(["1.0"]));
        assert_eq!(events[1]["kind"], "organization.artifact_restriction_changed");
        assert_eq!(events[1]["details"], json!({ "before": { "restricted": false }, "after": { "restricted": true } }));
    }

    async fn an_entitlement_that_has_expired_restricts_all_the_same(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let (ship, _) = stocked(&hub.acme).await;
        let member = hub.customer(&initech, Role::ReadOnly).await;
        let body = json!({
            "name": "Old", "customerOrganizationId": initech, "artifacts": all_of(&ship), "expiresAt": "2026-11-24T12:00:00Z",
        });
        hub.acme.admin.post(ENTITLEMENTS, body).await.expect(200);
        member.pull("acme/ship", "1.0").await.expect(404);
    }

    async fn entitlements_add_up_and_end_at_their_moment(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let (ship, _) = stocked(&hub.acme).await;
        let member = hub.customer(&initech, Role::ReadOnly).await;
        for (name, tag, expires_at) in
            [("One", "1.0", json!("2026-11-24T13:00:00Z")), ("Two", "2.0", json!("2026-11-24T14:00:00Z"))]
        {
            let artifacts = json!([{ "artifactId": ship, "scope": { "kind": "chosen", "tags": [tag] } }]);
            let body = json!({
                "name": name, "customerOrganizationId": initech, "artifacts": artifacts, "expiresAt": expires_at,
            });
            hub.acme.admin.post(ENTITLEMENTS, body).await.expect(200);
        }
        assert_eq!(seen_tags(&member, &ship).await, ["1.0", "2.0"]);
        hub.clock.advance(TimeDelta::hours(1) - TimeDelta::microseconds(1));
        assert_eq!(seen_tags(&member, &ship).await, ["1.0", "2.0"]);
        hub.clock.advance(TimeDelta::microseconds(1));
        assert_eq!(seen_tags(&member, &ship).await, ["2.0"]);
        member.pull("acme/ship", "1.0").await.expect(404);
        member.pull("acme/ship", "2.0").await.expect(200);
        hub.clock.advance(TimeDelta::hours(1));
        assert_eq!(member.get("/api/v1/artifacts").await.json(), json!([]));
        member.pull("acme/ship", "2.0").await.expect(404);
        hub.acme.entitle(&initech, "Three", all_of(&ship)).await;
        assert_eq!(seen_tags(&member, &ship).await, ["1.0", "2.0"]);
    }

    async fn a_repeat_with_its_key_creates_nothing_more(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let (ship, _) = stocked(&hub.acme).await;
        let body = json!({ "name": "Gold", "customerOrganizationId": initech, "artifacts": all_of(&ship) });
        let send = || hub.acme.admin.request(Method::POST, ENTITLEMENTS).header("idempotency-key", "one").json(&body).send();
        let first = send().await.expect(200);
        let again = send().await.expect(200);
        assert_eq!((again.header("idempotent-replayed"), &again.body), ("true", &first.body));
        assert_eq!(ids(&hub.acme.admin.get(ENTITLEMENTS).await), [first.id()]);
    }

    async fn without_the_plan_entitlements_are_closed_and_stay_enforced(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let (ship, _) = stocked(&hub.acme).await;
        let member = hub.customer(&initech, Role::ReadOnly).await;
        let one = json!([{ "artifactId": ship, "scope": { "kind": "chosen", "tags": ["1.0"] } }]);
        let path = format!("{ENTITLEMENTS}/{}", hub.acme.entitle(&initech, "Gold", one).await);
        change_plan(&hub.ops, "acme", Subscription { plan: Plan::Community, until: None }).await.unwrap();
        let admin = &hub.acme.admin;
        let body = json!({ "name": "x", "customerOrganizationId": initech, "artifacts": all_of(&ship) });
        for (method, path) in [
            (Method::GET, ENTITLEMENTS.to_owned()),
            (Method::POST, ENTITLEMENTS.to_owned()),
            (Method::GET, path.clone()),
            (Method::PUT, path.clone()),
            (Method::DELETE, path.clone()),
            (Method::GET, format!("/api/v1/access/explain?customer={initech}&artifact=ship&reference=1.0")),
            (Method::GET, format!("/api/v1/access/sight?customer={initech}")),
        ] {
            admin.request(method, &path).json(&body).send().await.expect_problem(403, "plan_required", "");
        }
        assert_eq!(seen_tags(&member, &ship).await, ["1.0"]);
        member.pull("acme/ship", "2.0").await.expect(404);
        admin.get("/api/v1/artifacts").await.expect(200);
        change_plan(&hub.ops, "acme", Subscription { plan: Plan::Pro, until: None }).await.unwrap();
        admin.get(&path).await.expect(200);
    }
}
