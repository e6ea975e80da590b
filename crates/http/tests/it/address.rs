//! The network address of a client, as the audit log keeps it.

use grantry_testdb::both_engines;
use grantry_testkit::hub::{PROXY, TestHub};
use http::Method;
use serde_json::json;

both_engines! {
    async fn a_proxy_is_believed_only_if_it_is_trusted(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        for (number, (peer, said, expected)) in [
            ([203, 0, 113, 9], "", "203.0.113.9"),
            ([203, 0, 113, 9], "10.0.0.1", "203.0.113.9"),
            (PROXY, "", "198.51.100.1"),
            (PROXY, "203.0.113.9", "203.0.113.9"),
            (PROXY, "10.0.0.1, 203.0.113.9", "203.0.113.9"),
            (PROXY, "203.0.113.9, 198.51.100.1", "203.0.113.9"),
            (PROXY, "10.0.0.1, garbage", "198.51.100.1"),
            (PROXY, "2001:db8::1", "2001:db8::1"),
            (PROXY, "::ffff:203.0.113.9", "203.0.113.9"),
        ].into_iter().enumerate() {
            let client = hub.acme.admin.at(peer);
            let mut call = client.request(Method::POST, "/api/v1/customer-organizations");
            if !said.is_empty() {
                call = call.header("x-forwarded-for", said);
            }
            call.json(&json!({ "name": format!("Customer {number}") })).send().await.expect(200);
            let log = hub.acme.admin.get("/api/v1/audit-events?limit=1").await;
            assert_eq!(log.field("/0/actor/address"), expected, "{peer:?} said {said:?}");
        }
    }
}
