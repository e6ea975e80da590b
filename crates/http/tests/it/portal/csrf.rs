//! A form counts only if a page of this hub, shown to the same browser, has sent it.

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::{PASSWORD, TestHub};

use super::browser::{SESSION, expect_led, expect_page, set_cookies, with_token};
use super::place::{ANYBODY, FORMS, Place, SIGN_OUT, Whose, borrowed};
use super::state::state;

/// The cookie that guards visitors' forms.
const VISITOR: &str = "__Host-grantry_visitor";

both_engines! {
    async fn a_members_form_needs_the_token_of_their_session(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        let mut browser = place.browser(&place.mara);
        let other = place.hub.add_member(&place.hub.acme, None, Role::Admin).await;
        let others = place.browser(&other).token("/account").await;
        let own = browser.token("/account").await;
        assert_ne!(own, others);
        let cut = &own[..own.len() - 1];
        let visitors = place.visitor().token("/login").await;
        for path in FORMS.iter().chain(&[SIGN_OUT]) {
            let (address, fields) = (place.address(path, Whose::Staff).await, place.fields(path));
            let before = state(&place.hub.database).await;
            expect_page(&browser.post(&address, &borrowed(&fields)).await, 403);
            for wrong in ["", "x", cut, &others, &visitors, place.mara.session.secret()] {
                expect_page(&browser.post(&address, &with_token(&borrowed(&fields), wrong)).await, 403);
            }
            let in_query = format!("{address}?csrf={own}");
            expect_page(&browser.post(&in_query, &borrowed(&fields)).await, 403);
            assert_eq!(state(&place.hub.database).await, before, "{path}");
        }
    }

    async fn the_theme_needs_a_token_but_any_page_has_one(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        let (mut member, mut visitor) = (place.browser(&place.mara), place.visitor());
        let own = [member.token("/account").await, visitor.token("/login").await];
        for (browser, token, other) in [(&mut member, &own[0], &own[1]), (&mut visitor, &own[1], &own[0])] {
            for wrong in ["", "x", other] {
                let refused = browser.post(ANYBODY, &[("theme", "dark"), ("csrf", wrong)]).await;
                expect_page(&refused, 403);
                assert!(set_cookies(&refused).is_empty(), "{refused}");
            }
            for (back, to) in [("/licenses?q=a", "/licenses?q=a"), ("//evil.example", "/"), ("https://evil.example", "/")] {
                let chosen = browser.post(ANYBODY, &[("theme", "dark"), ("back", back), ("csrf", token)]).await;
                expect_led(&chosen, to);
            }
            assert_eq!(browser.cookie("theme"), "dark");
        }
        let chosen = member.post(ANYBODY, &[("theme", "x; Domain=evil.example"), ("csrf", &own[0])]).await;
        assert!(!set_cookies(&chosen).concat().contains("evil"), "{chosen}");
    }

    async fn a_visitors_form_needs_the_visitors_cookie(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        let login = [("email", place.mara.email.as_str()), ("password", PASSWORD)];
        let mut visitor = place.visitor();
        let token = visitor.token("/login").await;
        let others = place.visitor().token("/login").await;
        let before = state(&place.hub.database).await;
        let mut bare = place.visitor();
        bare.keep("theme", "dark");
        for wrong in ["", "x", &token] {
            let refused = bare.post("/login", &with_token(&login, wrong)).await;
            expect_page(&refused, 403);
            assert!(bare.cookie(SESSION).is_empty(), "{refused}");
        }
        for wrong in ["", "x", &others] {
            expect_page(&visitor.post("/login", &with_token(&login, wrong)).await, 403);
        }
        let fields = with_token(&login, &token);
        for origin in [
            "sec-fetch-site: cross-site",
            "sec-fetch-site: same-site",
            "origin: https://evil.example",
            "origin: null",
        ] {
            expect_page(&visitor.post_from(origin, "/login", &fields).await, 403);
        }
        for forged in ["x", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] {
            let mut forger = place.visitor();
            forger.keep(VISITOR, forged);
            expect_page(&forger.post("/login", &fields).await, 403);
        }
        assert_eq!(state(&place.hub.database).await, before);
        expect_led(&visitor.post_from("sec-fetch-site: same-origin", "/login", &fields).await, "/");
        let mut later = place.visitor();
        expect_led(&later.fill("/login", "/login", &login).await, "/");
    }
}
