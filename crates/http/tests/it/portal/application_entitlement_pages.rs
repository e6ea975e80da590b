//! Pages of application entitlements: the form with its steps, the first one's warning, what an edit may not take away, and
//! what stands about them on a customer's page.

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testdb::database::TestDatabase;
use grantry_testkit::hub::TestHub;
use grantry_testkit::reply::Reply;

use super::application_stock::{application, entitle, version};
use super::browser::{Browser, expect_led, expect_page};
use super::state::state;

const NEW: &str = "/application-entitlements/new";

/// A hub with an application in three versions, and customers.
struct Shop {
    hub: TestHub,
    initech: String,
    hooli: String,
    fleet: String,
    versions: Vec<String>,
    staff: Browser,
}

impl Shop {
    async fn open(db: TestDatabase) -> Self {
        let hub = TestHub::start(db).await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        let fleet = application(&hub, "Fleet").await;
        let mut versions = Vec::new();
        for name in ["1.0.0", "1.1.0", "2.0.0"] {
            versions.push(version(&hub, &fleet, name).await);
        }
        let member = hub.add_member(&hub.acme, None, Role::ReadWrite).await;
        let staff = Browser::signed_in(hub.anonymous(), &member.session);
        Self { hub, initech, hooli, fleet, versions, staff }
    }

    fn licenses(&self) -> String {
        format!("/licenses/{}", self.initech)
    }

    /// Sends the form with these fields besides the usual ones.
    async fn send_to(&mut self, path: &str, step: &str, more: &[(&str, &str)]) -> Reply {
        let (initech, fleet) = (self.initech.clone(), self.fleet.clone());
        let mut fields = vec![
            ("customerOrganizationId", initech.as_str()),
            ("applicationId", fleet.as_str()),
            ("name", "Runtime"),
            ("scope", "all"),
            ("step", step),
        ];
        fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        fields.extend(more);
        self.staff.fill(path, path, &fields).await
    }

    async fn send(&mut self, step: &str, more: &[(&str, &str)]) -> Reply {
        self.send_to(NEW, step, more).await
    }
}

#[track_caller]
fn expect_words(reply: &Reply, status: u16, there: &[&str], absent: &[&str]) {
    expect_page(reply, status);
    for text in there {
        assert!(reply.text().contains(text), "{text}: {reply}");
    }
    for text in absent {
        assert!(!reply.text().contains(text), "{text}: {reply}");
    }
}

