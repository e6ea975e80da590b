//! A form with a mistake comes back as it was filled in, with the mistake named, and never with a password.

use grantry_ops::setup::by_link::make_setup_link;
use grantry_testdb::both_engines;
use grantry_testkit::hub::{TestHub, visit_at};
use grantry_testkit::reply::Reply;
use grantry_ui::route as at;
use serde_json::json;

use super::browser::{Browser, expect_led, expect_page};
use super::place::{Place, Whose};
use super::state::state;

/// Requires the form again, with these values and an error, and without the password.
#[track_caller]
fn expect_again(reply: &Reply, kept: &[&str], password: &str) {
    expect_page(reply, 422);
    for value in kept {
        let escaped =
            value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;");
        // A browser leaves out the line break that a text area starts with.
        let kept = [format!("value=\"{escaped}\""), format!(">\n{escaped}</textarea>")];
        assert!(kept.iter().any(|kept| reply.text().contains(kept)), "{value} in {reply}");
    }
    assert!(
        ["aria-invalid=\"true\"", "role=\"alert\""].iter().any(|mark| reply.text().contains(mark)),
        "{reply}"
    );
    assert!(password.is_empty() || !reply.text().contains(password), "{reply}");
}

both_engines! {
    async fn members_forms_keep_what_was_typed(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        let mut browser = place.browser(&place.mara);
        let odd = "\"<b>&";
        let key = [
            ("name", odd), ("description", "for \"<i>"), ("notBefore", "2026-13-01"), ("expiresAt", "never"),
            ("graceDays", "soon"), ("payload", "{\"seats\": 5"),
        ];
        let kept = [odd, "for \"<i>", "2026-13-01", "never", "soon", "{\"seats\": 5"];
        let before = state(&place.hub.database).await;
        expect_again(&browser.fill("/license-keys/new", "/license-keys/new", &key).await, &kept, "");
        let user = [("email", odd), ("name", "Pia \"P\""), ("userRole", "root"), ("customerOrganizationId", "x")];
        expect_again(&browser.fill("/users/new", "/users/new", &user).await, &[odd, "Pia \"P\""], "");
        let token = [("label", odd), ("expiresAt", "2020-01-01")];
        expect_again(&browser.fill("/tokens/new", "/tokens/new", &token).await, &[odd, "2020-01-01"], "");
        let settings = [("name", odd), ("slug", "Not A Slug")];
        expect_again(&browser.fill("/settings", "/settings", &settings).await, &[odd, "Not A Slug"], "");
        expect_again(&browser.fill("/customers/new", "/customers/new", &[("name", "INITECH")]).await, &["INITECH"], "");
        let long = "n".repeat(201);
        expect_again(&browser.fill("/account", "/account", &[("name", &long)]).await, &[&long], "");
        assert_eq!(state(&place.hub.database).await, before);

        let edit = place.address(at::EditLicenseKey::PATH, Whose::Staff).await;
        expect_again(&browser.fill(&edit, &edit, &key).await, &kept[1..], "");
        let edit = place.address(at::EditCustomer::PATH, Whose::Staff).await;
        expect_again(&browser.fill(&edit, &edit, &[("name", "Initech")]).await, &["Initech"], "");
        let edit = place.address(at::EditUser::PATH, Whose::Staff).await;
        expect_again(&browser.fill(&edit, &edit, &[("userRole", "root")]).await, &[], "");
    }

    async fn passwords_are_never_sent_back(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        let mut browser = place.browser(&place.mara);
        let change = [("action", "password"), ("currentPassword", "my-wrong-password"), ("password", "my-new-password")];
        let reply = browser.fill("/account", "/account", &change).await;
        expect_again(&reply, &[], "my-wrong-password");
        assert!(!reply.text().contains("my-new-password"), "{reply}");

        let invitation = json!({ "email": "pia@example.com", "userRole": "read_only" });
        let invited = place.hub.acme.admin.post("/api/v1/user-accounts", invitation).await.expect(200);
        let path = invited.field("/inviteUrl").replace("https://hub.test", "");
        let mut visitor = place.visitor();
        expect_page(&visitor.get(&path).await, 200);
        let short = [("name", "Pia \"P\""), ("password", "shorty")];
        expect_again(&visitor.fill(&path, &path, &short).await, &["Pia \"P\""], "shorty");
        let right = [("name", "Pia"), ("password", "long enough for it")];
        expect_page(&place.visitor().post(&path, &right).await, 403);
        expect_led(&visitor.fill(&path, &path, &right).await, "/");
        visitor.get("/account").await.expect(200);
        expect_page(&place.visitor().get(&path).await, 404);
    }

    async fn the_set_up_comes_back_as_it_was_filled_in_and_works_once(db: TestDatabase) {
        let (ops, anonymous) = visit_at("https://hub.test", db.database.clone()).await;
        let link = make_setup_link(&ops).await.unwrap().unwrap();
        let path = format!("/setup/{}", link.reveal());
        let mut visitor = Browser::new(anonymous.clone());
        let wrong = [
            ("organization", "Acme \"R\""), ("slug", "Not A Slug"), ("name", "Mara"), ("email", "mara"), ("password", "shorty"),
        ];
        let reply = visitor.fill(&path, &path, &wrong).await;
        expect_again(&reply, &["Acme \"R\"", "Not A Slug", "Mara", "mara"], "shorty");
        let right = [
            ("organization", "Acme"), ("slug", "acme"), ("name", "Mara"), ("email", "mara@acme.test"),
            ("password", "long enough for it"),
        ];
        expect_page(&Browser::new(anonymous.clone()).post(&path, &right).await, 403);
        let token = visitor.token(&path).await;
        expect_led(&visitor.fill(&path, &path, &right).await, "/");
        visitor.get("/settings").await.expect(200);
        let again: Vec<_> = right.into_iter().chain([("csrf", token.as_str())]).collect();
        expect_page(&visitor.post(&path, &again).await, 404);
        expect_page(&Browser::new(anonymous).get(&path).await, 404);
        assert!(make_setup_link(&ops).await.unwrap().is_none());
        drop(db);
    }
}
