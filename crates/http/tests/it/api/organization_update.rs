//! `GET` and `PUT /api/v1/organization`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::json;

use crate::snapshot::check;

const ORGANIZATION: &str = "/api/v1/organization";

both_engines! {
    async fn an_administrator_renames_the_organization(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let member = hub.customer(&initech, Role::ReadOnly).await;
        check("organization_show", &member.get(ORGANIZATION).await);
        check("organization_update", &hub.acme.admin.put(ORGANIZATION, json!({ "name": "Acme", "slug": "acme-2" })).await);
        let kept = hub.acme.admin.put(ORGANIZATION, json!({ "name": "Acme 3", "slug": null })).await.expect(200);
        assert_eq!(kept.field("/slug"), "acme-2");
    }

    async fn each_field_at_fault_is_named(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        hub.add_vendor("Globex", "globex").await;
        for (body, code, field) in [
            (json!({ "name": "" }), "name_blank", "name"),
            (json!({ "name": "x", "slug": "" }), "slug_blank", "slug"),
            (json!({ "name": "x", "slug": "Acme" }), "slug_malformed", "slug"),
            (json!({ "name": "x", "slug": "a".repeat(65) }), "slug_too_long", "slug"),
            (json!({ "name": "x", "slug": "globex" }), "slug_taken", "slug"),
            (json!({ "slug": "x" }), "json_malformed", ""),
        ] {
            hub.acme.admin.put(ORGANIZATION, body).await.expect_problem(400, code, field);
        }
        let member = hub.vendor(Role::ReadWrite).await;
        member.put(ORGANIZATION, json!({ "name": "x" })).await.expect_problem(403, "forbidden", "");
    }
}