both_engines! {
    async fn the_form_says_what_would_be_granted_and_saves_nothing_until_it_is_asked_to(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        let before = state(&shop.hub.database).await;
        let fresh = shop.staff.get(&format!("{NEW}?customer={}", shop.initech)).await;
        let hidden = format!("name=\"customerOrganizationId\" value=\"{}\"", shop.initech);
        expect_words(&fresh, 200, &[&hidden, "Fleet", "Choose an application to see its versions."], &[]);
        expect_words(&shop.staff.get(NEW).await, 200, &["Choose a customer", "Hooli"], &[]);

        let all = shop.send("preview", &[]).await;
        expect_words(&all, 200, &["3 versions today, and every later one.", "and every later one"], &[]);
        let range = shop.send("preview", &[("scope", "range"), ("range", ">=2, <3"), ("expiresAt", "2027-01-31")]).await;
        expect_words(&range, 200, &["1 version now", "2.0.0", "and later ones in range", "Until 2027-01-31."], &[]);
        let half = shop.send("preview", &[("scope", "range"), ("range", ">=")]).await;
        expect_words(&half, 200, &["Fleet"], &["class=\"error\""]);
        let window = shop.send("preview", &[("scope", "published_until"), ("publishedUntil", "2999-01-01")]).await;
        expect_words(&window, 200, &["3 versions now", "and later ones until that day"], &[]);
        let first = shop.versions[0].clone();
        let search = shop.send("preview", &[("scope", "chosen"), ("search", "2"), ("version", &first)]).await;
        expect_words(&search, 200, &[&format!("value=\"{first}\" checked"), "2.0.0", "1 version"], &["<code>1.1.0</code>"]);
        let secret = shop.send("preview", &[("registryUrl", "registry.example"), ("registryPassword", "hush-hush")]).await;
        expect_words(&secret, 200, &["value=\"registry.example\""], &["hush-hush"]);
        assert_eq!(state(&shop.hub.database).await, before);
    }

    async fn the_first_one_warns_and_has_to_be_confirmed(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        let warning = "This is your organization’s first application entitlement.";
        let shown = shop.staff.get(NEW).await;
        expect_words(&shown, 200, &[warning, "2 customers see", "1 application", "1 other customer"], &[]);
        let before = state(&shop.hub.database).await;
        let refused = shop.send("save", &[("expiresAt", "soon")]).await;
        expect_words(&refused, 422, &[warning, "Confirm this", "Write the day"], &[]);
        assert_eq!(state(&shop.hub.database).await, before);
        let saved = shop.send("save", &[("confirm", "true")]).await;
        expect_led(&saved, &format!("{}?done=created", shop.licenses()));
        expect_words(&shop.staff.get(NEW).await, 200, &["Fleet"], &[warning]);
        let page = shop.staff.get(&shop.licenses()).await;
        expect_words(&page, 200, &["Runtime", "All versions, now and later", "3 versions"], &[]);
        let other = shop.staff.get(&format!("/licenses/{}", shop.hooli)).await;
        expect_words(&other, 200, &["No application entitlements yet", "no entitlement that holds now grants a version"], &[]);
        expect_words(&shop.staff.get("/licenses").await, 200, &["Application entitlements", "Initech"], &[]);
    }

    async fn what_is_wrong_stands_in_its_place(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        entitle(&shop.hub, &shop.initech, ("Taken", &shop.fleet, None)).await;
        let before = state(&shop.hub.database).await;
        let unknown = "0193606c-8f3a-7000-8000-000000000001";
        for (fields, words) in [
            (vec![("name", " ")], "name-error"),
            (vec![("name", "TAKEN")], "already has this name"),
            (vec![("customerOrganizationId", "")], "customerOrganizationId-error"),
            (vec![("customerOrganizationId", unknown)], "There is no customer with this id."),
            (vec![("applicationId", "")], "Choose the application that is granted."),
            (vec![("applicationId", unknown)], "There is no application with this id."),
            (vec![("expiresAt", "soon")], "Write the day as year, month and day"),
            (vec![("scope", "chosen")], "No version is chosen."),
            (vec![("scope", "chosen"), ("version", unknown)], "has no version with the id"),
            (vec![("scope", "chosen"), ("version", "x")], "A chosen version is gone."),
            (vec![("scope", "range"), ("range", "abc")], "range-error"),
            (vec![("scope", "published_until")], "publishedUntil-error"),
            (vec![("registryUrl", "registry.example")], "registryUsername-error"),
            (vec![("registryUrl", "registry.example"), ("registryUsername", "bot")], "registryPassword-error"),
        ] {
            let reply = shop.send("save", &fields).await;
            expect_words(&reply, 422, &[words, "Create entitlement"], &[]);
        }
        assert_eq!(state(&shop.hub.database).await, before);
    }

    async fn an_edit_widens_and_never_takes_away(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        let versions = shop.versions.clone();
        let chosen = [("scope", "chosen"), ("version", versions[0].as_str()), ("version", versions[1].as_str()), ("confirm", "true")];
        let with = [("registryUrl", "registry.example"), ("registryUsername", "bot"), ("registryPassword", "hush-hush")];
        let saved = shop.send("save", &[&chosen[..], &with[..]].concat()).await;
        expect_led(&saved, &format!("{}?done=created", shop.licenses()));
        let page = shop.staff.get(&shop.licenses()).await;
        let edit = page.text().split("href=\"").map(|rest| rest.split('"').next().unwrap());
        let edit = edit.into_iter().find(|link| link.starts_with("/application-entitlements/") && link.ends_with("/edit")).unwrap().to_owned();
        let shown = shop.staff.get(&edit).await;
        let there = ["Edit Runtime", "value=\"registry.example\"", "Empty keeps the one that is there", "value=\"bot\""];
        expect_words(&shown, 200, &there, &["hush-hush"]);

        let kept = [&chosen[..3], &with[..2]].concat();
        let before = state(&shop.hub.database).await;
        expect_led(&shop.send_to(&edit, "save", &kept).await, &format!("{}?done=unchanged", shop.licenses()));
        let fewer = [&chosen[..2], &with[..2]].concat();
        let refused = shop.send_to(&edit, "save", &fewer).await;
        expect_words(&refused, 409, &["would take away: 1.1.0", "never taken away"], &[]);
        assert_eq!(state(&shop.hub.database).await, before);
        let wider = [&[("scope", "range"), ("range", ">=1")][..], &with[..2]].concat();
        expect_led(&shop.send_to(&edit, "save", &wider).await, &format!("{}?done=saved", shop.licenses()));
        let forgotten = [&wider[..], &[("forgetRegistry", "true")][..]].concat();
        expect_led(&shop.send_to(&edit, "save", &forgotten).await, &format!("{}?done=saved", shop.licenses()));
        expect_words(&shop.staff.get(&edit).await, 200, &["&gt;=1"], &["value=\"registry.example\"", "Empty keeps"]);
    }

    async fn the_question_before_deletion_names_what_is_lost(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        let one = entitle(&shop.hub, &shop.initech, ("Runtime", &shop.fleet, None)).await;
        entitle(&shop.hub, &shop.initech, ("Old", &shop.fleet, Some("<2"))).await;
        let path = format!("/application-entitlements/{one}/delete");
        expect_words(&shop.staff.get(&path).await, 200, &["Fleet", "1 version", "2.0.0"], &["1.1.0"]);
        expect_led(&shop.staff.fill(&path, &path, &[]).await, &format!("{}?done=deleted", shop.licenses()));
        expect_words(&shop.staff.get(&shop.licenses()).await, 200, &["Old", "2 of 3 versions"], &["Runtime"]);
        expect_page(&shop.staff.get(&path).await, 404);
    }

    async fn why_answers_by_which_rule(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        let ask = |customer: &str, version: &str| format!("/licenses/{customer}?application=fleet&version={version}");
        let open = shop.staff.get(&ask(&shop.initech, "1.0.0")).await;
        expect_words(&open, 200, &["Allowed", "does not restrict applications"], &["Not allowed"]);
        entitle(&shop.hub, &shop.initech, ("Fleet 1", &shop.fleet, Some("<2"))).await;
        let granted = shop.staff.get(&ask(&shop.initech, "1.1.0")).await;
        expect_words(&granted, 200, &["Allowed", "Fleet 1", "grants it", "2 versions now"], &["Not allowed"]);
        let left_out = shop.staff.get(&ask(&shop.initech, "2.0.0")).await;
        expect_words(&left_out, 200, &["Not allowed", "not in that range"], &[]);
        let other = shop.staff.get(&ask(&shop.hooli, "1.0.0")).await;
        expect_words(&other, 200, &["Not allowed", "No entitlement of this customer is to the application."], &[]);
        expect_words(&shop.staff.get(&ask(&shop.hooli, "9.9")).await, 200, &["Not there"], &[]);
    }

    async fn copies_and_settings_know_applications(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        entitle(&shop.hub, &shop.initech, ("Fleet 1", &shop.fleet, Some("<2"))).await;
        let copy = format!("/licenses/{}/copy", shop.hooli);
        expect_words(&shop.staff.get(&copy).await, 200, &["Application entitlements", "Credentials of registries are not copied."], &[]);
        let fields = [("from", shop.initech.clone()), ("kinds", "application_entitlements".to_owned())];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let copied = shop.staff.fill(&copy, &copy, &fields).await;
        expect_led(&copied, &format!("/licenses/{}?done=copied", shop.hooli));
        expect_words(&shop.staff.get(&format!("/licenses/{}", shop.hooli)).await, 200, &["Fleet 1", "2 of 3 versions"], &[]);

        let settings = shop.staff.get("/settings").await;
        expect_words(&settings, 200, &["What customers may deploy", "2 customers have", "Only an administrator changes this."], &[]);
        let admin = shop.hub.add_member(&shop.hub.acme, None, Role::Admin).await;
        let mut admin = Browser::signed_in(shop.hub.anonymous(), &admin.session);
        let to = "/settings/applications";
        expect_led(&admin.fill("/settings", to, &[("applications", "open")]).await, "/settings?done=saved");
        let page = shop.staff.get(&shop.licenses()).await;
        expect_words(&page, 200, &["All: your organization doesn’t restrict applications."], &[]);
        expect_led(&admin.fill("/settings", to, &[]).await, "/settings?done=saved");
        let page = shop.staff.get(&shop.licenses()).await;
        expect_words(&page, 200, &["2 of 3 versions"], &["All: your organization doesn’t restrict applications."]);
    }
}
