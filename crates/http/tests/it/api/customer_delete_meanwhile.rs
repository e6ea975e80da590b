//! A customer is deleted while something of theirs is being made: either is done wholly, and the other is told.

use std::time::Duration;

use grantry_store::params;
use grantry_testdb::both_engines;
use grantry_testdb::database::TestDatabase;
use grantry_testkit::hub::{TestHub, license_key};
use grantry_testkit::reply::Reply;
use serde_json::{Value, json};
use tokio::time::sleep;
use uuid::Uuid;

/// Long enough for a request to come to where it has to wait.
const MOMENT: Duration = Duration::from_millis(250);

struct Scene {
    hub: TestHub,
    customer: String,
    artifact: String,
    application: String,
    version: String,
}

impl Scene {
    async fn open(db: TestDatabase) -> Self {
        let hub = TestHub::start(db).await;
        hub.acme.push("ship", "1.0").await;
        let artifact = hub.acme.artifact_id("ship").await;
        let customer = hub.acme.add_customer("Globex").await;
        let application = hub.acme.add_application("Fleet").await;
        let version = hub.acme.add_version(&application, "1.0.0").await;
        Self { hub, customer, artifact, application, version }
    }

    fn entitlement(&self) -> Value {
        json!({
            "name": "Ship", "customerOrganizationId": self.customer,
            "artifacts": [{ "artifactId": self.artifact, "versionIds": [] }],
        })
    }

    fn application_entitlement(&self, name: &str) -> Value {
        json!({
            "name": name, "customerOrganizationId": self.customer, "applicationId": self.application,
            "versions": [{ "id": self.version }],
        })
    }

    async fn delete(&self) -> Reply {
        self.hub.acme.admin.delete(&format!("/api/v1/customer-organizations/{}", self.customer)).await
    }
}

both_engines! {
    async fn a_customer_is_deleted_while_its_entitlement_is_being_created(db: TestDatabase) {
        let scene = Scene::open(db).await;
        // Holds up the creation after it has seen the customer.
        let mut holding = scene.hub.database.write().await.unwrap();
        holding.lock(scene.artifact.parse::<Uuid>().unwrap()).await.unwrap();
        let create = scene.hub.acme.admin.post("/api/v1/artifact-entitlements", scene.entitlement());
        let delete = async {
            sleep(MOMENT).await;
            scene.delete().await
        };
        let release = async {
            sleep(2 * MOMENT).await;
            drop(holding);
        };
        let (created, deleted, ()) = tokio::join!(create, delete, release);
        assert!([200, 400].contains(&created.status.as_u16()), "{created}");
        deleted.expect(204);
        let left = scene.hub.acme.admin.get("/api/v1/artifact-entitlements").await.expect(200).json();
        assert_eq!(left, json!([]));
    }

    async fn a_customer_is_deleted_while_its_application_entitlements_are_being_created_and_changed(db: TestDatabase) {
        let scene = Scene::open(db).await;
        let admin = &scene.hub.acme.admin;
        let path = "/api/v1/application-entitlements";
        let gold = admin.post(path, scene.application_entitlement("Gold")).await.expect(200).id();
        // Holds both up after they have seen the customer.
        let mut holding = scene.hub.database.write().await.unwrap();
        holding.lock(scene.application.parse::<Uuid>().unwrap()).await.unwrap();
        let create = admin.post(path, scene.application_entitlement("Silver"));
        let gold = format!("{path}/{gold}");
        let change = admin.put(&gold, scene.application_entitlement("Platinum"));
        let delete = async {
            sleep(MOMENT).await;
            scene.delete().await
        };
        let release = async {
            sleep(2 * MOMENT).await;
            drop(holding);
        };
        let (created, changed, deleted, ()) = tokio::join!(create, change, delete, release);
        for made in [created, changed] {
            assert!([200, 400, 404].contains(&made.status.as_u16()), "{made}");
        }
        deleted.expect(204);
        assert_eq!(admin.get(path).await.expect(200).json(), json!([]));
    }

    async fn something_is_made_for_a_customer_that_is_being_deleted(db: TestDatabase) {
        let scene = Scene::open(db).await;
        let id: Uuid = scene.customer.parse().unwrap();
        let (path, gold) = ("/api/v1/application-entitlements", scene.application_entitlement("Gold"));
        let gold = scene.hub.acme.admin.post(path, gold).await.expect(200).id();
        let gold = format!("{path}/{gold}");
        let target = scene.hub.acme.admin.add_target("Plant 7", Some(&scene.customer)).await;
        // Holds up the deletion at its end, after it has looked for what goes with the customer.
        let mut holding = scene.hub.database.write().await.unwrap();
        holding.execute("update customer set name_fold = name_fold where id = $1", params![id]).await.unwrap();
        let make = async {
            sleep(MOMENT).await;
            let admin = &scene.hub.acme.admin;
            let member = json!({
                "email": "new@globex.test", "name": "New", "userRole": "admin", "customerOrganizationId": scene.customer,
            });
            let other = json!({
                "name": "Plant 8", "type": "docker", "customerOrganization": { "id": scene.customer },
            });
            let deployment = json!({ "deploymentTargetId": target, "applicationVersionId": scene.version });
            let made = tokio::join!(
                admin.post("/api/v1/artifact-entitlements", scene.entitlement()),
                admin.post("/api/v1/license-keys", license_key("Fleet", Some(&scene.customer))),
                admin.post("/api/v1/user-accounts", member),
                admin.post(path, scene.application_entitlement("Silver")),
                admin.put(&gold, scene.application_entitlement("Platinum")),
                admin.post("/api/v1/secrets", json!({ "key": "A", "value": "b", "customerOrganizationId": scene.customer })),
                admin.post("/api/v1/deployment-targets", other),
                admin.put("/api/v1/deployments", deployment),
            );
            let (entitlement, key, member, created, changed, secret, other, deployed) = made;
            [entitlement, key, member, created, changed, secret, other, deployed]
        };
        let release = async {
            sleep(2 * MOMENT).await;
            drop(holding);
        };
        let (deleted, made, ()) = tokio::join!(scene.delete(), make, release);
        deleted.expect(204);
        for refused in made {
            assert!([400, 404].contains(&refused.status.as_u16()), "{refused}");
        }
    }
}
