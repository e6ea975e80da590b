//! What a change of a license key or secret does to the deployments that read it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::{START, TestHub};
use serde_json::{Value, json};

use crate::snapshot::check;

/// Deploys with this env file; the deployment's id.
async fn deployed(hub: &TestHub, target: &str, version: &str, env: &str) -> String {
    let body = json!({
        "deploymentTargetId": target, "applicationVersionId": version, "envFileData": STANDARD.encode(env),
    });
    let ids = async || {
        let all = hub.acme.admin.deployments_at(target).await;
        all.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let before = ids().await;
    hub.acme.admin.deploy(body).await.expect(204);
    // The clock stands still, so deployments of one test are in no order.
    ids().await.into_iter().find(|id| !before.contains(id)).unwrap()
}

async fn revisions(hub: &TestHub, id: &str) -> Vec<Value> {
    let list = hub.acme.admin.get(&format!("/api/v1/deployments/{id}/revisions")).await.expect(200).json();
    list.as_array().unwrap().clone()
}

fn affected(reply: &grantry_testkit::reply::Reply) -> Vec<String> {
    let json = reply.json();
    let list = json["affectedDeployments"].as_array().unwrap();
    list.iter().map(|one| one["deploymentId"].as_str().unwrap().to_owned()).collect()
}

both_engines! {
    async fn a_revised_license_key_redeploys_what_reads_it_once_that_is_confirmed(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        let application = hub.acme.add_application("Fleet").await;
        let version = hub.acme.add_version(&application, "1.0").await;
        let plant = hub.acme.admin.add_target("Plant", Some(&initech)).await;
        let tower = hub.acme.admin.add_target("Tower", Some(&hooli)).await;
        let key = hub.acme.add_license_key("FLEET", Some(&initech)).await;
        let wide = hub.acme.add_license_key("Every Body", None).await;
        hub.acme.add_license_key("OTHER", Some(&initech)).await;
        let reads = deployed(&hub, &plant, &version, "T={{ .LicenseKeys.FLEET }}").await;
        let reads_not = deployed(&hub, &plant, &version, "T={{ .LicenseKeys.OTHER }}").await;
        let by_alias = deployed(&hub, &tower, &version, "T={{ .LicenseKeys.EVERY_BODY }}").await;

        let path = format!("/api/v1/license-keys/{key}");
        let change = json!({ "payload": { "seats": 7 } });
        let asked = hub.acme.admin.put(&path, change.clone()).await;
        check("license_key_update_affects", &asked);
        for confirm in ["", "?confirm=false", "?confirm=1"] {
            hub.acme.admin.put(&format!("{path}{confirm}"), change.clone()).await.expect(409);
        }
        assert_eq!(hub.acme.admin.get(&path).await.json()["revision"], json!(1), "nothing was changed");
        assert_eq!(revisions(&hub, &reads).await.len(), 1);

        hub.acme.admin.put(&path, json!({ "description": "Words" })).await.expect(200);
        let done = hub.acme.admin.put(&format!("{path}?confirm=true"), change.clone()).await.expect(200);
        assert_eq!(affected(&done), [reads.as_str()]);
        let all = revisions(&hub, &reads).await;
        assert_eq!(all.len(), 2);
        assert_eq!(all[0]["reason"], json!("license key FLEET revised"));
        assert_eq!(all[0]["envFileData"], all[1]["envFileData"]);
        assert_eq!(revisions(&hub, &reads_not).await.len(), 1);
        let same = hub.acme.admin.put(&path, change).await.expect(200);
        assert_eq!(same.json()["affectedDeployments"], json!([]), "no revision, no redeployment");

        let path = format!("/api/v1/license-keys/{wide}");
        let asked = hub.acme.admin.put(&path, json!({ "payload": { "seats": 7 } })).await.expect(409);
        assert_eq!(affected(&asked), [by_alias.as_str()]);
        let kinds = hub.acme.admin.get("/api/v1/audit-events?kind=deployment.revised").await.json();
        assert_eq!(kinds.as_array().unwrap().len(), 1);
    }

    async fn a_license_key_or_secret_that_is_read_is_not_deleted(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let application = hub.acme.add_application("Fleet").await;
        let version = hub.acme.add_version(&application, "1.0").await;
        let plant = hub.acme.admin.add_target("Plant", Some(&initech)).await;
        let key = format!("/api/v1/license-keys/{}", hub.acme.add_license_key("FLEET", Some(&initech)).await);
        let secret = format!("/api/v1/secrets/{}", hub.acme.admin.add_secret("DB", "v", Some(&initech)).await);
        let id = deployed(&hub, &plant, &version, "T={{ .LicenseKeys.FLEET }}\nP={{ .Secrets.DB }}").await;
        for path in [&key, &secret] {
            for confirm in ["", "?confirm=true"] {
                let refused = hub.acme.admin.delete(&format!("{path}{confirm}")).await.expect(409);
                assert_eq!(affected(&refused), [id.as_str()]);
                assert_eq!(refused.header("content-type"), "application/json");
            }
        }
        hub.acme.admin.delete(&format!("/api/v1/deployments/{id}")).await.expect(200);
        for path in [&key, &secret] {
            hub.acme.admin.delete(path).await.expect(204);
        }
    }

    async fn a_changed_secret_redeploys_what_reads_it_once_that_is_confirmed(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        let application = hub.acme.add_application("Fleet").await;
        let version = hub.acme.add_version(&application, "1.0").await;
        let member = hub.customer(&initech, Role::ReadWrite).await;
        let mut ids = Vec::new();
        for owner in [Some(&initech), Some(&hooli), None] {
            let target = hub.acme.admin.add_target("Plant", owner.map(String::as_str)).await;
            hub.acme.admin.add_secret("DB", "one", owner.map(String::as_str)).await;
            ids.push(deployed(&hub, &target, &version, "P={{ .Secrets.DB }}").await);
            // Any name may be meant here, so it counts as read, and whether it is told by what comes out.
            deployed(&hub, &target, &version, "P={{ range $k, $v := .Secrets }}{{ $k }}{{ end }}").await;
        }
        let secret = member.get("/api/v1/secrets").await.field("/0/id");
        let path = format!("/api/v1/secrets/{secret}");
        let asked = member.put(&path, json!({ "value": "two" })).await.expect(409);
        assert_eq!(affected(&asked), [ids[0].as_str()]);
        let done = member.put(&format!("{path}?confirm=true"), json!({ "value": "two" })).await.expect(200);
        assert_eq!(affected(&done), [ids[0].as_str()]);
        assert_eq!(revisions(&hub, &ids[0]).await[0]["reason"], json!("secret DB changed"));
        assert_eq!(revisions(&hub, &ids[1]).await.len() + revisions(&hub, &ids[2]).await.len(), 2);
        let same = member.put(&path, json!({ "value": "two" })).await.expect(200);
        assert_eq!(same.json()["affectedDeployments"], json!([]), "the same value changes nothing that runs");
    }

    async fn what_has_expired_is_not_redeployed_and_that_is_said(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let application = hub.acme.add_application("Fleet").await;
        let version = hub.acme.add_version(&application, "1.0").await;
        let end = START + TimeDelta::days(1);
        hub.acme.entitle_to((&initech, &application), "Gold", json!({ "expiresAt": end })).await;
        let plant = hub.acme.admin.add_target("Plant", Some(&initech)).await;
        let secret = hub.acme.admin.add_secret("DB", "one", Some(&initech)).await;
        let id = deployed(&hub, &plant, &version, "P={{ .Secrets.DB }}").await;
        hub.clock.advance(TimeDelta::days(2));
        let path = format!("/api/v1/secrets/{secret}");
        let asked = hub.acme.admin.put(&path, json!({ "value": "two" })).await.expect(409).json();
        assert_eq!(asked["affectedDeployments"][0]["skipped"], json!("license_expired"));
        let done = hub.acme.admin.put(&format!("{path}?confirm=true"), json!({ "value": "two" })).await.expect(200).json();
        assert_eq!(done["affectedDeployments"], asked["affectedDeployments"]);
        assert_eq!(revisions(&hub, &id).await.len(), 1);
    }

    async fn a_value_that_can_not_stand_where_it_is_read_keeps_what_runs(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let application = hub.acme.add_chart_application("Fleet").await;
        let version = hub.acme.add_chart_version(&application, "1.0").await;
        let body = json!({ "name": "Cluster", "type": "kubernetes", "namespace": "fleet", "scope": "namespace" });
        let target = hub.acme.admin.post("/api/v1/deployment-targets", body).await.expect(200).id();
        let secret = hub.acme.admin.add_secret("DB", "one", None).await;
        let body = json!({
            "deploymentTargetId": target, "applicationVersionId": version, "releaseName": "fleet",
            "valuesYaml": STANDARD.encode("password: {{ .Secrets.DB }}\n"),
        });
        hub.acme.admin.deploy(body).await.expect(204);
        let path = format!("/api/v1/secrets/{secret}?confirm=true");
        let done = hub.acme.admin.put(&path, json!({ "value": "a: b" })).await.expect(200).json();
        assert_eq!(done["affectedDeployments"][0]["skipped"], json!("not_renderable"));
        assert_eq!(hub.acme.admin.deployments_at(&target).await[0]["revision"], json!(1));
    }
}
