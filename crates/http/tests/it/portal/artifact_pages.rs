//! Pages of artifacts: what each reader sees of them, and what may be deleted.

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testdb::database::TestDatabase;
use grantry_testkit::hub::{TestHub, Vendor};
use serde_json::json;

use super::browser::{Browser, expect_led, expect_page};
use super::state::state;
use super::stock::{all, artifact, chosen, entitle, fitting, manifest, pull_through};

/// A hub with some artifacts of Acme's, and another vendor's.
struct Shop {
    hub: TestHub,
    initech: String,
    ship: String,
    tool: String,
    globex: Vendor,
}

impl Shop {
    async fn open(db: TestDatabase) -> Self {
        let hub = TestHub::start(db).await;
        let globex = hub.add_vendor("Globex", "globex").await;
        for tag in ["1.0", "1.1", "2.0"] {
            hub.acme.push("fleet/ship", tag).await;
        }
        hub.acme.push_index("wrench", "3.0", &["amd64", "arm64"]).await;
        globex.push("warp", "9.9").await;
        let initech = hub.acme.add_customer("Initech").await;
        let (ship, tool) = (artifact(&hub, "fleet/ship").await, artifact(&hub, "wrench").await);
        Self { hub, initech, ship, tool, globex }
    }

    async fn staff(&self, role: Role) -> Browser {
        let member = self.hub.add_member(&self.hub.acme, None, role).await;
        Browser::signed_in(self.hub.anonymous(), &member.session)
    }

    async fn customer(&self, customer: &str) -> Browser {
        let member = self.hub.add_member(&self.hub.acme, Some(customer), Role::ReadOnly).await;
        Browser::signed_in(self.hub.anonymous(), &member.session)
    }

    fn show(&self) -> String {
        format!("/artifacts/{}", self.ship)
    }
}

/// Requires a page with all of the first texts and none of the others.
async fn expect_words(browser: &mut Browser, path: &str, there: &[&str], absent: &[&str]) -> String {
    let page = browser.get(path).await;
    expect_page(&page, 200);
    for text in there {
        assert!(page.text().contains(text), "{text} on {path}: {page}");
    }
    for text in absent {
        assert!(!page.text().contains(text), "{text} on {path}: {page}");
    }
    page.text().to_owned()
}

