//! What a customer finds first.

use chrono::{SecondsFormat, TimeDelta};
use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::{START, TestHub, license_key};

use super::browser::{Browser, expect_led, expect_page};

both_engines! {
    async fn a_customer_finds_its_keys_and_the_newest_tags(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let hooli = hub.acme.add_customer("Hooli").await;
        for (name, customer, days) in [
            ("ENDED", Some(&initech), -1), ("SOON", Some(&initech), 12), ("LATER", Some(&initech), 90), ("SHARED", None, 400),
            ("FOREIGN", Some(&hooli), 3),
        ] {
            let mut key = license_key(name, customer.map(String::as_str));
            key["notBefore"] = "2020-01-01T00:00:00Z".into();
            key["expiresAt"] = (START + TimeDelta::days(days)).to_rfc3339_opts(SecondsFormat::Secs, true).into();
            hub.acme.admin.post("/api/v1/license-keys", key).await.expect(200);
        }
        for number in 0..7 {
            hub.acme.push(&format!("part-{number}"), "1.0").await;
            hub.clock.advance(TimeDelta::seconds(1));
        }
        let member = hub.add_member(&hub.acme, Some(&initech), Role::ReadOnly).await;
        let mut browser = Browser::signed_in(hub.anonymous(), &member.session);
        let page = browser.get("/").await;
        expect_page(&page, 200);
        for words in ["Initech", "3 license keys at work", "1 license key ends within 30 days.", "in 12 days", "7 artifacts", "part-6"] {
            assert!(page.text().contains(words), "{words}: {page}");
        }
        let (newest, oldest) = (page.text().find("part-6"), page.text().find("part-2"));
        assert!(newest < oldest && oldest.is_some(), "{page}");
        for absent in ["part-1", "part-0", "Hooli", "FOREIGN"] {
            assert!(!page.text().contains(absent), "{absent}: {page}");
        }
    }

    async fn the_vendors_staff_is_led_to_the_licenses(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let member = hub.add_member(&hub.acme, None, Role::ReadOnly).await;
        expect_led(&Browser::signed_in(hub.anonymous(), &member.session).get("/").await, "/licenses");
    }
}
