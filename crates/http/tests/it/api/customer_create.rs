//! `POST /api/v1/customer-organizations`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::json;

use crate::snapshot::check;

const CUSTOMERS: &str = "/api/v1/customer-organizations";

both_engines! {
    async fn a_customer_is_created(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let member = hub.vendor(Role::ReadWrite).await;
        check("customer_create", &member.post(CUSTOMERS, json!({ "name": " Initech " })).await);
        let body = json!({ "name": "Hooli", "features": ["alerts", "deployment_targets", "alerts"] });
        check("customer_create_with_features", &member.post(CUSTOMERS, body).await);
    }

    async fn each_field_at_fault_is_named(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.acme.add_customer("Straße").await;
        for (body, code, field) in [
            (json!({ "name": "" }), "name_blank", "name"),
            (json!({ "name": "\u{3000}" }), "name_blank", "name"),
            (json!({ "name": "n".repeat(201) }), "name_too_long", "name"),
            (json!({ "name": "STRAßE" }), "name_taken", "name"),
            (json!({ "name": "x", "features": ["telepathy"] }), "feature_unknown", "features"),
            (json!({ "name": "x", "features": ["alerts"] }), "feature_needs_another", "features"),
            (json!({ "name": 7 }), "json_malformed", "name"),
            (json!({ "features": [] }), "json_malformed", ""),
            (json!({ "name": "x", "features": ["artifacts", 1] }), "json_malformed", "features[1]"),
        ] {
            hub.acme.admin.post(CUSTOMERS, body).await.expect_problem(400, code, field);
        }
        assert_eq!(hub.acme.admin.get(CUSTOMERS).await.json().as_array().unwrap().len(), 1);
    }
}
