//! Images of applications, artifacts and customers.

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::file::{GIF, PNG};
use grantry_testkit::hub::TestHub;
use serde_json::{Value, json};

const UNKNOWN: &str = "0193606c-8f3a-7000-8000-000000000001";

fn url(id: &str) -> Value {
    json!(format!("/api/v1/files/{id}"))
}

both_engines! {
    async fn an_image_is_chosen_and_shown_wherever_its_thing_is(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (vendor, admin) = (&hub.acme, &hub.acme.admin);
        let image = admin.add_file(PNG).await;
        let initech = vendor.add_customer("Initech").await;
        let application = vendor.add_application("Fleet").await;
        vendor.push("ship", "1.0").await;
        let artifact = vendor.artifact_id("ship").await;
        for path in [format!("/api/v1/applications/{application}"), format!("/api/v1/artifacts/{artifact}")] {
            assert_eq!(admin.get(&path).await.json().get("imageId"), None);
            let changed = admin.patch(&format!("{path}/image"), json!({ "imageId": image })).await.expect(200).json();
            assert_eq!((&changed["imageId"], &changed["imageUrl"]), (&json!(image), &url(&image)), "{path}");
            let shown = admin.get(&path).await.json();
            assert_eq!(shown["imageUrl"], url(&image), "{path}");
        }
        let body = json!({ "name": "Initech", "imageId": image });
        let path = format!("/api/v1/customer-organizations/{initech}");
        let changed = admin.put(&path, body).await.expect(200).json();
        assert_eq!(changed["imageUrl"], url(&image));
        let kept = admin.put(&path, json!({ "name": "Initech" })).await.expect(200).json();
        assert_eq!(kept["imageId"], json!(image), "what is absent stays");

        let version = vendor.add_version(&application, "1.0.0").await;
        vendor.entitle_to((&initech, &application), "Gold", json!({})).await;
        let target = admin.add_target("Plant 7", Some(&initech)).await;
        admin.deploy(json!({ "deploymentTargetId": target, "applicationVersionId": version })).await.expect(204);
        let member = hub.customer(&initech, Role::ReadOnly).await;
        for reader in [admin, &member] {
            let applications = reader.get("/api/v1/applications").await.expect(200).json();
            assert_eq!(applications[0]["imageUrl"], url(&image));
            let artifacts = reader.get("/api/v1/artifacts").await.expect(200).json();
            assert_eq!(artifacts[0]["imageUrl"], url(&image));
            let target = reader.get(&format!("/api/v1/deployment-targets/{target}")).await.expect(200).json();
            assert_eq!(target["customerOrganization"]["imageId"], json!(image));
            assert_eq!(target["deployments"][0]["application"]["imageId"], json!(image));
            let entitlements = reader.get("/api/v1/application-entitlements").await.expect(200).json();
            assert_eq!(entitlements[0]["application"]["imageId"], json!(image));
            assert_eq!(entitlements[0]["customerOrganization"]["imageId"], json!(image));
        }
        let licenses = admin.get("/api/v1/licenses").await.expect(200).json();
        assert_eq!(licenses[0]["customerOrganization"]["imageUrl"], url(&image));

        admin.delete(&format!("/api/v1/files/{image}")).await.expect(204);
        for path in [
            format!("/api/v1/applications/{application}"),
            format!("/api/v1/artifacts/{artifact}"),
            format!("/api/v1/customer-organizations/{initech}"),
        ] {
            let shown = admin.get(&path).await.expect(200).json();
            assert_eq!((shown.get("imageId"), shown.get("imageUrl")), (None, None), "{path}");
        }
    }

    async fn an_image_goes_with_the_last_thing_that_shows_it(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (vendor, admin) = (&hub.acme, &hub.acme.admin);
        let (one, other) = (admin.add_file(PNG).await, admin.add_file(GIF).await);
        let application = vendor.add_application("Fleet").await;
        let image = format!("/api/v1/applications/{application}/image");
        let body = json!({ "name": "Initech", "imageId": one });
        let initech = admin.post("/api/v1/customer-organizations", body).await.expect(200);
        assert_eq!(initech.json()["imageId"], json!(one));
        admin.patch(&image, json!({ "imageId": one })).await.expect(200);
        admin.patch(&image, json!({ "imageId": other })).await.expect(200);
        let file = |id: &str| format!("/api/v1/files/{id}");
        admin.get(&file(&one)).await.expect(200);
        let path = format!("/api/v1/customer-organizations/{}", initech.id());
        let cleared = admin.put(&path, json!({ "name": "Initech", "imageId": null })).await.expect(200).json();
        assert_eq!(cleared.get("imageId"), None);
        admin.get(&file(&one)).await.expect(404);
        admin.patch(&image, json!({ "imageId": other })).await.expect(200);
        admin.get(&file(&other)).await.expect(200);
        admin.delete(&format!("/api/v1/applications/{application}")).await.expect(204);
        admin.get(&file(&other)).await.expect(404);

        vendor.push("ship", "1.0").await;
        let artifact = format!("/api/v1/artifacts/{}", vendor.artifact_id("ship").await);
        for (path, set) in [(&path, &path), (&artifact, &format!("{artifact}/image"))] {
            let image = admin.add_file(PNG).await;
            let body = json!({ "name": "Initech", "imageId": image });
            let reply = if path == set { admin.put(set, body).await } else { admin.patch(set, body).await };
            reply.expect(200);
            admin.delete(path).await.expect(204);
            admin.get(&file(&image)).await.expect(404);
        }
    }

    async fn an_unknown_or_foreign_image_is_refused_with_a_sentence(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let (vendor, admin) = (&hub.acme, &hub.acme.admin);
        let foreign = hub.add_vendor("Globex", "globex").await.admin.add_file(PNG).await;
        let initech = vendor.add_customer("Initech").await;
        let application = vendor.add_application("Fleet").await;
        vendor.push("ship", "1.0").await;
        let artifact = vendor.artifact_id("ship").await;
        for id in [UNKNOWN, &foreign] {
            let body = json!({ "name": "Initech", "imageId": id });
            for reply in [
                admin.patch(&format!("/api/v1/applications/{application}/image"), body.clone()).await,
                admin.patch(&format!("/api/v1/artifacts/{artifact}/image"), body.clone()).await,
                admin.put(&format!("/api/v1/customer-organizations/{initech}"), body.clone()).await,
                admin.post("/api/v1/customer-organizations", json!({ "name": "New", "imageId": id })).await,
            ] {
                reply.expect_problem(400, "image_unknown", "imageId");
                assert!(reply.field("/detail").ends_with("Upload the image first."), "{reply}");
            }
        }
        let image = format!("/api/v1/applications/{application}/image");
        for body in [json!({}), json!({ "imageId": "" }), json!({ "imageId": 1 })] {
            assert_eq!(admin.patch(&image, body).await.expect(400).field("/code"), "json_malformed");
        }
        assert_eq!(admin.get(&format!("/api/v1/applications/{application}")).await.json().get("imageId"), None);
    }
}
