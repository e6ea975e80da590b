//! Pages of applications and their versions: what each reader sees, what may be changed and deleted.

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testdb::database::TestDatabase;
use grantry_testkit::hub::TestHub;
use grantry_testkit::reply::Reply;

use super::application_stock::{COMPOSE, application, entitle, version};
use super::browser::{Browser, expect_led, expect_page};
use super::state::state;

/// A hub with an application of Acme's, and another vendor's.
struct Shop {
    hub: TestHub,
    initech: String,
    fleet: String,
    staff: Browser,
}

impl Shop {
    async fn open(db: TestDatabase) -> Self {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let fleet = application(&hub, "Fleet").await;
        let member = hub.add_member(&hub.acme, None, Role::ReadWrite).await;
        let staff = Browser::signed_in(hub.anonymous(), &member.session);
        Self { hub, initech, fleet, staff }
    }

    fn show(&self) -> String {
        format!("/applications/{}", self.fleet)
    }

    async fn member(&self, customer: Option<&str>, role: Role) -> Browser {
        let member = self.hub.add_member(&self.hub.acme, customer, role).await;
        Browser::signed_in(self.hub.anonymous(), &member.session)
    }

    /// Sends the form for a version with these fields besides its name.
    async fn add(&mut self, step: &str, more: &[(&str, &str)]) -> Reply {
        let new = format!("{}/versions/new", self.show());
        let mut fields = vec![("name", "1.0.0"), ("composefile", COMPOSE), ("step", step)];
        fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        fields.extend(more);
        self.staff.fill(&new, &new, &fields).await
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
    async fn an_application_is_created_renamed_and_listed(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        let new = "/applications/new";
        let created = shop.staff.fill(new, new, &[("name", "Sensor Hub"), ("type", "kubernetes")]).await;
        let place = created.header("location").to_owned();
        assert!(place.ends_with("/versions/new?done=created"), "{created}");
        expect_words(&shop.staff.get(&place).await, 200, &["Where the chart is", "Base values"], &["Compose file"]);
        let list = shop.staff.get("/applications").await;
        expect_words(&list, 200, &["Sensor Hub", "Helm chart", "Fleet", "2 of 2 applications"], &["No applications yet"]);
        expect_words(&shop.staff.get("/applications?q=SENSOR").await, 200, &["Sensor Hub"], &[">Fleet<"]);

        let before = state(&shop.hub.database).await;
        for (name, words) in [("fleet", "already has this name"), (" ", "name-error")] {
            expect_words(&shop.staff.fill(new, new, &[("name", name)]).await, 422, &[words], &[]);
        }
        let edit = format!("{}/edit", shop.show());
        expect_words(&shop.staff.fill(&edit, &edit, &[("name", "SENSOR HUB")]).await, 422, &["already has this name"], &[]);
        assert_eq!(state(&shop.hub.database).await, before);
        let renamed = shop.staff.fill(&edit, &edit, &[("name", "Fleet Manager")]).await;
        expect_led(&renamed, &format!("{}?done=saved", shop.show()));
        expect_words(&shop.staff.get(&shop.show()).await, 200, &["Fleet Manager", "No versions yet"], &[]);
    }

    async fn a_version_is_added_with_files_and_documents(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        let before = state(&shop.hub.database).await;
        let added = shop.add("add", &[("composefile", "services:\r\n  web: {}\r\n")]).await;
        expect_words(&added, 200, &["Document 1", "services:\n  web: {}"], &["Document 2", "\r\n"]);
        let removed = shop.add("remove-0", &[("row", "0"), ("resource-name-0", "Notes")]).await;
        expect_words(&removed, 200, &["None yet."], &["Document 1"]);
        assert_eq!(state(&shop.hub.database).await, before);
        let saved = shop.add("save", &[
            ("linkTemplate", "https://{{ .Env.HOST }}"), ("templatefile", "HOST=\r\n"), ("row", "0"),
            ("resource-name-0", "Upgrade"), ("resource-content-0", "# Read me\r\n\r\n<script>x</script>"), ("resource-visible-0", "true"),
        ]).await;
        let place = saved.header("location").to_owned();
        assert!(place.starts_with(&format!("{}/versions/", shop.show())), "{saved}");
        let page = shop.staff.get(&place).await;
        let there = ["Fleet 1.0.0", "registry.example/fleet/web:1", "HOST=", "<h4>Read me</h4>", "&lt;script&gt;", "Customers see it"];
        expect_words(&page, 200, &there, &["<script>x"]);
        let file = place.replace("?done=created", "/files/compose.yaml");
        let file = shop.staff.get(&file).await.expect(200);
        assert_eq!((file.text(), file.header("content-disposition")), (COMPOSE, "attachment; filename=\"compose.yaml\""));
        expect_page(&shop.staff.get(&place.replace("?done=created", "/files/values.yaml")).await, 404);
    }

    async fn what_is_wrong_with_a_version_stands_in_its_place(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        version(&shop.hub, &shop.fleet, "1.0.0").await;
        let before = state(&shop.hub.database).await;
        let large = "#".repeat(100 * 1024 + 1);
        for (field, value, words) in [
            ("name", "1.0.0", vec!["name-error", "already has a version"]),
            ("composefile", "services:\n  web:\n   - : :\n  x", vec!["composefile-error", "Line 5, column 1", "class=\"excerpt\""]),
            ("composefile", "", vec!["composefile-error"]),
            ("templatefile", &large, vec!["templatefile-error", "100 KiB"]),
            ("linkTemplate", "{{ .Env", vec!["linkTemplate-error"]),
            ("row", "0", vec!["Document 1 of the list"]),
        ] {
            let mut fields = vec![(field, value)];
            if field != "name" {
                fields.push(("name", "2.0.0"));
            }
            expect_words(&shop.add("save", &fields).await, 422, &words, &[]);
        }
        assert_eq!(state(&shop.hub.database).await, before);
    }

    async fn a_chosen_file_takes_the_place_of_what_was_typed(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        let new = format!("{}/versions/new", shop.show());
        let file = "services:\n  chosen:\n    image: registry.example/chosen:1\n";
        let parts = [("name", "1.0.0"), ("composefile", "typed"), ("step", "save")];
        let sent = shop.staff.upload(&new, &parts, ("composefile-upload", file.as_bytes())).await;
        let place = sent.header("location").to_owned();
        let stored = shop.staff.get(&place.replace("?done=created", "/files/compose.yaml")).await.expect(200);
        assert_eq!(stored.text(), file);

        let before = state(&shop.hub.database).await;
        let refused = shop.staff.upload(&new, &parts, ("composefile-upload", b"\xff\xfe")).await;
        expect_words(&refused, 422, &["no text in UTF-8"], &[]);
        let large = vec![b'#'; 2 * 1024 * 1024];
        expect_page(&shop.staff.upload(&new, &parts, ("composefile-upload", &large)).await, 413);
        let forged = shop.staff.upload_without_token(&new, &parts, ("composefile-upload", file.as_bytes())).await;
        expect_page(&forged, 403);
        assert_eq!(state(&shop.hub.database).await, before);
    }

    async fn a_version_is_archived_brought_back_and_renamed(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        let id = version(&shop.hub, &shop.fleet, "1.0.0").await;
        version(&shop.hub, &shop.fleet, "1.1.0").await;
        let at = format!("{}/versions/{id}", shop.show());
        let (archive, edit) = (format!("{at}/archive"), format!("{at}/edit"));
        for (archived, done, words) in [("true", "saved", "Bring back"), ("true", "unchanged", "Archived"), ("false", "saved", "Offered")] {
            let reply = shop.staff.fill(&at, &archive, &[("archived", archived)]).await;
            expect_led(&reply, &format!("{}?done={done}", shop.show()));
            expect_words(&shop.staff.get(&at).await, 200, &[words], &[]);
        }
        expect_words(&shop.staff.fill(&edit, &edit, &[("name", "1.1.0")]).await, 422, &["already has a version"], &[]);
        entitle(&shop.hub, &shop.initech, ("Fleet 1", &shop.fleet, Some("<2"))).await;
        let taken = shop.staff.fill(&edit, &edit, &[("name", "2.0.0")]).await;
        expect_words(&taken, 409, &["Keep the name in that range"], &[]);
        expect_led(&shop.staff.fill(&edit, &edit, &[("name", "1.0.1")]).await, &format!("{at}?done=saved"));
    }

    async fn what_is_in_use_is_not_deleted(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        version(&shop.hub, &shop.fleet, "1.0.0").await;
        let delete = format!("{}/delete", shop.show());
        expect_words(&shop.staff.get(&delete).await, 200, &["1 version with files", "Delete application"], &[]);
        let token = shop.staff.token(&delete).await;
        entitle(&shop.hub, &shop.initech, ("Runtime", &shop.fleet, None)).await;
        let before = state(&shop.hub.database).await;
        let refused = shop.staff.post(&delete, &[("csrf", &token)]).await;
        expect_words(&refused, 409, &["Fleet is in use", "Runtime", "Initech"], &["Delete application"]);
        assert_eq!(state(&shop.hub.database).await, before);
        let other = application(&shop.hub, "Old").await;
        let delete = format!("/applications/{other}/delete");
        expect_led(&shop.staff.fill(&delete, &delete, &[]).await, "/applications?done=deleted");
    }

    async fn each_reader_sees_what_it_may(db: TestDatabase) {
        let shop = Shop::open(db).await;
        let id = version(&shop.hub, &shop.fleet, "1.0.0").await;
        entitle(&shop.hub, &shop.initech, ("Runtime", &shop.fleet, None)).await;
        let at = format!("{}/versions/{id}", shop.show());
        let mut reader = shop.member(None, Role::ReadOnly).await;
        expect_words(&reader.get("/applications").await, 200, &["Fleet"], &["New application"]);
        let there = ["Who is entitled", "Initech", "Runtime", "All versions, now and later"];
        expect_words(&reader.get(&shop.show()).await, 200, &there, &["Rename", "Archive", "/application-entitlements/"]);
        expect_words(&reader.get(&at).await, 200, &["Compose file"], &["Rename"]);
        for path in ["/applications/new", &format!("{at}/edit"), &format!("{}/delete", shop.show())] {
            expect_page(&reader.get(path).await, 403);
        }
        let mut customer = shop.member(Some(&shop.initech), Role::Admin).await;
        for path in ["/applications", &shop.show(), &at] {
            expect_page(&customer.get(path).await, 403);
        }
        expect_words(&customer.get("/licenses").await, 200, &[], &["href=\"/applications\""]);
    }
}
