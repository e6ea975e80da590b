//! `/api/v1/deployments/{id}/revisions` and `…/rollback`

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use grantry_model::role::Role;
use grantry_ops::deployment::{revise, revisions};
use grantry_testdb::both_engines;
use grantry_testkit::hub::{START, TestHub};
use serde_json::{Value, json};

use crate::snapshot::check;

fn text(text: &str) -> Value {
    json!(STANDARD.encode(text))
}

both_engines! {
    async fn each_change_is_a_revision_and_any_can_be_gone_back_to(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let member = hub.customer(&initech, Role::ReadWrite).await;
        let application = hub.acme.add_application("Fleet").await;
        let one = hub.acme.add_version(&application, "1.0").await;
        let two = hub.acme.add_version(&application, "2.0").await;
        let target = member.add_target("Plant", None).await;
        let body = |version: &str, env: &str, id: Option<&Value>| json!({
            "deploymentTargetId": target, "applicationVersionId": version, "envFileData": text(env), "deploymentId": id,
        });
        hub.acme.admin.deploy(body(&one, "A=1\nB=2\n", None)).await.expect(204);
        let id = member.deployments_at(&target).await[0]["id"].clone();
        let path = format!("/api/v1/deployments/{}", id.as_str().unwrap());
        member.deploy(body(&two, "A=1\nB=3\n", Some(&id))).await.expect(204);
        check("deployment_revisions_of_a_customer", &member.get(&format!("{path}/revisions")).await);
        let all = hub.acme.admin.get(&format!("{path}/revisions")).await.expect(200).json();
        assert_eq!(all[1]["createdBy"]["id"], json!(hub.acme.admin_id), "the vendor sees who");
        assert_eq!(all[0]["createdBy"]["customerOrganizationId"], json!(initech));
        let back = member.post(&format!("{path}/rollback"), json!({ "revision": 1 })).await;
        check("deployment_rollback", &back);
        let all = member.get(&format!("{path}/revisions")).await.json();
        assert_eq!(all[0]["reason"], json!("rolled back to revision 1"));
        assert_eq!(all[0]["envFileData"], all[2]["envFileData"]);
        assert_eq!(all[0]["applicationVersionId"], all[2]["applicationVersionId"]);
        for (seq, code) in [(0, "revision_unknown"), (4, "revision_unknown"), (3, "revision_current")] {
            member.post(&format!("{path}/rollback"), json!({ "revision": seq })).await.expect_problem(400, code, "revision");
        }
        member.post(&format!("{path}/rollback"), json!({ "revision": -1 })).await.expect_problem(400, "json_malformed", "revision");
        let caller = hub.caller(&member).await;
        let found = revisions::compare(&hub.ops, &caller, id.as_str().unwrap().parse().unwrap(), (1, 2)).await.unwrap();
        let lines: Vec<_> = found.env.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(lines, ["A=1", "B=2", "B=3"]);
        assert_eq!((found.before.version_name.as_str(), found.after.version_name.as_str()), ("1.0", "2.0"));
        let again = revise::redeploy(&hub.ops, &caller, id.as_str().unwrap().parse().unwrap()).await.unwrap();
        assert_eq!((again.entry.current.seq, again.entry.current.content.force_restart), (4, true));
    }

    async fn an_archived_version_is_not_gone_back_to_and_what_runs_goes_on(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let application = hub.acme.add_application("Fleet").await;
        let one = hub.acme.add_version(&application, "1.0").await;
        let two = hub.acme.add_version(&application, "2.0").await;
        let target = hub.acme.admin.add_target("Plant", None).await;
        let body = |version: &str, id: Option<&Value>| {
            json!({ "deploymentTargetId": target, "applicationVersionId": version, "deploymentId": id })
        };
        hub.acme.admin.deploy(body(&one, None)).await.expect(204);
        let id = hub.acme.admin.deployments_at(&target).await[0]["id"].clone();
        let version = format!("/api/v1/applications/{application}/versions/{one}");
        hub.acme.admin.put(&version, json!({ "name": "1.0", "archivedAt": START })).await.expect(200);
        hub.acme.admin.deploy(body(&one, None)).await.expect_problem(400, "version_archived", "applicationVersionId");
        hub.acme.admin.deploy(body(&one, Some(&id))).await.expect(204);
        hub.acme.admin.deploy(body(&two, Some(&id))).await.expect(204);
        let path = format!("/api/v1/deployments/{}/rollback", id.as_str().unwrap());
        let back = hub.acme.admin.post(&path, json!({ "revision": 1 })).await;
        back.expect_problem(400, "version_archived", "applicationVersionId");
    }

    async fn of_two_who_deploy_at_once_nobody_overwrites_the_other(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let application = hub.acme.add_application("Fleet").await;
        let version = hub.acme.add_version(&application, "1.0").await;
        let target = hub.acme.admin.add_target("Plant", None).await;
        let body = json!({ "deploymentTargetId": target, "applicationVersionId": version });
        hub.acme.admin.deploy(body.clone()).await.expect(204);
        let id = hub.acme.admin.deployments_at(&target).await[0]["id"].clone();
        let mut again = body;
        again["deploymentId"] = id.clone();
        let all = futures_util::future::join_all((0..8).map(|_| hub.acme.admin.deploy(again.clone()))).await;
        let made = all.iter().filter(|reply| reply.status == 204).count();
        for reply in all.iter().filter(|reply| reply.status != 204) {
            reply.expect_problem(409, "deployed_meanwhile", "");
        }
        let path = format!("/api/v1/deployments/{}/revisions", id.as_str().unwrap());
        let revisions = hub.acme.admin.get(&path).await.json();
        let numbers: Vec<_> = revisions.as_array().unwrap().iter().map(|one| one["revision"].as_u64().unwrap()).collect();
        let expected: Vec<_> = (1..=made as u64 + 1).rev().collect();
        assert_eq!(numbers, expected, "no number is missing and none is there twice");
        assert!(made > 0);
    }
}
