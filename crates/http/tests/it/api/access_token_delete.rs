//! `DELETE /api/v1/settings/tokens/{id}`

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use serde_json::json;

const TOKENS: &str = "/api/v1/settings/tokens";

both_engines! {
    async fn a_deleted_token_is_refused_at_once(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let made = hub.acme.admin.post(TOKENS, json!({})).await.expect(200);
        let token = hub.anonymous().with_secret(&made.field("/key"));
        token.get(TOKENS).await.expect(200);
        let path = format!("{TOKENS}/{}", made.id());
        token.delete(&path).await.expect(204);
        token.get(TOKENS).await.expect_problem(401, "unauthenticated", "");
        hub.acme.admin.delete(&path).await.expect_problem(404, "not_found", "");
    }

    async fn nobody_sees_or_deletes_the_tokens_of_others(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let member = hub.vendor(Role::Admin).await;
        let made = hub.acme.admin.post(TOKENS, json!({ "label": "mine" })).await.expect(200);
        member.delete(&format!("{TOKENS}/{}", made.id())).await.expect_problem(404, "not_found", "");
        assert!(!member.get(TOKENS).await.text().contains(&made.id()));
        hub.anonymous().with_secret(&made.field("/key")).get(TOKENS).await.expect(200);
    }
}
