//! `DELETE /api/v1/applications/{id}` and `DELETE /api/v1/application-entitlements/{id}`

use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::json;

both_engines! {
    async fn what_is_granted_is_not_deleted_and_the_grant_is_named(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let initech = hub.acme.add_customer("Initech").await;
        let id = hub.acme.add_application("Fleet").await;
        let version = hub.acme.add_version(&id, "1.0.0").await;
        let expired = json!({ "expiresAt": "2020-01-01T00:00:00Z" });
        let grant = hub.acme.entitle_to((&initech, &id), "Gold", expired).await;
        let path = format!("/api/v1/applications/{id}");
        let refused = admin.delete(&path).await;
        refused.expect_problem(409, "application_in_use", "");
        assert!(refused.field("/detail").contains("the entitlement “Gold” of Initech"), "{refused}");
        admin.delete(&format!("/api/v1/application-entitlements/{grant}")).await.expect(204);
        admin.delete(&path).await.expect(204);
        admin.get(&path).await.expect_problem(404, "not_found", "");
        admin.get(&format!("{path}/versions/{version}")).await.expect_problem(404, "not_found", "");
        let kinds = admin.get("/api/v1/audit-events?limit=2").await.json();
        assert_eq!(kinds[0]["kind"], "application.deleted");
        assert_eq!(kinds[1]["kind"], "application_entitlement.deleted");
        let organization = admin.get("/api/v1/organization").await.json();
        assert_eq!(organization["applicationsRestricted"], true, "the last entitlement opens nothing");
    }
}
