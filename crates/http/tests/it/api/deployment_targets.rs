//! `/api/v1/deployment-targets`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::json;

use super::{ids, names};
use crate::snapshot::check;

const TARGETS: &str = "/api/v1/deployment-targets";
const UNKNOWN: &str = "0193606c-8f3a-7000-8000-000000000001";

both_engines! {
    async fn a_target_is_created_as_a_published_client_does(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let body = json!({
            "name": " Plant ", "type": "docker", "deployments": [], "metricsEnabled": false, "imageCleanupEnabled": false,
            "deploymentLogsEnabled": false, "autohealEnabled": false, "automaticUpdatesEnabled": true,
        });
        let own = hub.vendor(Role::ReadWrite).await.post(TARGETS, body).await;
        check("deployment_target_create", &own);
        let body = json!({
            "name": "Cluster", "type": "kubernetes", "namespace": "fleet", "scope": "namespace",
            "customerOrganization": { "id": initech }, "metricsEnabled": true, "deploymentLogsEnabled": true,
            "deploymentLogsAfter": "2026-11-24T14:00:00+02:00",
            "resources": { "cpuRequest": "100m", "memoryRequest": "64Mi", "cpuLimit": "1", "memoryLimit": "1Gi" },
        });
        let cluster = hub.acme.admin.post(TARGETS, body).await;
        check("deployment_target_create_kubernetes", &cluster);
        let shown = hub.acme.admin.get(&format!("{TARGETS}/{}", cluster.id())).await.expect(200);
        assert_eq!(shown.body, cluster.body);
        assert_eq!(names(&hub.acme.admin.get(TARGETS).await), ["Plant", "Cluster"]);
    }

    async fn what_is_not_valid_names_its_field(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let globex = hub.add_vendor("Globex", "globex").await;
        let foreign = globex.add_customer("Hooli").await;
        let resources = json!({ "cpuRequest": "a lot", "memoryRequest": "64Mi", "cpuLimit": "1", "memoryLimit": "1Gi" });
        for (body, code, field) in [
            (json!({ "name": " ", "type": "docker" }), "name_blank", "name"),
            (json!({ "name": "A" }), "kind_unknown", "type"),
            (json!({ "name": "A", "type": "nomad" }), "kind_unknown", "type"),
            (json!({ "name": "A", "type": "docker", "namespace": "x" }), "wrong_kind", "namespace"),
            (json!({ "name": "A", "type": "docker", "resources": resources }), "wrong_kind", "resources"),
            (json!({ "name": "A", "type": "docker", "dockerEndpoint": "tcp://x" }), "endpoint_malformed", "dockerEndpoint"),
            (json!({ "name": "A", "type": "kubernetes", "scope": "cluster" }), "kubernetes_field_missing", "namespace"),
            (json!({ "name": "A", "type": "kubernetes", "namespace": "x" }), "kubernetes_field_missing", "scope"),
            (json!({ "name": "A", "type": "kubernetes", "namespace": "X", "scope": "cluster" }), "namespace_malformed", "namespace"),
            (json!({ "name": "A", "type": "kubernetes", "namespace": "x", "scope": "all" }), "scope_unknown", "scope"),
            (json!({ "name": "A", "type": "kubernetes", "namespace": "x", "scope": "cluster", "autohealEnabled": true }), "wrong_kind", "autohealEnabled"),
            (json!({ "name": "A", "type": "kubernetes", "namespace": "x", "scope": "cluster", "resources": resources }), "quantity_malformed", "resources"),
            (json!({ "name": "A", "type": "docker", "customerOrganization": { "id": UNKNOWN } }), "customer_unknown", "customerOrganization"),
            (json!({ "name": "A", "type": "docker", "customerOrganization": { "id": foreign } }), "customer_unknown", "customerOrganization"),
            (json!({ "name": "A", "type": "docker", "customerOrganization": { "id": "" } }), "json_malformed", "customerOrganization.id"),
        ] {
            hub.acme.admin.post(TARGETS, body).await.expect_problem(400, code, field);
        }
        assert_eq!(hub.acme.admin.get(TARGETS).await.json(), json!([]));
        hub.acme.admin.add_target("Plant", None).await;
        let again = json!({ "name": "pLANT", "type": "docker" });
        hub.acme.admin.post(TARGETS, again).await.expect_problem(400, "name_taken", "name");
    }

    async fn name_and_options_change_and_the_rest_stays(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let id = hub.acme.admin.add_target("Plant", Some(&initech)).await;
        let path = format!("{TARGETS}/{id}");
        let shown = hub.acme.admin.get(&path).await.json();
        let mut body = shown.clone();
        body["name"] = json!("Plant 7");
        body["dockerEndpoint"] = json!("unix:///run/user/1000/docker.sock");
        body["imageCleanupEnabled"] = json!(true);
        body["metricsEnabled"] = json!(true);
        let changed = hub.acme.admin.put(&path, body.clone()).await.expect(200).json();
        assert_eq!(changed, body);
        for (field, value) in [
            ("type", json!("kubernetes")),
            ("autohealEnabled", json!(true)),
            ("customerOrganization", json!({ "id": UNKNOWN })),
        ] {
            let mut other = body.clone();
            other[field] = value;
            hub.acme.admin.put(&path, other).await.expect_problem(400, "unchangeable", field);
        }
        let bare = hub.acme.admin.put(&path, json!({ "name": "Plant 7" })).await.expect(200).json();
        assert_eq!((&bare["metricsEnabled"], bare.get("dockerEndpoint")), (&json!(false), None));
        hub.acme.admin.add_target("Other", Some(&initech)).await;
        hub.acme.admin.put(&path, json!({ "name": "oTHER" })).await.expect_problem(400, "name_taken", "name");
    }

    async fn customers_have_their_own_targets_and_no_others(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        let globex = hub.add_vendor("Globex", "globex").await;
        let member = hub.customer(&initech, Role::ReadWrite).await;
        let other = hub.customer(&hooli, Role::Admin).await;
        let own = hub.acme.admin.add_target("Own", None).await;
        // Whatever a customer's member names, it is their customer's.
        let id = member.add_target("Plant", Some(&hooli)).await;
        let path = format!("{TARGETS}/{id}");
        assert_eq!(ids(&member.get(TARGETS).await), [id.as_str()]);
        assert_eq!(other.get(TARGETS).await.json(), json!([]));
        assert_eq!(names(&hub.acme.admin.get(TARGETS).await), ["Own", "Plant"]);
        let of = format!("{TARGETS}?customerOrganizationId={initech}");
        assert_eq!(ids(&hub.acme.admin.get(&of).await), [id.as_str()]);
        for (stranger, path) in [(&other, &path), (&globex.admin, &path), (&member, &format!("{TARGETS}/{own}"))] {
            stranger.get(path).await.expect_problem(404, "not_found", "");
            stranger.put(path, json!({ "name": "x" })).await.expect_problem(404, "not_found", "");
            stranger.delete(path).await.expect_problem(404, "not_found", "");
            stranger.post(&format!("{path}/access-request"), json!({})).await.expect_problem(404, "not_found", "");
            stranger.get(&format!("{path}/notes")).await.expect_problem(404, "not_found", "");
            stranger.put(&format!("{path}/notes"), json!({ "notes": "x" })).await.expect_problem(404, "not_found", "");
        }
        let reader = hub.customer(&initech, Role::ReadOnly).await;
        reader.get(&path).await.expect(200);
        reader.put(&path, json!({ "name": "x" })).await.expect_problem(403, "forbidden", "");
        reader.delete(&path).await.expect_problem(403, "forbidden", "");
        reader.post(&format!("{path}/access-request"), json!({})).await.expect_problem(403, "forbidden", "");
        member.delete(&path).await.expect(204);
        hub.acme.admin.get(&path).await.expect_problem(404, "not_found", "");
    }

    async fn notes_of_one_side_are_unseen_by_the_other(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let member = hub.customer(&initech, Role::ReadWrite).await;
        let notes = format!("{TARGETS}/{}/notes", member.add_target("Plant", None).await);
        let never = json!({ "notes": "", "updatedAt": null });
        assert_eq!(hub.acme.admin.get(&notes).await.expect(200).json(), never);
        let kept = hub.acme.admin.put(&notes, json!({ "notes": "difficult customer" })).await.expect(200);
        assert_eq!(kept.json()["updatedByUserAccountID"], json!(hub.acme.admin_id));
        assert_eq!(member.get(&notes).await.json(), never);
        member.put(&notes, json!({ "notes": "difficult vendor" })).await.expect(200);
        assert_eq!(hub.acme.admin.get(&notes).await.body, kept.body);
        let log = hub.acme.admin.get("/api/v1/audit-events?limit=1000").await;
        assert!(!log.text().contains("difficult"), "what notes say is not recorded");
        member.put(&notes, json!({ "notes": "x".repeat(20_001) })).await.expect_problem(400, "notes_too_long", "notes");
    }

    async fn the_connect_command_shows_a_secret_once(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let docker = hub.acme.admin.add_target("Plant", None).await;
        let body = json!({ "name": "Cluster", "type": "kubernetes", "namespace": "fleet", "scope": "cluster" });
        let cluster = hub.acme.admin.post(TARGETS, body).await.expect(200).id();
        let mut secrets = Vec::new();
        for (id, snapshot) in [(&docker, "deployment_target_access"), (&cluster, "deployment_target_access_kubernetes")] {
            let path = format!("{TARGETS}/{id}");
            assert_eq!(hub.acme.admin.get(&path).await.json()["connectCommandMade"], json!(false));
            let connected = hub.acme.admin.post(&format!("{path}/access-request"), json!({})).await;
            check(snapshot, &connected);
            secrets.push(connected.field("/targetSecret"));
            let again = hub.acme.admin.post(&format!("{path}/access-request"), json!({})).await.expect(200);
            assert_ne!(again.field("/targetSecret"), connected.field("/targetSecret"));
            secrets.push(again.field("/targetSecret"));
            assert_eq!(hub.acme.admin.get(&path).await.json()["connectCommandMade"], json!(true));
        }
        let log = hub.acme.admin.get("/api/v1/audit-events?limit=1000").await;
        let list = hub.acme.admin.get(TARGETS).await;
        for secret in secrets {
            assert_eq!(secret.len(), 32);
            assert!(!log.text().contains(&secret) && !list.text().contains(&secret));
        }
        // As a published client sends it: without a body.
        let bare = hub.acme.admin.request(http::Method::POST, &format!("{TARGETS}/{docker}/access-request")).send().await;
        bare.expect(200);
    }

    async fn agent_versions_are_listed(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let versions = hub.acme.admin.get("/api/v1/agent-versions").await.expect(200).json();
        let target = hub.acme.admin.add_target("Plant", None).await;
        let shown = hub.acme.admin.get(&format!("{TARGETS}/{target}")).await.json();
        assert!(versions.as_array().unwrap().contains(&shown["agentVersion"]), "{versions}");
    }
}
