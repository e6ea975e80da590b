//! Pages of artifact entitlements: the form with its steps, the first one's warning, and what each reader is told.

use grantry_model::plan::{Plan, Subscription};
use grantry_model::role::Role;
use grantry_ops::organization::change_plan::change_plan;
use grantry_testdb::both_engines;
use grantry_testdb::database::TestDatabase;
use grantry_testkit::hub::{START, TestHub};
use grantry_testkit::reply::Reply;
use serde_json::json;

use super::browser::{Browser, expect_led, expect_page};
use super::state::state;
use super::stock::{all, artifact, chosen, entitle, entitle_until, fitting, manifest};

const NEW: &str = "/artifact-entitlements/new";

/// A hub with an artifact and customers.
struct Shop {
    hub: TestHub,
    initech: String,
    hooli: String,
    ship: String,
    staff: Browser,
}

impl Shop {
    async fn open(db: TestDatabase) -> Self {
        let hub = TestHub::start(db).await;
        for tag in ["1.0.0", "1.1.0", "2.0.0"] {
            hub.acme.push("fleet/ship", tag).await;
        }
        hub.acme.push("tool", "3.0").await;
        let (initech, hooli) = (hub.acme.add_customer("Initech").await, hub.acme.add_customer("Hooli").await);
        let ship = artifact(&hub, "fleet/ship").await;
        let member = hub.add_member(&hub.acme, None, Role::ReadWrite).await;
        let staff = Browser::signed_in(hub.anonymous(), &member.session);
        Self { hub, initech, hooli, ship, staff }
    }

    fn licenses(&self) -> String {
        format!("/licenses/{}", self.initech)
    }

    /// Sends the form with one row, and these fields besides.
    async fn send(&mut self, step: &str, more: &[(&str, &str)]) -> Reply {
        let (initech, ship) = (self.initech.clone(), self.ship.clone());
        let mut fields = vec![
            ("customerOrganizationId", initech.as_str()),
            ("name", "Runtime"),
            ("row", "0"),
            ("artifact-0", &ship),
            ("step", step),
        ];
        fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        fields.extend(more);
        self.staff.fill(NEW, NEW, &fields).await
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
        expect_words(&fresh, 200, &[&hidden, "Artifact 1", "fleet/ship", "Nothing yet."], &["Artifact 2"]);
        expect_words(&shop.staff.get(NEW).await, 200, &["Choose a customer", "Hooli"], &[]);

        let all = shop.send("preview", &[("scope-0", "all")]).await;
        expect_words(&all, 200, &["3 tags today, and every tag pushed later.", "and every later one"], &[]);
        let range = shop.send("preview", &[("scope-0", "range"), ("range-0", ">=2, <3"), ("expiresAt", "2027-01-31")]).await;
        expect_words(&range, 200, &["1 tag now", "2.0.0", "and later ones in range", "Until 2027-01-31."], &[]);
        let pattern = shop.send("preview", &[("scope-0", "pattern"), ("pattern-0", "1.*")]).await;
        expect_words(&pattern, 200, &["2 tags now", "and later ones that fit"], &[]);
        let half = shop.send("preview", &[("scope-0", "range"), ("range-0", ">=")]).await;
        expect_words(&half, 200, &["fleet/ship"], &["class=\"error\""]);
        let search = shop.send("preview", &[("scope-0", "chosen"), ("search-0", "2"), ("tag-0", "1.0.0")]).await;
        expect_words(&search, 200, &["tag-0-1.0.0", "tag-0-2.0.0"], &["tag-0-1.1.0"]);
        let added = shop.send("add", &[("scope-0", "chosen"), ("tag-0", "1.1.0")]).await;
        expect_words(&added, 200, &["Artifact 2", "value=\"1.1.0\" checked"], &["Artifact 3"]);
        let removed = shop.send("remove-0", &[("scope-0", "all")]).await;
        expect_words(&removed, 200, &["No artifact is granted yet."], &["Artifact 1"]);
        assert_eq!(state(&shop.hub.database).await, before);
    }

