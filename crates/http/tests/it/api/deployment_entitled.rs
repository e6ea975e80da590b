//! What may be deployed at a customer's target, and what happens when that ends.

use chrono::TimeDelta;
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::client::Client;
use grantry_testkit::hub::{START, TestHub};
use serde_json::{Value, json};

/// A customer with a member and a target, and an application with versions 1.0 and 2.0.
struct Scene {
    hub: TestHub,
    initech: String,
    member: Client,
    target: String,
    application: String,
    versions: [String; 2],
}

impl Scene {
    async fn set(db: grantry_testdb::database::TestDatabase) -> Self {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let member = hub.customer(&initech, Role::ReadWrite).await;
        let target = member.add_target("Plant", None).await;
        let application = hub.acme.add_application("Fleet").await;
        let one = hub.acme.add_version(&application, "1.0").await;
        let two = hub.acme.add_version(&application, "2.0").await;
        Self { hub, initech, member, target, application, versions: [one, two] }
    }

    /// Entitles the customer to the application, with what else its entitlement holds; its id.
    async fn entitle(&self, name: &str, rest: Value) -> String {
        self.hub.acme.entitle_to((&self.initech, &self.application), name, rest).await
    }

    /// The first versions, as an entitlement names them.
    fn first(&self, count: usize) -> Value {
        self.versions[..count].iter().map(|id| json!({ "id": id })).collect()
    }

    fn body(&self, version: usize, more: &Value) -> Value {
        let mut body =
            json!({ "deploymentTargetId": self.target, "applicationVersionId": self.versions[version] });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    }

    async fn running(&self) -> Value {
        self.hub.acme.admin.deployments_at(&self.target).await
    }
}