both_engines! {
    async fn the_vendor_sees_all_artifacts_and_pushes_the_first(db: TestDatabase) {
        let shop = Shop::open(db).await;
        for role in [Role::ReadOnly, Role::ReadWrite, Role::Admin] {
            let mut staff = shop.staff(role).await;
            let there = ["fleet/ship", "wrench", "Container image", "Pulls in 30 days", "2 of 2 artifacts"];
            let page = expect_words(&mut staff, "/artifacts", &there, &["warp", "No artifacts yet"]).await;
            assert_eq!(page.contains("New pull-through artifact"), role > Role::ReadOnly);
            expect_words(&mut staff, "/artifacts?q=WREN", &["wrench"], &["fleet/ship"]).await;
            expect_words(&mut staff, "/artifacts?q=none", &["No artifact fits"], &[]).await;
        }
        let hooli = shop.hub.add_vendor("Hooli", "hooli").await;
        let member = shop.hub.add_member(&hooli, None, Role::Admin).await;
        let mut empty = Browser::signed_in(shop.hub.anonymous(), &member.session);
        let there = ["No artifacts yet", "docker push hub.test/hooli/my-app:1.0.0"];
        expect_words(&mut empty, "/artifacts", &there, &["fleet/ship"]).await;
        let member = shop.hub.add_member(&shop.globex, None, Role::Admin).await;
        let mut other = Browser::signed_in(shop.hub.anonymous(), &member.session);
        expect_words(&mut other, "/artifacts", &["warp"], &["fleet/ship"]).await;
        expect_page(&other.get(&shop.show()).await, 404);
    }

    async fn one_artifact_shows_its_versions_who_is_entitled_and_who_pulled(db: TestDatabase) {
        let shop = Shop::open(db).await;
        let path = shop.show();
        let mut admin = shop.staff(Role::Admin).await;
        let there = [
            "docker pull hub.test/acme/fleet/ship:2.0", "1.0", "1.1", "linux/amd64", "Every customer may pull it.",
            "Nobody pulled it in the last 30 days.", "3 tags",
        ];
        expect_words(&mut admin, &path, &there, &["warp"]).await;
        expect_words(&mut admin, &format!("{path}?q=1."), &["Delete tag 1.1"], &["Delete tag 2.0"]).await;
        expect_words(&mut admin, &format!("/artifacts/{}", shop.tool), &["linux/amd64, linux/arm64"], &[]).await;

        entitle(&shop.hub, &shop.initech, ("Runtime", vec![(&shop.ship, fitting("pattern", "1.*"))])).await;
        let customer = shop.hub.customer(&shop.initech, Role::ReadOnly).await;
        customer.pull("acme/fleet/ship", "1.1").await.expect(200);
        shop.hub.acme.admin.pull("acme/fleet/ship", "2.0").await.expect(200);
        shop.hub.write_pulls().await;
        let there = ["Runtime", "Tags like", "2 tags now", "Initech · 1", "Your own staff · 1", "2 in the last 30 days"];
        expect_words(&mut admin, &path, &there, &["Every customer may pull it."]).await;
        let mut weak = shop.staff(Role::ReadOnly).await;
        expect_words(&mut weak, &path, &there, &["Delete tag", "/delete", "/artifact-entitlements/"]).await;
        let licenses = format!("/licenses/{}?artifact=fleet%2Fship&reference=1.1", shop.initech);
        let there = ["Allowed", "grants it: Tags like", "2 of 3 tags"];
        expect_words(&mut weak, &licenses, &there, &["/artifact-entitlements/", "/copy\""]).await;
        expect_words(&mut admin, &licenses, &["/artifact-entitlements/"], &[]).await;
    }

    async fn versions_come_in_pages(db: TestDatabase) {
        let shop = Shop::open(db).await;
        for number in 0..50 {
            shop.hub.acme.push("many", &format!("1.0.{number}")).await;
            shop.hub.clock.advance(chrono::TimeDelta::seconds(1));
        }
        shop.hub.acme.push("many", "2.0.0").await;
        let mut admin = shop.staff(Role::Admin).await;
        let path = format!("/artifacts/{}", artifact(&shop.hub, "many").await);
        let first = expect_words(&mut admin, &path, &["Delete tag 2.0.0", "Delete tag 1.0.1\""], &["Delete tag 1.0.0\""]).await;
        let next = first.split("after=").nth(1).unwrap().split('"').next().unwrap().to_owned();
        expect_words(&mut admin, &format!("{path}?after={next}"), &["Delete tag 1.0.0\""], &["Delete tag 1.0.1\""]).await;
    }

    async fn a_customer_sees_what_it_is_entitled_to_and_nothing_else(db: TestDatabase) {
        let shop = Shop::open(db).await;
        let (path, mut customer) = (shop.show(), shop.customer(&shop.initech).await);
        expect_words(&mut customer, "/artifacts", &["fleet/ship", "wrench", "docker login hub.test"], &["warp"]).await;
        expect_words(&mut customer, &path, &["2.0", "1.0"], &["Delete tag", "Runtime", "pushed_by"]).await;

        entitle(&shop.hub, &shop.initech, ("Runtime", vec![(&shop.ship, chosen(&["1.1"]))])).await;
        expect_words(&mut customer, "/artifacts", &["fleet/ship", "1.1", "1 of 1 artifact"], &["wrench", "2.0"]).await;
        let there = ["docker pull hub.test/acme/fleet/ship:1.1", "1 tag"];
        expect_words(&mut customer, &path, &there, &["2.0", "1.0<", "Runtime", "Acme Admin"]).await;
        expect_words(&mut customer, &format!("{path}?q=2"), &["No tag fits"], &[]).await;
        expect_page(&customer.get(&format!("/artifacts/{}", shop.tool)).await, 404);
        expect_page(&customer.get("/artifacts/pulls").await, 403);
        let home = ["Home", "fleet/ship", "1.1", "1 artifact, and their newest tags"];
        expect_words(&mut customer, "/", &home, &["wrench", "2.0"]).await;

        let hooli = shop.hub.acme.add_customer("Hooli").await;
        let mut other = shop.customer(&hooli).await;
        expect_words(&mut other, "/artifacts", &["No artifacts yet"], &["fleet/ship", "wrench"]).await;
        expect_page(&other.get(&path).await, 404);
        let body = json!({ "name": "Initech", "features": [] });
        shop.hub.acme.admin.put(&format!("/api/v1/customer-organizations/{}", shop.initech), body).await.expect(200);
        let page = customer.get("/artifacts").await;
        expect_page(&page, 403);
        assert!(page.text().contains("switched this off"), "{page}");
        expect_page(&customer.get(&path).await, 403);
        expect_words(&mut customer, "/", &["Licenses"], &["/artifacts", "fleet/ship"]).await;
    }

    async fn what_an_entitlement_names_is_not_deleted(db: TestDatabase) {
        let shop = Shop::open(db).await;
        let mut admin = shop.staff(Role::Admin).await;
        let digest = manifest(&shop.hub, &shop.ship, "1.1").await;
        let held = [
            shop.show(), format!("{}/tags/1.1", shop.show()), format!("{}/manifests/{digest}", shop.show()),
        ].map(|path| format!("{path}/delete"));
        let free = format!("{}/tags/2.0/delete", shop.show());
        for path in &held {
            expect_words(&mut admin, path, &["<form", "Delete "], &["An entitlement holds"]).await;
        }
        let token = admin.token(&held[0]).await;
        let rules = vec![(shop.ship.as_str(), chosen(&["1.1"])), (&shop.tool, all())];
        entitle(&shop.hub, &shop.initech, ("Runtime", rules)).await;
        let before = state(&shop.hub.database).await;
        for path in &held {
            let there = ["An entitlement holds", "Runtime", "Initech"];
            expect_words(&mut admin, path, &there, &["name=\"csrf\" value=\"\""]).await;
            let refused = admin.post(path, &[("csrf", &token)]).await;
            expect_page(&refused, 409);
            assert!(refused.text().contains("An entitlement holds"), "{refused}");
        }
        assert_eq!(state(&shop.hub.database).await, before);
        let tool = format!("/artifacts/{}/tags/3.0/delete", shop.tool);
        expect_words(&mut admin, &tool, &["1 tag that customers see now"], &[]).await;
        expect_led(&admin.post(&free, &[("csrf", &token)]).await, &format!("{}?done=deleted", shop.show()));
        expect_words(&mut admin, &shop.show(), &["1.1"], &["Delete tag 2.0"]).await;
        expect_page(&admin.get(&free).await, 404);
        expect_page(&admin.get(&format!("{}/manifests/{}/delete", shop.show(), shop.ship)).await, 404);
        let other = format!("/artifacts/{}/manifests/{digest}/delete", shop.tool);
        expect_page(&admin.get(&other).await, 404);
    }

    async fn an_artifact_goes_with_everything(db: TestDatabase) {
        let shop = Shop::open(db).await;
        let mut admin = shop.staff(Role::ReadWrite).await;
        let path = format!("{}/delete", shop.show());
        expect_words(&mut admin, &path, &["3 tags and 3 manifests"], &[]).await;
        expect_led(&admin.fill(&path, &path, &[]).await, "/artifacts?done=deleted");
        expect_words(&mut admin, "/artifacts", &["wrench"], &["fleet/ship"]).await;
        shop.hub.acme.admin.pull("acme/fleet/ship", "1.0").await.expect(404);
    }

    async fn a_pull_through_artifact_is_made_and_changed_and_its_password_never_shown(db: TestDatabase) {
        let shop = Shop::open(db).await;
        let mut staff = shop.staff(Role::ReadWrite).await;
        let secret = "my-upstream-password";
        let wrong = [
            ("name", "Not A Name"), ("upstreamUrl", "https://x/"), ("upstreamUsername", "robot"), ("upstreamPassword", secret),
        ];
        let again = staff.fill("/artifacts/new", "/artifacts/new", &wrong).await;
        expect_page(&again, 422);
        for kept in ["Not A Name", "https://x/", "robot"] {
            assert!(again.text().contains(kept), "{kept}: {again}");
        }
        assert!(!again.text().contains(secret), "{again}");
        let right = [
            ("name", "db/redis"), ("upstreamUrl", "registry.example.com/library/redis"), ("upstreamUsername", "robot"),
            ("upstreamPassword", secret),
        ];
        let made = staff.fill("/artifacts/new", "/artifacts/new", &right).await;
        let id = artifact(&shop.hub, "db/redis").await;
        expect_led(&made, &format!("/artifacts/{id}?done=created"));
        let show = format!("/artifacts/{id}");
        expect_words(&mut staff, &show, &["registry.example.com/library/redis", "robot", "Pulled through"], &[secret]).await;
        expect_words(&mut staff, "/artifacts", &["pulled through from registry.example.com"], &[secret]).await;

        let edit = format!("{show}/upstream");
        expect_words(&mut staff, &edit, &["registry.example.com/library/redis", "robot", "Empty keeps"], &[secret]).await;
        let elsewhere = [("upstreamUrl", "other.example.com/redis"), ("upstreamUsername", "robot")];
        let refused = staff.fill(&edit, &edit, &elsewhere).await;
        expect_page(&refused, 422);
        assert!(refused.text().contains("for another registry"), "{refused}");
        let kept = [("upstreamUrl", "registry.example.com/redis"), ("upstreamUsername", "robot")];
        expect_led(&staff.fill(&edit, &edit, &kept).await, &format!("{show}?done=saved"));
        expect_words(&mut staff, &show, &["registry.example.com/redis", "robot"], &[]).await;
        let forget = [("upstreamUrl", "other.example.com/redis"), ("upstreamUsername", "robot"), ("forgetCredentials", "true")];
        expect_led(&staff.fill(&edit, &edit, &forget).await, &format!("{show}?done=saved"));
        expect_words(&mut staff, &show, &["other.example.com/redis", "anybody"], &["robot"]).await;
        expect_page(&staff.get(&format!("{}/upstream", shop.show())).await, 404);
        let taken = staff.fill("/artifacts/new", "/artifacts/new", &right).await;
        expect_page(&taken, 409);

        let through = pull_through(&shop.hub, "cache").await;
        let mut customer = shop.customer(&shop.initech).await;
        expect_words(&mut customer, &format!("/artifacts/{through}"), &["cache"], &["registry.example.com"]).await;
    }

    async fn limits_of_a_pull_through_artifact_are_numbers_or_left_empty(db: TestDatabase) {
        let shop = Shop::open(db).await;
        let mut staff = shop.staff(Role::ReadWrite).await;
        let made = [
            ("name", "db/redis"), ("upstreamUrl", "registry.example.com/redis"), ("upstreamCacheLimit", "2"),
            ("upstreamCacheDays", ""), ("upstreamSyncHours", "24"),
        ];
        staff.fill("/artifacts/new", "/artifacts/new", &made).await;
        let id = artifact(&shop.hub, "db/redis").await;
        let (show, edit) = (format!("/artifacts/{id}"), format!("/artifacts/{id}/upstream"));
        expect_words(&mut staff, &show, &["2.1 MB", "24 hours"], &["without a pull"]).await;
        let api = format!("/api/v1/artifacts/{id}");
        let limit = json!({ "upstreamCacheLimit": 2_097_151 });
        shop.hub.acme.admin.patch(&api, limit).await.expect(200);
        let wrong = [
            ("upstreamUrl", "registry.example.com/redis"), ("upstreamCacheLimit", "2"), ("upstreamCacheDays", "a week"),
            ("upstreamSyncHours", "0"),
        ];
        let again = staff.fill(&edit, &edit, &wrong).await;
        expect_page(&again, 422);
        for kept in ["a week", "number of days from 1 to 3650", "number of hours from 1 to 8760"] {
            assert!(again.text().contains(kept), "{kept}: {again}");
        }
        let right = [
            ("upstreamUrl", "registry.example.com/redis"), ("upstreamCacheLimit", "2"), ("upstreamCacheDays", "7"),
            ("upstreamSyncHours", ""),
        ];
        expect_led(&staff.fill(&edit, &edit, &right).await, &format!("{show}?done=saved"));
        let shown = shop.hub.acme.admin.get(&api).await.expect(200).json();
        assert_eq!(shown["upstreamCacheLimit"], 2_097_151, "what the form shows rounded and nobody touched stays exact");
        assert_eq!((&shown["upstreamCacheDays"], shown.get("upstreamSyncHours")), (&json!(7), None));
    }

    async fn pulls_are_listed_filtered_and_saved_as_a_file(db: TestDatabase) {
        let shop = Shop::open(db).await;
        let customer = shop.hub.customer(&shop.initech, Role::ReadOnly).await;
        customer.pull("acme/fleet/ship", "1.1").await.expect(200);
        shop.hub.acme.admin.pull("acme/wrench", "3.0").await.expect(200);
        shop.globex.admin.pull("globex/warp", "9.9").await.expect(200);
        shop.hub.write_pulls().await;
        let mut staff = shop.staff(Role::ReadOnly).await;
        expect_words(&mut staff, "/artifacts/pulls", &["Initech", "fleet/ship", "wrench", "Your own staff"], &["warp"]).await;
        let of = format!("customer={}", shop.initech);
        let shown = expect_words(&mut staff, &format!("/artifacts/pulls?{of}"), &["fleet/ship"], &["Your own staff"]).await;
        assert!(shown.contains(&format!("/artifacts/pulls.csv?{of}")), "{shown}");
        expect_words(&mut staff, "/artifacts/pulls?from=2030-01-01", &["No pull fits"], &[]).await;
        expect_words(&mut staff, "/artifacts/pulls?customer=x&from=y", &["fleet/ship", "wrench"], &[]).await;
        let file = staff.get(&format!("/artifacts/pulls.csv?{of}")).await.expect(200);
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
        let lines: Vec<_> = file.text().lines().collect();
        assert_eq!(lines.len(), 2, "{file}");
        assert!(lines[1].contains("Initech") && lines[1].ends_with("fleet/ship,1.1"), "{file}");
        let path = format!("/artifacts/pulls?artifact={}", shop.tool);
        expect_words(&mut staff, &path, &["Your own staff"], &[">fleet/ship</a>"]).await;

        let body = json!({});
        shop.hub.acme.admin.request(http::Method::DELETE, &format!("/api/v1/customer-organizations/{}", shop.initech))
            .json(&body).send().await.expect(204);
        expect_words(&mut staff, "/artifacts/pulls", &["(deleted)", "fleet/ship"], &[]).await;
    }
}
