//! Who may open which page and send which form: every address of the portals, by everybody. An address that is in none
//! of the lists fails the test, so nobody adds an unprotected one by accident.

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use grantry_testkit::reply::Reply;
use grantry_ui::route::{PATHS, Query};
use http::Method;

use super::browser::{Browser, expect_led, expect_page, with_token};
use super::place::{ANYBODY, FORMS, OPEN, PAGES, Place, SAME, SIGN_OUT, VISITORS, Whose, borrowed};
use super::state::state;
use crate::snapshot::check_text;

#[test]
fn every_address_is_in_a_list() {
    let mut listed: Vec<&str> = PAGES
        .iter()
        .chain(&FORMS)
        .chain(&VISITORS)
        .chain(&OPEN)
        .chain(&[SIGN_OUT, ANYBODY])
        .copied()
        .collect();
    let mut paths = PATHS.to_vec();
    listed.sort_unstable();
    listed.dedup();
    paths.sort_unstable();
    assert_eq!(listed, paths);
}

/// Somebody, and what the hub gives to other people's browsers.
struct Somebody {
    name: &'static str,
    browser: Browser,
    token: String,
}

async fn everybody(place: &Place) -> Vec<Somebody> {
    let hub = &place.hub;
    let hooli = hub.acme.add_customer("Hooli").await;
    let globex = hub.add_vendor("Globex", "globex").await;
    let (acme, initech) = (&hub.acme, Some(place.initech.as_str()));
    let members = [
        ("other organization", hub.add_member(&globex, None, Role::Admin).await),
        ("other customer", hub.add_member(acme, Some(&hooli), Role::Admin).await),
        ("customer read-only", hub.add_member(acme, initech, Role::ReadOnly).await),
        ("customer admin", hub.add_member(acme, initech, Role::Admin).await),
        ("vendor read-only", hub.add_member(acme, None, Role::ReadOnly).await),
        ("vendor read-write", hub.add_member(acme, None, Role::ReadWrite).await),
        ("vendor admin", place.mara.clone()),
    ];
    let mut everybody = Vec::new();
    for (name, member) in members {
        let mut browser = place.browser(&member);
        let token = browser.token("/account").await;
        everybody.push(Somebody { name, browser, token });
    }
    everybody
}

/// Every page and form; those about a member twice, because members of the staff are guarded differently.
fn calls() -> Vec<(Method, &'static str, Whose)> {
    let pages = PAGES.iter().map(|path| (Method::GET, *path));
    let forms = FORMS.iter().chain(&[SIGN_OUT]).map(|path| (Method::POST, *path));
    let mut calls = Vec::new();
    for (method, path) in pages.chain(forms) {
        calls.push((method.clone(), path, Whose::Staff));
        if path.contains("{user}") {
            calls.push((method, path, Whose::Customer));
        }
    }
    calls
}

/// Requires what holds for all that are not let in, and says what the answer was.
#[track_caller]
fn judge(reply: &Reply, (method, path): (&Method, &str), name: &str) -> u16 {
    let status = reply.status.as_u16();
    match status {
        200 | 303 => {}
        403 | 404 => expect_page(reply, status),
        // What a form names of somebody else is not there for it.
        422 if name == "other organization" => expect_page(reply, status),
        _ => panic!("{method} {path} by {name}: {reply}"),
    }
    let theirs = path.contains('{') && !SAME.contains(&path);
    assert!(name != "other organization" || !theirs || status == 404, "{method} {path}: {reply}");
    assert!(!SAME.contains(&path) || status == 200, "{method} {path} by {name}: {reply}");
    assert!(name != "vendor admin" || status < 400, "{method} {path}: {reply}");
    assert!(!reply.header("location").starts_with("/login") || path == SIGN_OUT, "{path} by {name}: {reply}");
    status
}