    async fn the_first_one_warns_and_has_to_be_confirmed(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        let warning = "This is your organization’s first artifact entitlement.";
        let shown = shop.staff.get(NEW).await;
        expect_words(&shown, 200, &[warning, "2 customers see", "2 artifacts", "1 other customer"], &[]);
        let before = state(&shop.hub.database).await;
        let refused = shop.send("save", &[("scope-0", "all")]).await;
        expect_words(&refused, 422, &[warning, "Confirm this"], &[]);
        assert_eq!(state(&shop.hub.database).await, before);
        let saved = shop.send("save", &[("scope-0", "all"), ("confirm", "true")]).await;
        expect_led(&saved, &format!("{}?done=created", shop.licenses()));
        let member = shop.hub.add_member(&shop.hub.acme, Some(&shop.hooli), Role::ReadOnly).await;
        let mut hooli = Browser::signed_in(shop.hub.anonymous(), &member.session);
        expect_words(&hooli.get("/artifacts").await, 200, &["No artifacts yet"], &["fleet/ship"]);
        expect_words(&shop.staff.get(NEW).await, 200, &["Artifact 1"], &[warning]);
        let second = shop.send("save", &[("scope-0", "all"), ("name", "Second")]).await;
        expect_led(&second, &format!("{}?done=created", shop.licenses()));
    }

    async fn what_is_wrong_stands_in_its_place(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        entitle(&shop.hub, &shop.initech, ("Taken", vec![(&shop.ship, all())])).await;
        let before = state(&shop.hub.database).await;
        let ship = shop.ship.clone();
        let unknown = "0193606c-8f3a-7000-8000-000000000001";
        for (fields, words) in [
            (vec![("name", " ")], "name-error"),
            (vec![("name", "TAKEN")], "already has this name"),
            (vec![("customerOrganizationId", "")], "Choose the customer that is entitled."),
            (vec![("customerOrganizationId", unknown)], "There is no customer with this id."),
            (vec![("expiresAt", "soon")], "Write the day as year, month and day"),
            (vec![("artifact-0", "")], "Choose an artifact, or remove this one."),
            (vec![("artifact-0", unknown)], "There is no artifact with this id. Choose one of yours."),
            (vec![("scope-0", "chosen")], "Nothing of it is chosen."),
            (vec![("scope-0", "chosen"), ("tag-0", "9.9")], "It has no tag “9.9”."),
            (vec![("scope-0", "chosen"), ("manifest-0", unknown)], "It has no version with the id"),
            (vec![("scope-0", "chosen"), ("manifest-0", "x")], "A chosen manifest is gone."),
            (vec![("scope-0", "range"), ("range-0", "abc")], "range-0-error"),
            (vec![("scope-0", "pattern"), ("pattern-0", "")], "pattern-0-error"),
            (vec![("row", "0"), ("row", "1"), ("artifact-1", &ship), ("scope-1", "all")], "This is the same as artifact 1."),
        ] {
            let mut fields = fields;
            if !fields.iter().any(|(name, _)| *name == "scope-0") {
                fields.push(("scope-0", "all"));
            }
            let reply = shop.send("save", &fields).await;
            expect_words(&reply, 422, &[words, "Create entitlement"], &[]);
        }
        let none = [("customerOrganizationId", shop.initech.as_str()), ("name", "Empty"), ("step", "save")];
        let reply = shop.staff.fill(NEW, NEW, &none).await;
        expect_words(&reply, 422, &["Add at least one artifact."], &[]);
        assert_eq!(state(&shop.hub.database).await, before);
    }

