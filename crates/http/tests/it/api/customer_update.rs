//! `PUT /api/v1/customer-organizations/{id}`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::json;

use crate::snapshot::check;

const CUSTOMERS: &str = "/api/v1/customer-organizations";

both_engines! {
    async fn name_and_features_are_replaced(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let path = format!("{CUSTOMERS}/{}", hub.acme.add_customer("Initech").await);
        let member = hub.vendor(Role::ReadWrite).await;
        check("customer_update", &member.put(&path, json!({ "name": "INITECH", "features": [] })).await);
        let back = member.put(&path, json!({ "name": "Initrode" })).await.expect(200).json();
        assert_eq!(back["features"], json!(["deployment_targets", "artifacts"]), "what is absent is the default");
    }

    async fn each_field_at_fault_is_named_and_nothing_changes(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.add_customer("Hooli").await;
        let path = format!("{CUSTOMERS}/{}", hub.acme.add_customer("Initech").await);
        let before = hub.acme.admin.get(&path).await.json();
        for (body, code, field) in [
            (json!({ "name": " " }), "name_blank", "name"),
            (json!({ "name": "HOOLI" }), "name_taken", "name"),
            (json!({ "name": "x", "features": ["x"] }), "feature_unknown", "features"),
        ] {
            hub.acme.admin.put(&path, body).await.expect_problem(400, code, field);
        }
        assert_eq!(hub.acme.admin.get(&path).await.json(), before);
    }
}