both_engines! {
    async fn each_address_lets_in_whom_it_should(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        let mut everybody = everybody(&place).await;
        let mut table = String::from("Columns:\n");
        for (number, somebody) in everybody.iter().enumerate() {
            table.push_str(&format!("  {} {}\n", number + 1, somebody.name));
        }
        table.push_str("\n  1   2   3   4   5   6   7\n");
        for (method, path, whose) in calls() {
            let mut statuses = Vec::new();
            for somebody in &mut everybody {
                let (address, fields) = (place.address(path, whose).await, place.fields(path));
                let before = state(&place.hub.database).await;
                let reply = if method == Method::GET {
                    somebody.browser.get(&address).await
                } else {
                    let token = somebody.token.clone();
                    somebody.browser.post(&address, &with_token(&borrowed(&fields), &token)).await
                };
                let status = judge(&reply, (&method, path), somebody.name);
                if status >= 400 {
                    assert_eq!(state(&place.hub.database).await, before, "{method} {path} by {}", somebody.name);
                }
                statuses.push(status.to_string());
            }
            let kind = if whose == Whose::Customer { " (of a customer)" } else { "" };
            table.push_str(&format!("{}  {method} {path}{kind}\n", statuses.join(" ")));
        }
        check_text("portal_guards", &table);
    }

    async fn who_is_not_signed_in_is_led_to_sign_in_and_back(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        for (method, path, whose) in calls() {
            let (address, fields) = (place.address(path, whose).await, place.fields(path));
            let before = state(&place.hub.database).await;
            let mut visitor = place.visitor();
            let token = visitor.token("/login").await;
            let (reply, next) = if method == Method::GET {
                (visitor.get(&format!("{address}?q=a%20b")).await, format!("{address}?q=a%20b"))
            } else {
                (visitor.post(&address, &with_token(&borrowed(&fields), &token)).await, String::new())
            };
            expect_led(&reply, &format!("/login{}", Query::default().with("next", &next)));
            assert!(reply.body.is_empty(), "{method} {path}: {reply}");
            assert_eq!(state(&place.hub.database).await, before, "{method} {path}");
        }
    }

    async fn ids_that_are_foreign_unknown_or_malformed_look_the_same(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        let globex = place.hub.add_vendor("Globex", "globex").await;
        let mut browser = place.browser(&place.hub.add_member(&globex, None, Role::Admin).await);
        let words = |reply: &Reply| {
            let page = reply.text();
            page[page.find("<h1").unwrap()..].split("request").next().unwrap().to_owned()
        };
        // What is the same for everybody is foreign to nobody.
        let is_of_somebody = |path: &str| path.contains('{') && !SAME.contains(&path);
        for (_, path, whose) in calls().into_iter().filter(|(method, path, _)| method == Method::GET && is_of_somebody(path)) {
            let foreign = browser.get(&place.address(path, whose).await).await.expect(404);
            for id in ["0193606c-8f3a-7000-8000-000000000001", "1", "%00", "..%2F..", "%FF", "%3Cscript%3E"] {
                let start = path.split('{').next().unwrap();
                let end = path.split_once('}').unwrap().1.replace("{revision}", "1");
                let end = end.replace("{tag}", "1.0").replace("{manifest}", "0193606c-8f3a-7000-8000-000000000002");
                let end = end.replace("{version}", "0193606c-8f3a-7000-8000-000000000003").replace("{name}", "compose.yaml");
                let reply = browser.get(&format!("{start}{id}{end}")).await.expect(404);
                assert_eq!(words(&reply), words(&foreign), "{path} {id}");
            }
        }
    }
}

both_engines! {
    async fn an_address_takes_only_the_methods_that_are_listed(db: TestDatabase) {
        let place = Place::make(TestHub::start(db).await).await;
        let mut browser = place.browser(&place.mara);
        for path in PAGES.iter().chain(&FORMS).chain(&[SIGN_OUT, ANYBODY]).copied() {
            let address = place.address(path, Whose::Staff).await;
            let is_form = FORMS.contains(&path) || path == SIGN_OUT || path == ANYBODY;
            expect_page(&browser.post(&address, &[("csrf", "x")]).await, if is_form { 403 } else { 405 });
            let page = browser.get(&address).await.status.as_u16();
            assert_eq!(page == 405, !PAGES.contains(&path), "GET {path}: {page}");
        }
    }
}
