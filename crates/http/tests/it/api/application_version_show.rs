//! Reading versions: their files, byte for byte, and their documents.

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::application::Part;
use grantry_testkit::hub::TestHub;
use http::Method;
use serde_json::json;

use super::names;
use crate::snapshot::check;

const COMPOSE: &[u8] = "# é\r\nservices:\n  ship: {image: 'a'}\t\n\n".as_bytes();

both_engines! {
    async fn files_come_back_byte_for_byte(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let admin = &hub.acme.admin;
        let id = hub.acme.add_application("Fleet").await;
        let version = json!({
            "name": "1.0.0", "resources": [
                { "name": "Manual", "content": "# Hi\r\n", "visibleToCustomers": true },
                { "name": "Internal", "content": "secret", "visibleToCustomers": false },
            ],
        });
        let version = version.to_string();
        let parts: [Part<'_>; 3] = [
            ("applicationversion", "application/json", version.as_bytes()),
            ("composefile", "application/yaml", COMPOSE),
            ("templatefile", "", b"HOST=\r\n"),
        ];
        let created = admin.form(&format!("/api/v1/applications/{id}/versions"), &parts).send().await.expect(200);
        let path = format!("/api/v1/applications/{id}/versions/{}", created.id());
        assert_eq!(admin.get(&path).await.expect(200).body, created.body);
        let member = hub.customer(&hub.acme.add_customer("Initech").await, Role::ReadOnly).await;
        for reader in [admin, &member] {
            let file = reader.get(&format!("{path}/compose-file")).await.expect(200);
            assert_eq!(file.body, COMPOSE);
            assert_eq!(file.header("content-type"), "application/yaml");
            assert_eq!(file.header("cache-control"), "max-age=300, private");
            let again = reader.request(Method::GET, &format!("{path}/compose-file"));
            again.header("if-none-match", file.header("etag")).send().await.expect(304);
            assert_eq!(reader.get(&format!("{path}/template-file")).await.expect(200).text(), "HOST=\r\n");
            assert_eq!(reader.get(&format!("{path}/values-file")).await.expect(200).text(), "");
        }
        let resources = admin.get(&format!("{path}/resources")).await;
        check("application_version_resources", &resources);
        let shown = member.get(&format!("{path}/resources")).await.expect(200);
        assert_eq!(names(&shown), ["Manual"], "only what is meant for customers");
    }
}