    async fn an_entitlement_is_edited_and_keeps_what_nobody_touched(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        let current = fitting("current", "");
        let until = START + chrono::TimeDelta::days(60);
        let grants = vec![(shop.ship.as_str(), current)];
        let id = entitle_until(&shop.hub, &shop.initech, ("Runtime", grants), Some(until)).await;
        shop.hub.acme.push("fleet/ship", "2.1.0").await;
        let edit = format!("/artifact-entitlements/{id}/edit");
        let shown = shop.staff.get(&edit).await;
        expect_words(&shown, 200, &["Edit Runtime", "Initech", "value=\"2.0.0\" checked", "2.1.0"], &["value=\"2.1.0\" checked"]);
        let day = until.format("%Y-%m-%d").to_string();
        let ship = shop.ship.clone();
        let row = [
            ("name", "Runtime"), ("expiresAt", day.as_str()), ("row", "0"), ("artifact-0", &ship), ("scope-0", "chosen"),
            ("tag-0", "1.0.0"), ("tag-0", "1.1.0"), ("tag-0", "2.0.0"), ("step", "save"),
        ];
        let before = state(&shop.hub.database).await;
        expect_led(&shop.staff.fill(&edit, &edit, &row).await, &format!("{}?done=unchanged", shop.licenses()));
        assert_eq!(state(&shop.hub.database).await, before);

        let digest = manifest(&shop.hub, &shop.ship, "1.0.0").await;
        let changed = [
            ("name", "Images"), ("expiresAt", ""), ("row", "0"), ("artifact-0", &ship), ("scope-0", "chosen"),
            ("tag-0", "2.1.0"), ("manifest-0", &digest), ("step", "save"),
        ];
        expect_led(&shop.staff.fill(&edit, &edit, &changed).await, &format!("{}?done=saved", shop.licenses()));
        let page = shop.staff.get(&shop.licenses()).await;
        expect_words(&page, 200, &["Images", "1 chosen tag", "1 chosen manifest", "2 of 4 tags"], &["Runtime"]);
        let shown = shop.staff.get(&edit).await;
        expect_words(&shown, 200, &["value=\"2.1.0\" checked", "whatever its tags", &format!("value=\"{digest}\" checked")], &[]);
        let unchecked = [("name", "Images"), ("row", "0"), ("artifact-0", &ship), ("scope-0", "chosen"), ("step", "preview")];
        let reply = shop.staff.fill(&edit, &edit, &unchecked).await;
        expect_words(&reply, 200, &["whatever its tags", "Nothing is checked yet."], &[&format!("value=\"{digest}\" checked")]);
        let refused = [("name", "Images"), ("row", "0"), ("artifact-0", &ship), ("scope-0", "chosen"), ("step", "save")];
        expect_words(&shop.staff.fill(&edit, &edit, &refused).await, 422, &["Nothing of it is chosen."], &[]);
    }

    async fn the_question_before_deletion_names_what_is_lost(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        let one = entitle(&shop.hub, &shop.initech, ("Runtime", vec![(&shop.ship, all())])).await;
        entitle(&shop.hub, &shop.initech, ("Old", vec![(&shop.ship, fitting("pattern", "1.*"))])).await;
        let path = format!("/artifact-entitlements/{one}/delete");
        expect_words(&shop.staff.get(&path).await, 200, &["fleet/ship", "1 tag", "2.0.0"], &["all of it", "1.1.0"]);
        expect_led(&shop.staff.fill(&path, &path, &[]).await, &format!("{}?done=deleted", shop.licenses()));
        expect_words(&shop.staff.get(&shop.licenses()).await, 200, &["Old", "2 of 3 tags"], &["Runtime"]);
        expect_page(&shop.staff.get(&path).await, 404);
    }

