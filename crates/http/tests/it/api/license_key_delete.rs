//! `DELETE /api/v1/license-keys/{id}`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::json;

const KEYS: &str = "/api/v1/license-keys";

both_engines! {
    async fn a_deleted_key_is_gone_and_its_name_is_free(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let path = format!("{KEYS}/{}", hub.acme.add_license_key("FLEET", None).await);
        hub.acme.admin.put(&path, json!({ "payload": {} })).await.expect(200);
        let member = hub.vendor(Role::ReadWrite).await;
        assert!(member.delete(&path).await.expect(204).body.is_empty());
        member.delete(&path).await.expect_problem(404, "not_found", "");
        for path in [path.clone(), format!("{path}/token"), format!("{path}/revisions")] {
            member.get(&path).await.expect_problem(404, "not_found", "");
        }
        member.put(&path, json!({ "payload": {} })).await.expect_problem(404, "not_found", "");
        hub.acme.add_license_key("fleet", None).await;
    }

    async fn a_name_is_taken_in_any_case_and_for_any_customer(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        hub.acme.add_license_key("Fleet Ä", None).await;
        for (name, customer) in [("Fleet Ä", None), ("fLEET ä ", None), ("Fleet Ä", Some(initech.as_str()))] {
            let key = grantry_testkit::hub::license_key(name, customer);
            hub.acme.admin.post(KEYS, key).await.expect_problem(400, "name_taken", "name");
        }
        let globex = hub.add_vendor("Globex", "globex").await;
        globex.add_license_key("Fleet Ä", None).await;
    }
}
