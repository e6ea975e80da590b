//! The guides, as members of both portals read them.

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::hub::TestHub;
use grantry_ui::guide::Guide;
use grantry_ui::layout::Portal;

use super::browser::{Browser, expect_led, expect_page};

/// The guides that a page leads to, each once, in their own order.
fn named(page: &str) -> Vec<Guide> {
    Guide::ALL.into_iter().filter(|guide| page.contains(&format!("href=\"{guide}\""))).collect()
}

both_engines! {
    async fn every_member_reads_every_guide_and_finds_those_for_them(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let staff = hub.add_member(&hub.acme, None, Role::ReadOnly).await;
        let customer = hub.add_member(&hub.acme, Some(&initech), Role::ReadOnly).await;
        for (member, portal) in [(staff, Portal::Vendor), (customer, Portal::Customer)] {
            let mut browser = Browser::signed_in(hub.anonymous(), &member.session);
            let list = browser.get("/guides").await.expect(200);
            let wanted: Vec<_> = Guide::ALL.into_iter().filter(|guide| guide.is_for(portal)).collect();
            assert_eq!(named(list.text()), wanted, "{portal:?}");
            for guide in Guide::ALL {
                let page = browser.get(&guide.to_string()).await.expect(200);
                let heading = format!("<h1>{}</h1>", guide.title());
                assert!(page.text().contains(&heading), "{guide} has no heading {heading}");
            }
        }
    }

    async fn other_names_are_not_there(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let member = hub.add_member(&hub.acme, None, Role::Admin).await;
        let mut browser = Browser::signed_in(hub.anonymous(), &member.session);
        for name in ["adding-an-operation", "trial.md", "..%2FREADME", "Trial", "%00", "%FF"] {
            expect_page(&browser.get(&format!("/guides/{name}")).await, 404);
        }
        let mut visitor = Browser::new(hub.anonymous());
        for (path, next) in [("/guides", "%2Fguides"), ("/guides/trial", "%2Fguides%2Ftrial")] {
            expect_led(&visitor.get(path).await, &format!("/login?next={next}"));
        }
    }
}
