//! What the scopes of artifact entitlements grant: in the API, by the registry, and when tags move or come.

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::{Value, json};

use super::seen_tags;

const ENTITLEMENTS: &str = "/api/v1/artifact-entitlements";

async fn entitle(hub: &TestHub, customer: &str, artifact: &str, rest: Value) -> Value {
    let mut grant = json!({ "artifactId": artifact });
    grant.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    let body = json!({ "name": "Gold", "customerOrganizationId": customer, "artifacts": [grant] });
    hub.acme.admin.post(ENTITLEMENTS, body).await.expect(200).json()
}

both_engines! {
    async fn each_scope_grants_its_tags_and_no_other(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for tag in ["1.0", "2.0", "2.1", "v2.2", "3.0-rc.1", "latest"] {
            hub.acme.push("ship", tag).await;
        }
        let ship = hub.acme.artifact_id("ship").await;
        let all: &[&str] = &["1.0", "2.0", "2.1", "3.0-rc.1", "latest", "v2.2"];
        for (number, (scope, seen, later)) in [
            (json!({}), all, true),
            (json!({ "versionIds": null }), all, true),
            (json!({ "scope": { "kind": "all" } }), all, true),
            (json!({ "scope": { "kind": "chosen", "tags": ["2.0", "latest"] } }), &["2.0", "latest"], false),
            (json!({ "scope": { "kind": "current" } }), all, false),
            (json!({ "scope": { "kind": "pattern", "expression": "2.*" } }), &["2.0", "2.1"], true),
            (json!({ "scope": { "kind": "pattern", "expression": "?.0" } }), &["1.0", "2.0"], false),
            (json!({ "scope": { "kind": "pattern", "expression": "LATEST" } }), &[], false),
        ].into_iter().enumerate() {
            let customer = hub.acme.add_customer(&format!("Customer {number}")).await;
            let member = hub.customer(&customer, Role::ReadOnly).await;
            entitle(&hub, &customer, &ship, scope.clone()).await;
            assert_eq!(seen_tags(&member, &ship).await, seen, "{scope}");
            for tag in all {
                let expected = if seen.contains(tag) { 200 } else { 404 };
                member.pull("acme/ship", tag).await.expect(expected);
            }
            let new = format!("2.9{number}");
            hub.acme.push("ship", &new).await;
            assert_eq!(seen_tags(&member, &ship).await.contains(&new), later, "{scope} and {new}");
            hub.acme.admin.delete(&format!("/api/v1/artifacts/{ship}/tags/{new}")).await.expect(204);
        }
        let customer = hub.acme.add_customer("Range").await;
        let member = hub.customer(&customer, Role::ReadOnly).await;
        for tag in ["2.3.0", "v2.4.0", "2.5.0-rc.1", "3.0.0"] {
            hub.acme.push("ship", tag).await;
        }
        entitle(&hub, &customer, &ship, json!({ "scope": { "kind": "range", "expression": ">=2, <3" } })).await;
        let seen = seen_tags(&member, &ship).await;
        assert!(seen.contains(&"2.3.0".to_owned()) && seen.contains(&"v2.4.0".to_owned()), "{seen:?}");
        for no in ["2.5.0-rc.1", "3.0.0", "latest", "1.0"] {
            assert!(!seen.contains(&no.to_owned()), "{seen:?}");
            member.pull("acme/ship", no).await.expect(404);
        }
    }

    async fn a_version_grants_its_content_and_a_tag_its_name(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.admin.put("/api/v1/organization", json!({ "name": "Acme", "artifactVersionMutable": true })).await.expect(200);
        let (by_version, by_tag) = (hub.acme.add_customer("A").await, hub.acme.add_customer("B").await);
        let old = hub.acme.push_image("ship", "stable", "one").await;
        hub.acme.push_image("ship", "1.0", "one").await;
        let ship = hub.acme.artifact_id("ship").await;
        let version = hub.acme.admin.get(&format!("/api/v1/artifacts/{ship}")).await.field("/versions/0/id");
        let shown = hub.acme.admin.get(&format!("/api/v1/artifacts/{ship}")).await.json();
        let tags = shown["versions"][0]["tags"].as_array().unwrap();
        let stable = tags.iter().find(|tag| tag["name"] == "stable").unwrap()["id"].clone();
        let created = entitle(&hub, &by_version, &ship, json!({ "versionIds": [version] })).await;
        assert_eq!(created["artifacts"][0]["versionIds"], json!([version]));
        assert_eq!(created["artifacts"][0]["scope"], json!({ "kind": "chosen", "tags": [] }));
        let created = entitle(&hub, &by_tag, &ship, json!({ "versionIds": [stable] })).await;
        assert_eq!(created["artifacts"][0]["versionIds"], json!([stable]));
        assert_eq!(created["artifacts"][0]["scope"], json!({ "kind": "chosen", "tags": ["stable"] }));
        let (a, b) = (hub.customer(&by_version, Role::ReadOnly).await, hub.customer(&by_tag, Role::ReadOnly).await);
        assert_eq!(seen_tags(&a, &ship).await, ["1.0", "stable"], "both tags of the version");
        assert_eq!(seen_tags(&b, &ship).await, ["stable"], "and not another tag of the same version");
        for member in [&a, &b] {
            member.pull("acme/ship", &old.digest).await.expect(200);
        }
        let new = hub.acme.push_image("ship", "stable", "two").await;
        assert_eq!(seen_tags(&a, &ship).await, ["1.0"], "the content stays");
        assert_eq!(seen_tags(&b, &ship).await, ["stable"], "the tag is followed");
        a.pull("acme/ship", &old.digest).await.expect(200);
        a.pull("acme/ship", &new.digest).await.expect(404);
        b.pull("acme/ship", &new.digest).await.expect(200);
        b.pull("acme/ship", &old.digest).await.expect(404);
    }

    async fn a_grant_covers_what_its_pull_needs_and_what_is_attached(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let granted = hub.acme.push_index("ship", "2.0", &["amd64", "arm64"]).await;
        let other = hub.acme.push("ship", "1.0").await;
        let sbom = hub.acme.attach("ship", &granted, "application/spdx+json").await;
        let of_sbom = hub.acme.attach("ship", &sbom, "application/vnd.dsse.envelope.v1+json").await;
        let other_sbom = hub.acme.attach("ship", &other, "application/spdx+json").await;
        hub.acme.sign("ship", &granted.children[0]).await;
        hub.acme.sign("ship", &other).await;
        let ship = hub.acme.artifact_id("ship").await;
        entitle(&hub, &initech, &ship, json!({ "scope": { "kind": "chosen", "tags": ["2.0"] } })).await;
        let member = hub.customer(&initech, Role::ReadOnly).await;
        for reference in [
            "2.0",
            &granted.digest,
            &granted.children[0].digest,
            &granted.children[1].digest,
            &sbom.digest,
            &of_sbom.digest,
            &granted.children[0].attached_tag(".sig"),
        ] {
            member.pull("acme/ship", reference).await.expect(200);
        }
        for blob in [&granted.children[0].layer, &granted.children[1].config, &sbom.layer] {
            member.pull_blob("acme/ship", blob).await.expect(200);
        }
        for reference in ["1.0", &other.digest, &other_sbom.digest, &other.attached_tag(".sig")] {
            let refused = member.pull("acme/ship", reference).await.expect(404);
            let missing = member.pull("acme/ship", "nothing").await;
            assert_eq!(refused.body, missing.body, "as if it were not there");
        }
        for blob in [&other.layer, &other.config, &other_sbom.layer] {
            member.pull_blob("acme/ship", blob).await.expect(404);
        }
    }
}