    async fn why_answers_by_which_rule(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        let ask = |artifact: &str, reference: &str| {
            let query = serde_urlencoded::to_string([("artifact", artifact), ("reference", reference)]).unwrap();
            format!("/licenses/{}?{query}", shop.initech)
        };
        let questions = [
            ask("fleet/ship", "2.0.0"), ask("fleet/ship", "1.0.0"), ask("tool", "3.0"), ask("fleet/ship", "9"), ask("none", "1"),
        ];
        let unasked = shop.staff.get(&shop.licenses()).await;
        expect_words(&unasked, 200, &["Why?", "All: your organization doesn’t restrict artifacts."], &["class=\"answer\""]);
        expect_words(&shop.staff.get(&questions[0]).await, 200, &["Allowed", "does not restrict artifacts"], &[]);
        let until = START + chrono::TimeDelta::days(10);
        let range = vec![(shop.ship.as_str(), fitting("range", ">=2"))];
        entitle_until(&shop.hub, &shop.initech, ("Runtime", range), Some(until)).await;
        for (question, words) in questions.iter().zip([
            ["Allowed", "grants it: Versions"],
            ["Not allowed", "and this one is not in that range."],
            ["Not allowed", "No entitlement of this customer names the artifact."],
            ["Not there", "There is no such tag or digest"],
            ["Not there", "There is no such tag or digest"],
        ]) {
            expect_words(&shop.staff.get(question).await, 200, &words, &[]);
        }
        let digest = shop.hub.acme.admin.pull("acme/fleet/ship", "2.0.0").await.expect(200);
        let by_digest = ask("fleet/ship", digest.header("docker-content-digest"));
        expect_words(&shop.staff.get(&by_digest).await, 200, &["It is reached through the tag", "2.0.0"], &[]);
        shop.hub.clock.advance(chrono::TimeDelta::days(11));
        expect_words(&shop.staff.get(&questions[0]).await, 200, &["Not allowed", "and has ended."], &[]);
        let body = json!({ "name": "Initech", "features": [] });
        shop.hub.acme.admin.put(&format!("/api/v1/customer-organizations/{}", shop.initech), body).await.expect(200);
        let page = shop.staff.get(&questions[0]).await;
        expect_words(&page, 200, &["Artifacts are switched off for this customer.", "switched off for this customer"], &[]);
    }

    async fn licenses_are_copied_with_an_end_of_their_own(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        let path = format!("/licenses/{}/copy", shop.hooli);
        entitle(&shop.hub, &shop.initech, ("Runtime", vec![(&shop.ship, chosen(&["1.0.0"]))])).await;
        shop.hub.acme.add_license_key("FLEET", Some(&shop.initech)).await;
        let detail = format!("/licenses/{}", shop.hooli);
        expect_words(&shop.staff.get(&detail).await, 200, &[&path, "No artifact entitlements yet"], &[]);
        let shown = shop.staff.get(&path).await;
        expect_words(&shown, 200, &["Initech", "value=\"artifact_entitlements\" checked", "value=\"license_keys\" checked"], &[]);
        let before = state(&shop.hub.database).await;
        let initech = shop.initech.clone();
        let both = [("kinds", "artifact_entitlements"), ("kinds", "license_keys")];
        for (fields, words) in [
            (vec![("from", ""), both[0]], "Choose a customer from the list."),
            (vec![("from", initech.as_str())], "Choose what to copy."),
            (vec![("from", &initech), both[0], ("expiresAt", "x")], "Write the day"),
            (vec![("from", &initech), both[0], ("expiresAt", "2020-01-01")], "in the future"),
            (vec![("from", &initech), both[0], both[1]], "expiresAt-error"),
        ] {
            expect_words(&shop.staff.fill(&path, &path, &fields).await, 422, &[words], &[]);
        }
        assert_eq!(state(&shop.hub.database).await, before);
        let right = [("from", initech.as_str()), both[0], both[1], ("expiresAt", "2027-06-01")];
        expect_led(&shop.staff.fill(&path, &path, &right).await, &format!("{detail}?done=copied"));
        expect_words(&shop.staff.get(&detail).await, 200, &["Runtime", "FLEET_2", "1 chosen tag", "1 Jun 2027"], &[]);
    }

    async fn overview_and_deletion_of_a_customer_count_entitlements(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        let soon = START + chrono::TimeDelta::days(10);
        let grant = || vec![(shop.ship.as_str(), all())];
        entitle_until(&shop.hub, &shop.initech, ("Runtime", grant()), Some(soon)).await;
        entitle_until(&shop.hub, &shop.initech, ("Trial", grant()), Some(START - chrono::TimeDelta::days(1))).await;
        let page = shop.staff.get("/licenses").await;
        expect_words(&page, 200, &["1 expiring soon", "1 expired", "No licenses"], &[]);
        let expiring = shop.staff.get("/licenses?filter=expiring").await;
        expect_words(&expiring, 200, &["Initech"], &[">Hooli<"]);
        let member = shop.hub.add_member(&shop.hub.acme, None, Role::Admin).await;
        let mut admin = Browser::signed_in(shop.hub.anonymous(), &member.session);
        let page = admin.get(&format!("/customers/{}/delete", shop.initech)).await;
        expect_words(&page, 200, &["2 artifact entitlements: Runtime, Trial"], &[]);
    }

