//! `PUT /api/v1/deployments` and `DELETE /api/v1/deployments/{id}`

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::{Value, json};

use crate::snapshot::check;

const UNKNOWN: &str = "0193606c-8f3a-7000-8000-000000000001";

fn text(text: &str) -> Value {
    json!(STANDARD.encode(text))
}

both_engines! {
    async fn a_published_client_deploys_without_saying_how(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let application = hub.acme.add_application("Fleet").await;
        let version = hub.acme.add_version(&application, "1.0").await;
        let target = hub.acme.admin.add_target("Plant", None).await;
        assert_eq!(hub.acme.admin.deployments_at(&target).await, json!([]));
        let body = json!({ "deploymentTargetId": target, "applicationVersionId": version });
        let deployed = hub.vendor(Role::ReadWrite).await.deploy(body).await.expect(204);
        assert!(deployed.body.is_empty());
        check("deployment_deploy", &hub.acme.admin.get(&format!("/api/v1/deployment-targets/{target}")).await);
    }

    async fn a_chart_is_deployed_as_a_release(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let application = hub.acme.add_chart_application("Fleet").await;
        let version = hub.acme.add_chart_version(&application, "1.0").await;
        let body = json!({ "name": "Cluster", "type": "kubernetes", "namespace": "fleet", "scope": "namespace" });
        let target = hub.acme.admin.post("/api/v1/deployment-targets", body).await.expect(200).id();
        let helm = json!({ "timeout": "5m", "waitStrategy": "legacy", "rollbackOnFailure": true, "cleanupOnFailure": false, "forceConflicts": false });
        let body = json!({
            "deploymentTargetId": target, "applicationVersionId": version, "releaseName": "fleet", "valuesYaml": text("replicas: 2\n"),
            "ignoreRevisionSkew": true, "helmOptions": helm,
        });
        let deploy = async |change: &[(&str, Value)]| {
            let mut body = body.clone();
            for (field, value) in change {
                body[*field] = value.clone();
            }
            hub.acme.admin.deploy(body).await
        };
        for (field, value, code, named) in [
            ("releaseName", json!(null), "release_name_missing", "releaseName"),
            ("releaseName", json!("Fleet"), "release_name_malformed", "releaseName"),
            ("releaseName", json!("a".repeat(54)), "release_name_malformed", "releaseName"),
            ("dockerType", json!("compose"), "wrong_kind", "dockerType"),
            ("envFileData", text("A=1"), "wrong_kind", "envFileData"),
            ("valuesYaml", text("replicas: [1"), "values_malformed", "valuesYaml"),
            ("valuesYaml", text("- 1"), "values_malformed", "valuesYaml"),
            ("valuesYaml", text("license: none"), "values_unmergeable", "valuesYaml"),
            ("valuesYaml", text("key: {{ .Secrets.MISSING }}"), "template_unrenderable", "valuesYaml"),
            ("valuesYaml", json!("&"), "json_malformed", "valuesYaml"),
            ("helmOptions", json!({ "timeout": "0s", "waitStrategy": "legacy" }), "timeout_out_of_range", "helmOptions"),
            ("helmOptions", json!({ "timeout": "1m", "waitStrategy": "forever" }), "wait_strategy_unknown", "helmOptions"),
            ("helmOptions", json!({ "timeout": "soon", "waitStrategy": "legacy" }), "json_malformed", "helmOptions.timeout"),
        ] {
            deploy(&[(field, value)]).await.expect_problem(400, code, named);
        }
        deploy(&[]).await.expect(204);
        let deployments = hub.acme.admin.deployments_at(&target).await;
        assert_eq!(deployments[0]["releaseName"], json!("fleet"));
        assert_eq!(deployments[0]["helmOptions"]["timeout"], json!("5m0s"));
        assert_eq!(deployments[0]["valuesYaml"], text("replicas: 2\n"));
        deploy(&[]).await.expect_problem(400, "release_name_taken", "releaseName");
        deploy(&[("releaseName", json!("fleet-2"))]).await.expect(204);
        assert_eq!(hub.acme.admin.deployments_at(&target).await.as_array().unwrap().len(), 2);
    }

    async fn whoever_names_nothing_of_theirs_is_told_which_field(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let hooli = hub.acme.add_customer("Hooli").await;
        let globex = hub.add_vendor("Globex", "globex").await;
        let application = hub.acme.add_application("Fleet").await;
        let other_application = hub.acme.add_application("Other").await;
        let charts = hub.acme.add_chart_application("Charts").await;
        let foreign_application = globex.add_application("Fleet").await;
        let version = hub.acme.add_version(&application, "1.0").await;
        let other = hub.acme.add_version(&other_application, "1.0").await;
        let chart = hub.acme.add_chart_version(&charts, "1.0").await;
        let foreign = globex.add_version(&foreign_application, "1.0").await;
        let target = hub.acme.admin.add_target("Plant", Some(&initech)).await;
        let other_target = hub.acme.admin.add_target("Plant", Some(&hooli)).await;
        let foreign_target = globex.admin.add_target("Plant", None).await;
        let body = json!({ "deploymentTargetId": target, "applicationVersionId": version });
        hub.acme.admin.deploy(body.clone()).await.expect(204);
        let id = hub.acme.admin.deployments_at(&target).await[0]["id"].clone();
        let member = hub.customer(&initech, Role::ReadWrite).await;
        for client in [&hub.acme.admin, &member] {
            for (field, value, code) in [
                ("deploymentTargetId", json!(null), "target_missing"),
                ("deploymentTargetId", json!(UNKNOWN), "target_unknown"),
                ("deploymentTargetId", json!(foreign_target), "target_unknown"),
                ("applicationVersionId", json!(null), "version_missing"),
                ("applicationVersionId", json!(UNKNOWN), "version_unknown"),
                ("applicationVersionId", json!(foreign), "version_unknown"),
                ("applicationVersionId", json!(chart), "kind_mismatch"),
                ("deploymentId", json!(UNKNOWN), "deployment_unknown"),
                ("applicationEntitlementId", json!(UNKNOWN), "entitlement_unknown"),
                ("releaseName", json!("fleet"), "wrong_kind"),
                ("valuesYaml", text("a: 1"), "wrong_kind"),
                ("ignoreRevisionSkew", json!(true), "wrong_kind"),
                ("envFileData", text("A={{ .Secrets.MISSING }}"), "template_unrenderable"),
                ("envFileData", text("A={{ .LicenseKeys.MISSING }}"), "template_unrenderable"),
                ("envFileData", text("A={{ if"), "template_malformed"),
                ("envFileData", text("=1"), "env_file_malformed"),
                ("envFileData", json!(STANDARD.encode([0xff])), "not_utf8"),
            ] {
                let mut body = body.clone();
                body[field] = value;
                client.deploy(body).await.expect_problem(400, code, field);
            }
            let moved = json!({ "deploymentTargetId": target, "applicationVersionId": other, "deploymentId": id });
            client.deploy(moved).await.expect_problem(400, "application_fixed", "applicationVersionId");
        }
        let elsewhere = json!({ "deploymentTargetId": other_target, "applicationVersionId": version, "deploymentId": id });
        hub.acme.admin.deploy(elsewhere.clone()).await.expect_problem(400, "deployment_unknown", "deploymentId");
        member.deploy(elsewhere).await.expect_problem(400, "target_unknown", "deploymentTargetId");
        assert_eq!(hub.acme.admin.deployments_at(&target).await.as_array().unwrap().len(), 1, "nothing else was made");
        let reader = hub.customer(&initech, Role::ReadOnly).await;
        reader.deploy(body.clone()).await.expect_problem(403, "forbidden", "");
        globex.admin.deploy(body).await.expect_problem(400, "target_unknown", "deploymentTargetId");
    }

    async fn what_is_deployed_reads_what_its_customer_has_and_shows_none_of_it(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let application = hub.acme.add_application("Fleet").await;
        let version = hub.acme.add_version(&application, "1.0").await;
        let target = hub.acme.admin.add_target("Plant", Some(&initech)).await;
        let own = hub.acme.admin.add_target("Own", None).await;
        hub.acme.add_license_key("FLEET", Some(&initech)).await;
        hub.acme.add_license_key("Every Body", None).await;
        hub.acme.admin.add_secret("DB", "hunter-2-hunter", Some(&initech)).await;
        let env = "T={{ .LicenseKeys.FLEET }}\nE={{ .LicenseKeys.EVERY_BODY }}\nP={{ .Secrets.DB }}\n";
        let body = json!({ "deploymentTargetId": target, "applicationVersionId": version, "envFileData": text(env) });
        hub.customer(&initech, Role::ReadWrite).await.deploy(body.clone()).await.expect(204);
        let shown = hub.acme.admin.get(&format!("/api/v1/deployment-targets/{target}")).await;
        assert_eq!(shown.json()["deployments"][0]["envFileData"], text(env));
        let mut at_own = body.clone();
        at_own["deploymentTargetId"] = json!(own);
        hub.acme.admin.deploy(at_own.clone()).await.expect_problem(400, "template_unrenderable", "envFileData");
        hub.acme.admin.add_secret("DB", "vendor-1-vendor", None).await;
        at_own["envFileData"] = text("E={{ .LicenseKeys.EVERY_BODY }}\nP={{ .Secrets.DB }}\n");
        hub.acme.admin.deploy(at_own).await.expect(204);
        let log = hub.acme.admin.get("/api/v1/audit-events?limit=1000").await;
        assert!(log.text().contains("deployment.created"));
        for answer in [&shown, &log, &hub.acme.admin.get("/api/v1/deployment-targets").await] {
            let text = answer.text();
            assert!(!text.contains("hunter-2") && !text.contains("vendor-1") && !text.contains("eyJ"), "{answer}");
        }
    }

    async fn who_deploys_is_told_what_the_version_asks_of_its_host(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let application = hub.acme.add_application("Fleet").await;
        let compose = "services:\n  fleet:\n    image: a\n    privileged: true\n    volumes:\n      - /etc:/host\n";
        let version = hub.acme.add_version_of(&application, "1.0", compose).await;
        let target = hub.acme.admin.add_target("Plant", None).await;
        hub.acme.admin.add_secret("DB", "v", None).await;
        let body = json!({ "deploymentTargetId": target, "applicationVersionId": version, "envFileData": text("P={{ .Secrets.DB }}") });
        check("deployment_preview", &hub.acme.admin.post("/api/v1/deployments/preview", body.clone()).await);
        let mut wrong = body;
        wrong["envFileData"] = text("P={{ .Secrets.NOT }}");
        let refused = hub.acme.admin.post("/api/v1/deployments/preview", wrong).await;
        refused.expect_problem(400, "template_unrenderable", "envFileData");
        assert_eq!(hub.acme.admin.deployments_at(&target).await, json!([]), "nothing was deployed");
    }

    async fn undeploying_ends_it_for_good(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let hooli = hub.acme.add_customer("Hooli").await;
        let globex = hub.add_vendor("Globex", "globex").await;
        let application = hub.acme.add_application("Fleet").await;
        let version = hub.acme.add_version(&application, "1.0").await;
        let member = hub.customer(&initech, Role::ReadWrite).await;
        let target = member.add_target("Plant", None).await;
        let body = json!({ "deploymentTargetId": target, "applicationVersionId": version });
        member.deploy(body).await.expect(204);
        let path = format!("/api/v1/deployments/{}", member.deployments_at(&target).await[0]["id"].as_str().unwrap());
        for stranger in [&globex.admin, &hub.customer(&hooli, Role::Admin).await] {
            stranger.delete(&path).await.expect_problem(404, "not_found", "");
            stranger.get(&format!("{path}/revisions")).await.expect_problem(404, "not_found", "");
            stranger.post(&format!("{path}/rollback"), json!({ "revision": 1 })).await.expect_problem(404, "not_found", "");
        }
        hub.customer(&initech, Role::ReadOnly).await.delete(&path).await.expect_problem(403, "forbidden", "");
        let ended = member.delete(&path).await.expect(200);
        assert!(ended.body.is_empty());
        member.delete(&path).await.expect_problem(404, "not_found", "");
        assert_eq!(member.deployments_at(&target).await, json!([]));
        let events = hub.acme.admin.get("/api/v1/audit-events?kind=deployment.&limit=10").await.json();
        let kinds: Vec<_> = events.as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["deployment.ended", "deployment.created"]);
        assert_eq!(events[0]["details"]["keepVolumes"], json!(true));
    }
}