both_engines! {
    async fn only_what_is_granted_is_deployed_at_a_customers_target(db: TestDatabase) {
        let scene = Scene::set(db).await;
        let (admin, member) = (&scene.hub.acme.admin, &scene.member);
        let end = START + TimeDelta::days(1);
        let id = scene.entitle("Gold", json!({ "versions": scene.first(1), "expiresAt": end })).await;
        admin.deploy(scene.body(1, &json!({}))).await.expect_problem(409, "not_entitled", "");
        member.deploy(scene.body(1, &json!({}))).await.expect_problem(400, "version_unknown", "applicationVersionId");
        let log = admin.get("/api/v1/audit-events?kind=deployment.denied").await.json();
        assert_eq!(log.as_array().unwrap().len(), 2, "{log}");
        member.deploy(scene.body(0, &json!({}))).await.expect(204);
        let running = scene.running().await;
        assert_eq!(running[0]["applicationEntitlementId"], json!(id), "the hub takes the one that grants");
        assert_eq!(running[0]["licenseExpired"], json!(false));
        let moved = scene.body(1, &json!({ "deploymentId": running[0]["id"] }));
        admin.deploy(moved.clone()).await.expect_problem(409, "not_entitled", "");
        member.deploy(moved).await.expect_problem(400, "version_unknown", "applicationVersionId");
        let own = admin.add_target("Own", None).await;
        let mut at_own = scene.body(1, &json!({}));
        at_own["deploymentTargetId"] = json!(own);
        admin.deploy(at_own.clone()).await.expect(204);
        at_own["applicationEntitlementId"] = json!(id);
        admin.deploy(at_own).await.expect_problem(400, "entitlement_foreign", "applicationEntitlementId");
    }

    async fn a_named_entitlement_is_the_customers_own_and_grants(db: TestDatabase) {
        let scene = Scene::set(db).await;
        let hub = &scene.hub;
        let hooli = hub.acme.add_customer("Hooli").await;
        let other = hub.acme.add_application("Other").await;
        let one = scene.entitle("One", json!({ "versions": scene.first(1) })).await;
        let two = scene.entitle("Two", json!({ "versions": scene.first(2) })).await;
        let old = scene.entitle("Old", json!({ "expiresAt": START })).await;
        let of_other = hub.acme.entitle_to((&scene.initech, &other), "Other", json!({})).await;
        let of_hooli = hub.acme.entitle_to((&hooli, &scene.application), "Hooli's", json!({})).await;
        for (id, code) in [
            (&old, "entitlement_expired"),
            (&of_other, "entitlement_unknown"),
            (&of_hooli, "entitlement_unknown"),
            (&one, "version_not_granted"),
        ] {
            let body = scene.body(1, &json!({ "applicationEntitlementId": id }));
            hub.acme.admin.deploy(body.clone()).await.expect_problem(400, code, "applicationEntitlementId");
            scene.member.deploy(body).await.expect_problem(400, code, "applicationEntitlementId");
        }
        scene.member.deploy(scene.body(0, &json!({ "applicationEntitlementId": one }))).await.expect(204);
        let running = scene.running().await;
        assert_eq!(running[0]["applicationEntitlementId"], json!(one));
        let deployment = &running[0]["id"];
        let other = scene.body(0, &json!({ "applicationEntitlementId": two, "deploymentId": deployment }));
        hub.acme.admin.deploy(other).await.expect_problem(400, "entitlement_fixed", "applicationEntitlementId");
        let same = scene.body(0, &json!({ "applicationEntitlementId": one, "deploymentId": deployment }));
        hub.acme.admin.deploy(same).await.expect(204);
    }

    async fn what_has_expired_runs_on_and_can_only_be_undeployed(db: TestDatabase) {
        let scene = Scene::set(db).await;
        let (admin, member) = (&scene.hub.acme.admin, &scene.member);
        let end = START + TimeDelta::days(1);
        let gold = scene.entitle("Gold", json!({ "expiresAt": end })).await;
        member.deploy(scene.body(0, &json!({}))).await.expect(204);
        let deployment = scene.running().await[0]["id"].clone();
        member.deploy(scene.body(1, &json!({ "deploymentId": deployment }))).await.expect(204);
        scene.hub.clock.advance(TimeDelta::days(1));
        let running = scene.running().await;
        assert_eq!((&running[0]["licenseExpired"], &running[0]["revision"]), (&json!(true), &json!(2)));
        let path = format!("/api/v1/deployments/{}", deployment.as_str().unwrap());
        for client in [admin, member] {
            for more in [json!({}), json!({ "applicationEntitlementId": gold })] {
                let mut body = scene.body(1, &more);
                body["deploymentId"] = deployment.clone();
                client.deploy(body.clone()).await.expect_problem(409, "entitlement_expired", "");
                body["applicationVersionId"] = json!(scene.versions[0]);
                client.deploy(body).await.expect_problem(409, "entitlement_expired", "");
            }
            let back = client.post(&format!("{path}/rollback"), json!({ "revision": 1 })).await;
            back.expect_problem(409, "entitlement_expired", "");
        }
        admin.deploy(scene.body(0, &json!({}))).await.expect_problem(409, "not_entitled", "");
        member.deploy(scene.body(0, &json!({}))).await.expect_problem(400, "version_unknown", "applicationVersionId");
        assert_eq!(scene.running().await, running);
        // A renewal is another entitlement as a rule: what runs goes on by that.
        let renewed = scene.entitle("Gold 2", json!({})).await;
        assert_eq!(scene.running().await[0]["licenseExpired"], json!(false));
        member.deploy(scene.body(1, &json!({ "deploymentId": deployment }))).await.expect(204);
        assert_eq!(scene.running().await[0]["applicationEntitlementId"], json!(renewed));
    }

    async fn an_expired_deployment_can_be_undeployed(db: TestDatabase) {
        let scene = Scene::set(db).await;
        let end = START + TimeDelta::days(1);
        scene.entitle("Gold", json!({ "expiresAt": end })).await;
        scene.member.deploy(scene.body(0, &json!({}))).await.expect(204);
        scene.hub.clock.advance(TimeDelta::days(2));
        let running = scene.running().await;
        let path = format!("/api/v1/deployments/{}", running[0]["id"].as_str().unwrap());
        scene.member.get(&format!("{path}/revisions")).await.expect(200);
        scene.member.delete(&path).await.expect(200);
        assert_eq!(scene.running().await, json!([]));
    }

    async fn what_ran_before_customers_were_restricted_runs_on_and_is_not_changed(db: TestDatabase) {
        let scene = Scene::set(db).await;
        scene.member.deploy(scene.body(0, &json!({}))).await.expect(204);
        let deployment = scene.running().await[0]["id"].clone();
        assert_eq!(scene.running().await[0].get("applicationEntitlementId"), None);
        let hooli = scene.hub.acme.add_customer("Hooli").await;
        scene.hub.acme.entitle_to((&hooli, &scene.application), "Hooli's", json!({})).await;
        let again = scene.body(0, &json!({ "deploymentId": deployment }));
        scene.hub.acme.admin.deploy(again.clone()).await.expect_problem(409, "not_entitled", "");
        scene.member.deploy(again.clone()).await.expect_problem(400, "version_unknown", "applicationVersionId");
        assert_eq!(scene.running().await[0]["licenseExpired"], json!(false));
        let gold = scene.entitle("Gold", json!({})).await;
        scene.member.deploy(again).await.expect(204);
        assert_eq!(scene.running().await[0]["applicationEntitlementId"], json!(gold), "it is filled in once");
    }
}