    async fn only_an_administrator_lifts_the_restriction(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        entitle(&shop.hub, &shop.initech, ("Runtime", vec![(&shop.ship, chosen(&["1.0.0"]))])).await;
        let page = shop.staff.get("/settings").await;
        expect_words(&page, 200, &["1 customer has", "1 customer sees", "Only an administrator changes this."], &[]);
        let token = shop.staff.token("/settings").await;
        let sent = [("visibility", "open"), ("tags", "mutable"), ("csrf", token.as_str())];
        let before = state(&shop.hub.database).await;
        expect_page(&shop.staff.post("/settings/artifacts", &sent).await, 403);
        assert_eq!(state(&shop.hub.database).await, before);
        let member = shop.hub.add_member(&shop.hub.acme, None, Role::Admin).await;
        let mut admin = Browser::signed_in(shop.hub.anonymous(), &member.session);
        let done = admin.fill("/settings", "/settings/artifacts", &[("visibility", "open")]).await;
        expect_led(&done, "/settings?done=saved");
        let member = shop.hub.add_member(&shop.hub.acme, Some(&shop.hooli), Role::ReadOnly).await;
        let mut hooli = Browser::signed_in(shop.hub.anonymous(), &member.session);
        expect_words(&hooli.get("/artifacts").await, 200, &["fleet/ship", "tool"], &[]);
        let moved = shop.hub.acme.admin.get("/api/v1/organization").await.expect(200);
        let done = admin.fill("/settings", "/settings/artifacts", &[("tags", "mutable")]).await;
        expect_led(&done, "/settings?done=saved");
        assert_eq!(moved.field("/slug"), "acme");
        shop.hub.acme.push_image("fleet/ship", "1.0.0", "other content").await;
        expect_words(&hooli.get("/artifacts").await, 200, &["fleet/ship", "tool"], &[]);
    }

    async fn without_license_management_artifacts_stay_and_entitlements_are_locked(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        let id = entitle(&shop.hub, &shop.initech, ("Runtime", vec![(&shop.ship, chosen(&["1.0.0"]))])).await;
        change_plan(&shop.hub.ops, "acme", Subscription { plan: Plan::Community, until: None }).await.unwrap();
        let before = state(&shop.hub.database).await;
        for path in [NEW.to_owned(), format!("/artifact-entitlements/{id}/edit"), format!("/artifact-entitlements/{id}/delete"),
            format!("/licenses/{}/copy", shop.hooli), shop.licenses()]
        {
            expect_words(&shop.staff.get(&path).await, 403, &["Community"], &["Runtime", "fleet/ship"]);
            let token = shop.staff.token("/account").await;
            let sent = shop.staff.post(&path, &[("step", "save"), ("csrf", &token)]).await;
            let is_page = path == shop.licenses();
            expect_page(&sent, if is_page { 405 } else { 403 });
        }
        assert_eq!(state(&shop.hub.database).await, before);
        let page = shop.staff.get(&format!("/artifacts/{}", shop.ship)).await;
        expect_words(&page, 200, &["fleet/ship", "1.0.0", "2.0.0"], &["Who is entitled", "Runtime"]);
        let member = shop.hub.add_member(&shop.hub.acme, Some(&shop.initech), Role::ReadOnly).await;
        let mut customer = Browser::signed_in(shop.hub.anonymous(), &member.session);
        let page = customer.get(&format!("/artifacts/{}", shop.ship)).await;
        expect_words(&page, 200, &["1.0.0"], &["2.0.0"]);
        expect_words(&customer.get("/").await, 200, &["fleet/ship"], &["All licenses"]);
        expect_words(&shop.staff.get("/settings").await, 200, &["What customers see"], &[]);
    }
}
