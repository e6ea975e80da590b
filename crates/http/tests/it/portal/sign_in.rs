//! Signing in and out with a browser.

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::{PASSWORD, TestHub, visit_at};
use grantry_testkit::reply::Reply;

use super::browser::{Browser, SESSION, expect_led, expect_page, set_cookies};
use super::place::Place;

/// The attributes of the cookie of this name that an answer sets; its value is left out.
#[track_caller]
fn attributes(reply: &Reply, name: &str) -> String {
    let cookies = set_cookies(reply);
    let cookie = cookies.iter().find_map(|cookie| cookie.strip_prefix(&format!("{name}=")));
    let (value, attributes) =
        cookie.unwrap_or_else(|| panic!("no {name} in {cookies:?}")).split_once("; ").unwrap();
    assert!(value.is_empty() || value.len() >= 43, "{value}");
    attributes.to_owned()
}

both_engines! {
    async fn cookies_are_bound_to_the_host_and_to_https(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        let login = [("email", place.mara.email.as_str()), ("password", PASSWORD)];
        let mut browser = place.visitor();
        let form = browser.get("/login").await;
        let strict = "Path=/; HttpOnly; SameSite=Strict; Secure";
        assert_eq!(attributes(&form, "__Host-grantry_visitor"), strict);
        let entered = browser.fill("/login", "/login", &login).await;
        expect_led(&entered, "/");
        let lax = "Path=/; Max-Age=1209600; HttpOnly; SameSite=Lax; Secure";
        assert_eq!(attributes(&entered, SESSION), lax);
        let left = browser.fill("/account", "/logout", &[]).await;
        expect_led(&left, "/login?done=signed-out");
        assert_eq!(attributes(&left, SESSION), "Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure");

        let (_, anonymous) = visit_at("http://localhost:8080", place.hub.database.clone()).await;
        let mut browser = Browser::new(anonymous);
        let form = browser.get("/login").await;
        assert_eq!(attributes(&form, "grantry_visitor"), "Path=/; HttpOnly; SameSite=Strict");
        let entered = browser.fill("/login", "/login", &login).await;
        assert_eq!(attributes(&entered, "grantry_session"), "Path=/; Max-Age=1209600; HttpOnly; SameSite=Lax");
        browser.get("/account").await.expect(200);
    }

    async fn each_sign_in_is_a_session_of_its_own_that_replaces_the_one_before(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        let login = [("email", place.mara.email.as_str()), ("password", PASSWORD)];
        let mut browser = place.visitor();
        expect_led(&browser.fill("/login", "/login", &login).await, "/");
        let (mut first, token) = (browser.clone(), browser.token("/account").await);
        expect_led(&browser.fill("/login", "/login", &login).await, "/");
        assert_ne!(first.cookie(SESSION), browser.cookie(SESSION));
        assert_ne!(token, browser.token("/account").await);
        expect_led(&first.get("/account").await, "/login?next=%2Faccount&done=session-expired");

        let mut second = browser.clone();
        expect_led(&browser.fill("/account", "/logout", &[]).await, "/login?done=signed-out");
        assert!(browser.cookie(SESSION).is_empty());
        expect_led(&second.get("/account").await, "/login?next=%2Faccount&done=session-expired");
    }

    async fn a_session_that_somebody_planted_is_not_taken_over(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        let login = [("email", place.mara.email.as_str()), ("password", PASSWORD)];
        let planted = format!("grantry_ses_{}", "A".repeat(43));
        let mut browser = place.visitor();
        browser.keep(SESSION, &planted);
        expect_led(&browser.fill("/login", "/login", &login).await, "/");
        assert_ne!(browser.cookie(SESSION), planted);
        let mut attacker = place.visitor();
        for cookie in [planted.as_str(), place.mara.client.secret(), "x"] {
            attacker.keep(SESSION, cookie);
            let reply = attacker.get("/account").await;
            assert!(reply.header("location").starts_with("/login?"), "{reply}");
        }
    }

    async fn nobody_is_led_to_another_host(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        for (next, to) in [
            ("/licenses?q=a&sort=name", "/licenses?q=a&sort=name"),
            ("", "/"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example/", "/"),
            ("javascript:alert(1)", "/"),
            ("/\r\nSet-Cookie: a=b", "/"),
            ("/\t/evil.example", "/"),
        ] {
            // Each with an account of its own, because tries in a row are limited.
            let member = place.hub.add_member(&place.hub.acme, None, Role::ReadOnly).await;
            let login = [("email", member.email.as_str()), ("password", PASSWORD), ("next", next)];
            let entered = place.visitor().fill("/login", "/login", &login).await;
            expect_led(&entered, to);
            assert!(!set_cookies(&entered).iter().any(|cookie| cookie.starts_with("a=")), "{entered}");
        }
    }

    async fn the_form_keeps_where_to_go_on(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        let mut browser = place.visitor();
        let led = browser.get("/license-keys/new?customer=a%26b").await;
        let form = browser.get(led.header("location")).await;
        assert!(form.text().contains("name=\"next\" value=\"/license-keys/new?customer=a%26b\""), "{form}");
        let hostile = browser.get("/login?next=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await;
        expect_page(&hostile, 200);
        assert!(!hostile.text().contains("<script>alert"), "{hostile}");
    }

    async fn a_wrong_password_and_an_unknown_address_look_the_same(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        let mut browser = place.visitor();
        let token = browser.token("/login").await;
        let mut answers = Vec::new();
        for email in [place.mara.email.as_str(), "nobody@example.com"] {
            let fields = [("email", email), ("password", "not the password"), ("csrf", token.as_str())];
            let reply = browser.post("/login", &fields).await;
            expect_page(&reply, 422);
            assert!(browser.cookie(SESSION).is_empty());
            assert!(!reply.text().contains("not the password"), "{reply}");
            answers.push(reply.text().replace(email, "…"));
        }
        assert_eq!(answers[0], answers[1]);
    }
}
