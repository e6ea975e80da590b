//! Pages of deployment targets, deployments and secrets: from a new target to one that is undeployed, as vendor and customer.

use chrono::TimeDelta;
use grantry_model::application::VersionFiles;
use grantry_model::application::draft::VersionInput;
use grantry_model::id::{ApplicationId, CustomerId};
use grantry_model::role::Role;
use grantry_ops::application_version::create;
use grantry_ops::customer::{Input, update};
use grantry_ops::once::Once;
use grantry_testdb::both_engines;
use grantry_testdb::database::TestDatabase;
use grantry_testkit::hub::TestHub;
use grantry_testkit::reply::Reply;
use http::Method;
use serde_json::{Value, json};

use super::application_stock::{application, entitle, version};
use super::browser::{Browser, expect_led, expect_page};
use super::calling;
use super::state::state;

const RISKY: &str = "services:\n  web:\n    image: registry.example/fleet/web:2\n    privileged: true\n";

/// A hub with an application of two versions, of which Initech may deploy the first one.
struct Shop {
    hub: TestHub,
    initech: String,
    fleet: String,
    first: String,
    entitlement: String,
    staff: Browser,
    customer: Browser,
}

impl Shop {
    async fn open(db: TestDatabase) -> Self {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let fleet = application(&hub, "Fleet").await;
        let first = version(&hub, &fleet, "1.0.0").await;
        let entitlement = entitle(&hub, &initech, ("Basic", &fleet, Some("<2"))).await;
        let browser = async |customer: Option<&str>| {
            let member = hub.add_member(&hub.acme, customer, Role::ReadWrite).await;
            Browser::signed_in(hub.anonymous(), &member.session)
        };
        let (staff, customer) = (browser(None).await, browser(Some(&initech)).await);
        Self { hub, initech, fleet, first, entitlement, staff, customer }
    }

    /// A version whose containers reach beyond themselves, and that starts from a template.
    async fn add_risky(&self, name: &str, template: &str) -> String {
        // Versions of one moment are in no order.
        self.hub.clock.advance(TimeDelta::seconds(1));
        let caller = calling(&self.hub.ops, &self.hub.acme.admin).await;
        let files = VersionFiles {
            compose: Some(RISKY.as_bytes().to_vec()),
            template: Some(template.as_bytes().to_vec()),
            ..VersionFiles::default()
        };
        let input = VersionInput { name, files, ..VersionInput::default() };
        let at: (ApplicationId, _) = (self.fleet.parse().unwrap(), input);
        create::create(&self.hub.ops, &caller, at, &Once::without_key())
            .await
            .unwrap()
            .made()
            .unwrap()
            .id
            .to_string()
    }

    /// A target of Initech's.
    async fn target(&self, name: &str) -> String {
        self.hub.acme.admin.add_target(name, Some(&self.initech)).await
    }

    /// Deploys the first version there; the deployment's id.
    async fn deployed(&self, target: &str, source: &str) -> String {
        let mut customer = self.customer.clone();
        let form = format!("/deployment-targets/{target}/deploy");
        let fields = [
            ("applicationId", self.fleet.as_str()),
            ("version", &self.first),
            ("source", source),
            ("step", "save"),
        ];
        let led = customer.fill(&form, &form, &fields).await;
        assert_eq!(led.status, 303, "{led}");
        led.header("location").split(['/', '?']).nth(2).unwrap().to_owned()
    }

    /// Signs an agent in with this secret; its token.
    async fn agent(&self, target: &str, secret: &str) -> String {
        use base64::Engine;
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("{target}:{secret}"));
        let client = self.hub.anonymous();
        let login = client.request(Method::POST, "/api/v1/agent/login");
        login.header("authorization", &format!("Basic {basic}")).send().await.expect(200).field("/token")
    }

    async fn report(&self, token: &str, (method, path): (Method, &str), body: &Value) -> Reply {
        let client = self.hub.anonymous().with_secret(token);
        let call = client.request(method, &format!("/api/v1/agent/{path}"));
        call.header("content-type", "application/json").body(body.to_string()).send().await
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

/// The secret in the command of a page.
fn secret_in(page: &Reply) -> String {
    page.text().split("targetSecret=").nth(1).unwrap().chars().take(32).collect()
}

both_engines! {
    async fn a_customer_connects_an_agent_deploys_and_sees_how_it_is(db: TestDatabase) {
        let mut shop = Shop::open(db).await;
        let mut customer = shop.customer.clone();
        expect_words(&customer.get("/deployments").await, 200, &["No deployment targets yet"], &[]);
        let new = [("name", "Plant 7"), ("type", "docker"), ("metricsEnabled", "true"), ("deploymentLogsEnabled", "true")];
        let led = customer.fill("/deployment-targets/new", "/deployment-targets/new", &new).await;
        let connect = led.header("location").split('?').next().unwrap().to_owned();
        let target = connect.split('/').nth(2).unwrap().to_owned();
        expect_led(&led, &format!("/deployment-targets/{target}/connect?done=created"));
        expect_words(&customer.get(&connect).await, 200, &["Show the command"], &["has a secret already"]);

        let shown = customer.fill(&connect, &connect, &[]).await;
        let secret = secret_in(&shown);
        expect_words(&shown, 200, &["docker compose -f - up -d", "systemctl enable --now grantry-agent", "not shown again"], &[]);
        let page = format!("/deployment-targets/{target}");
        for path in ["/deployments", page.as_str(), connect.as_str(), &format!("{page}/edit"), &format!("{page}/logs")] {
            expect_words(&customer.get(path).await, 200, &[], &[&secret]);
        }
        expect_words(&customer.get(&connect).await, 200, &["has a secret already"], &[]);
        let token = shop.agent(&target, &secret).await;

        let deployment = shop.deployed(&target, "A=1\n").await;
        let resources = shop.report(&token, (Method::GET, "resources"), &json!({})).await.expect(200).json();
        let revision = resources["deployments"][0]["revisionId"].clone();
        for (kind, message) in [("progressing", "pulling web"), ("error", "web: exited with code 1")] {
            let status = json!({ "revisionId": revision, "type": kind, "message": message });
            shop.report(&token, (Method::POST, "status"), &status).await.expect(200);
            shop.hub.clock.advance(TimeDelta::seconds(1));
        }
        let line = |resource: &str, second: &str, body: &str| json!({
            "id": "00000000-0000-0000-0000-000000000000", "deploymentId": deployment, "deploymentRevisionId": revision,
            "resource": resource, "timestamp": format!("2026-11-24T11:59:{second}Z"), "severity": "Log", "body": body,
        });
        let lines = json!([line("web", "01", "Listening (fast)"), line("worker", "02", "idle"), line("web", "03", "stopped")]);
        shop.report(&token, (Method::PUT, "logs"), &lines).await.expect(204);
        let own = json!([{ "timestamp": "2026-11-24T11:59:05Z", "severity": "warn", "body": "pull failed" }]);
        shop.report(&token, (Method::PUT, "deployment-target-logs"), &own).await.expect(204);
        let metrics = json!({ "cpuCoresMillis": 2500, "cpuUsage": 0.5, "memoryBytes": 8_000_000_000_u64, "memoryUsage": 0.25 });
        shop.report(&token, (Method::POST, "metrics"), &metrics).await.expect(200);

        let one = format!("/deployments/{deployment}");
        for mut reader in [customer.clone(), shop.staff.clone()] {
            expect_words(&reader.get("/deployments").await, 200, &["Plant 7", "Fleet", "1.0.0", "Error", "web: exited with code 1"], &[]);
            expect_words(&reader.get(&page).await, 200, &["2.5 cores", "CPU and memory over the last day", "data-every=\"5\""], &[]);
            expect_words(&reader.get(&one).await, 200, &["pulling web", "A=1", "Entitled by", "Basic"], &[]);
            expect_words(&reader.get(&format!("{one}/status")).await, 200, &["pulling web", "revision 1"], &[]);
            let logs = format!("{one}/logs");
            expect_words(&reader.get(&logs).await, 200, &["Listening (fast)", "idle", "stopped", "data-every"], &[]);
            expect_words(&reader.get(&format!("{logs}?q=(FAST)")).await, 200, &["Listening (fast)"], &["idle", "stopped"]);
            expect_words(&reader.get(&format!("{logs}?resource=worker")).await, 200, &["idle"], &["stopped"]);
            expect_words(&reader.get(&format!("{logs}?q=zzz&before=nonsense")).await, 200, &["No line fits"], &["idle"]);
            expect_words(&reader.get(&format!("{page}/logs")).await, 200, &["pull failed"], &["idle"]);
        }
        expect_words(&customer.get("/").await, 200, &["1 deployment reports an error."], &[]);

        // Notes are each side's own.
        let notes = format!("{page}/notes");
        expect_led(&customer.fill(&page, &notes, &[("notes", "Behind a proxy")]).await, &format!("{page}?done=saved"));
        expect_words(&customer.get(&page).await, 200, &["Behind a proxy"], &[]);
        expect_words(&shop.staff.get(&page).await, 200, &[], &["Behind a proxy"]);
        let long = "n".repeat(20_001);
        expect_words(&customer.fill(&page, &notes, &[("notes", &long)]).await, 422, &["Shorten them.", &long], &[]);
    }

    async fn only_what_is_granted_is_offered_and_risks_are_shown_before_they_are_taken(db: TestDatabase) {
        let shop = Shop::open(db).await;
        let target = shop.target("plant").await;
        let risky = shop.add_risky("1.1.0", "HOST=\n").await;
        let later = version(&shop.hub, &shop.fleet, "2.0.0").await;
        let (form, mut customer) = (format!("/deployment-targets/{target}/deploy"), shop.customer.clone());
        let page = customer.get(&form).await;
        expect_words(&page, 200, &["1.1.0", "1.0.0", "HOST=", "runs privileged", "Basic"], &["2.0.0", &later]);
        let before = state(&shop.hub.database).await;
        let base = [("applicationId", shop.fleet.as_str()), ("step", "save")];
        let send = |more: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
            base.iter().chain(more).map(|(name, value)| (*name, (*value).to_owned())).collect()
        };
        for (fields, words) in [
            (send(&[("version", &risky), ("source", "HOST=a\n")]), "reaches beyond its containers"),
            (send(&[("version", &risky)]), "This is what the chosen version starts from."),
            (send(&[("version", &later), ("source", "A=1\n")]), "What was chosen before may not be deployed here."),
            (send(&[("version", &shop.first), ("source", "A={{ .Secrets.NOPE }}\n")]), "NOPE"),
            (send(&[("version", &shop.first), ("source", "A={{ if }}\n")]), "aria-invalid"),
        ] {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            expect_words(&customer.fill(&form, &form, &fields).await, 422, &[words], &[]);
        }
        let chosen = customer.fill(&form, &form, &[("applicationId", &shop.fleet), ("version", &later)]).await;
        expect_words(&chosen, 200, &["1.1.0"], &["2.0.0"]);
        assert_eq!(state(&shop.hub.database).await, before);
        let seen = [("applicationId", shop.fleet.as_str()), ("version", &risky), ("seen", &risky), ("source", "HOST=a\n"), ("step", "save")];
        assert_eq!(customer.fill(&form, &form, &seen).await.status, 303);

        // The vendor sees that a newer version can't be deployed there either.
        let mut staff = shop.staff.clone();
        expect_words(&staff.get(&form).await, 200, &["1.0.0"], &["2.0.0"]);
        let own = shop.hub.acme.admin.add_target("lab", None).await;
        expect_words(&staff.get(&format!("/deployment-targets/{own}/deploy")).await, 200, &["2.0.0", "No entitlement is needed."], &[]);
    }

    async fn revisions_are_compared_and_rolled_back_to(db: TestDatabase) {
        let shop = Shop::open(db).await;
        let target = shop.target("plant").await;
        let deployment = shop.deployed(&target, "A=1\n").await;
        let (one, mut customer) = (format!("/deployments/{deployment}"), shop.customer.clone());
        let edit = format!("{one}/edit");
        let page = customer.get(&edit).await;
        expect_words(&page, 200, &["A=1", "Revision 2", "1.0.0 (runs now)"], &[]);
        let fields = [("version", shop.first.as_str()), ("begun", &shop.first), ("source", "A=2\n"), ("keepVolumes", "true"), ("step", "save")];
        expect_led(&customer.fill(&edit, &edit, &fields).await, &format!("{one}?done=deployed"));
        expect_words(&customer.get(&format!("{one}/revisions/1")).await, 200, &["What rolling back would change: 2 → 1", "A=2"], &[]);
        let back = format!("{one}/revisions/1/roll-back");
        expect_led(&customer.fill(&one, &back, &[]).await, &format!("{one}?done=deployed"));
        expect_words(&customer.get(&one).await, 200, &["rolled back to revision 1"], &[]);
        expect_led(&customer.fill(&one, &format!("{one}/restart"), &[]).await, &format!("{one}?done=deployed"));
        expect_words(&customer.get(&format!("{one}/revisions/4")).await, 200, &["restart containers"], &["Roll back to"]);
        expect_page(&customer.get(&format!("{one}/revisions/9")).await, 404);
        expect_words(&customer.fill(&one, &format!("{one}/revisions/4/roll-back"), &[]).await, 422, &["Revision 4"], &[]);

        let delete = format!("{one}/delete");
        expect_words(&customer.get(&delete).await, 200, &["Undeploy"], &[]);
        expect_led(&customer.fill(&delete, &delete, &[]).await, &format!("/deployment-targets/{target}?done=undeployed"));
        expect_page(&customer.get(&one).await, 404);
        let delete = format!("/deployment-targets/{target}/delete");
        expect_led(&customer.fill(&delete, &delete, &[]).await, "/deployments?done=deleted");
        expect_page(&customer.get(&delete).await, 404);
    }

    async fn what_has_expired_runs_on_and_says_what_cannot_be_done(db: TestDatabase) {
        let shop = Shop::open(db).await;
        let target = shop.target("plant").await;
        let deployment = shop.deployed(&target, "A=1\n").await;
        let body = json!({
            "name": "Basic", "customerOrganizationId": shop.initech, "applicationId": shop.fleet,
            "expiresAt": "2026-11-24T00:00:00Z",
        });
        let path = format!("/api/v1/application-entitlements/{}", shop.entitlement);
        shop.hub.acme.admin.put(&path, body).await.expect(200);
        let (one, mut customer) = (format!("/deployments/{deployment}"), shop.customer.clone());
        expect_words(&customer.get("/deployments").await, 200, &["License expired"], &[]);
        expect_words(&customer.get(&one).await, 200, &["What runs goes on", "Undeploy"], &[">Update<", ">Restart<"]);
        let edit = format!("{one}/edit");
        expect_words(&customer.get(&edit).await, 200, &["nothing of it can be changed"], &[]);
        let before = state(&shop.hub.database).await;
        let fields = [("version", shop.first.as_str()), ("begun", &shop.first), ("source", "A=2\n"), ("step", "save")];
        expect_words(&customer.fill(&edit, &edit, &fields).await, 409, &["has expired", "A=2"], &[]);
        expect_words(&customer.fill(&one, &format!("{one}/restart"), &[]).await, 409, &["It was left as it is.", "has expired"], &[]);
        let after: Vec<_> = state(&shop.hub.database).await.into_iter().filter(|(_, text)| text != "deployment.denied").collect();
        assert_eq!(after, before);
        let delete = format!("{one}/delete");
        expect_words(&customer.get(&delete).await, 200, &["can’t be deployed again"], &[]);
        assert_eq!(customer.fill(&delete, &delete, &[]).await.status, 303);
    }

    async fn a_changed_secret_or_key_names_what_it_redeploys(db: TestDatabase) {
        let shop = Shop::open(db).await;
        let target = shop.target("plant").await;
        let (mut customer, mut staff) = (shop.customer.clone(), shop.staff.clone());
        let new = [("key", "PASS"), ("value", "hunter2hunter2")];
        expect_led(&customer.fill("/secrets/new", "/secrets/new", &new).await, "/secrets?done=created");
        let again = customer.fill("/secrets/new", "/secrets/new", &[("key", "pass"), ("value", "very-secret")]).await;
        expect_words(&again, 409, &["key-error", "value=\"pass\""], &["very-secret"]);
        let list = customer.get("/secrets").await;
        expect_words(&list, 200, &["{{ .Secrets.PASS }}"], &["hunter2"]);
        expect_words(&staff.get("/secrets").await, 200, &["PASS", "Initech"], &["hunter2"]);
        let id = list.text().split("/secrets/").find_map(|part| part.split_once("/edit")).unwrap().0.to_owned();
        let key = shop.hub.acme.add_license_key("FLEET", Some(&shop.initech)).await;
        let source = "P={{ .Secrets.PASS }}\nL={{ .LicenseKeys.FLEET }}\n";
        let deployment = shop.deployed(&target, source).await;

        let edit = format!("/secrets/{id}/edit");
        let fleet = "Fleet at plant";
        expect_words(&customer.get(&edit).await, 200, &[fleet, "Save and redeploy 1 deployment"], &["hunter2"]);
        let unseen = customer.fill(&edit, &edit, &[("value", "correct horse")]).await;
        expect_words(&unseen, 409, &[fleet, "type the value again"], &["correct horse"]);
        let empty = customer.fill(&edit, &edit, &[("value", ""), ("affected", &deployment)]).await;
        expect_words(&empty, 422, &["value-error"], &[]);
        let saved = customer.fill(&edit, &edit, &[("value", "correct horse"), ("affected", &deployment)]).await;
        expect_led(&saved, "/secrets?done=saved");
        expect_words(&customer.get(&format!("/deployments/{deployment}")).await, 200, &["secret PASS changed"], &["correct horse"]);
        let delete = format!("/secrets/{id}/delete");
        expect_words(&customer.get(&delete).await, 200, &["in use", fleet], &[]);
        expect_words(&customer.fill("/account", &delete, &[]).await, 409, &["in use", fleet], &[]);

        let edit = format!("/license-keys/{key}/edit");
        let terms = [("notBefore", "2026-11-24"), ("expiresAt", "2027-11-24"), ("graceDays", "7"), ("payload", "{\"seats\": 9}")];
        let asked = staff.fill(&edit, &edit, &terms).await;
        expect_words(&asked, 409, &[fleet, "Initech", "name=\"confirm\" value=\"true\"", "&quot;seats&quot;: 9"], &[]);
        let confirmed: Vec<_> = terms.into_iter().chain([("confirm", "true")]).collect();
        expect_led(&staff.fill(&edit, &edit, &confirmed).await, &format!("/license-keys/{key}?done=revised"));
        expect_words(&staff.get(&format!("/license-keys/{key}")).await, 200, &["Read by", fleet], &[]);
        let delete = format!("/license-keys/{key}/delete");
        expect_words(&staff.get(&delete).await, 200, &["cannot be deleted", fleet], &[]);
        expect_words(&staff.fill("/account", &delete, &[]).await, 409, &["cannot be deleted", fleet], &[]);

        let undeploy = format!("/deployments/{deployment}/delete");
        assert_eq!(customer.fill(&undeploy, &undeploy, &[]).await.status, 303);
        let delete = format!("/secrets/{id}/delete");
        expect_led(&customer.fill(&delete, &delete, &[]).await, "/secrets?done=deleted");
    }

    async fn a_customer_without_the_feature_has_none_of_it(db: TestDatabase) {
        let shop = Shop::open(db).await;
        let target = shop.target("plant").await;
        let deployment = shop.deployed(&target, "A=1\n").await;
        let caller = calling(&shop.hub.ops, &shop.hub.acme.admin).await;
        let id: CustomerId = shop.initech.parse().unwrap();
        let input = Input { name: "Initech", features: Some(&[]), image: None };
        update::update(&shop.hub.ops, &caller, id, input).await.unwrap();
        let mut customer = shop.customer.clone();
        let home = customer.get("/").await;
        expect_words(&home, 200, &[], &["href=\"/deployments\"", "href=\"/secrets\"", "All deployments"]);
        for path in ["/deployments", "/secrets", "/secrets/new", "/deployment-targets/new", &format!("/deployments/{deployment}"),
            &format!("/deployment-targets/{target}/connect")]
        {
            let page = customer.get(path).await;
            assert!([403, 404].contains(&page.status.as_u16()), "{path}: {page}");
        }
    }

    async fn who_only_reads_sees_no_button_that_would_be_refused(db: TestDatabase) {
        let shop = Shop::open(db).await;
        let target = shop.target("plant").await;
        let deployment = shop.deployed(&target, "A=1\n").await;
        shop.hub.acme.admin.add_secret("PASS", "word", Some(&shop.initech)).await;
        for customer in [None, Some(shop.initech.as_str())] {
            let member = shop.hub.add_member(&shop.hub.acme, customer, Role::ReadOnly).await;
            let mut reader = Browser::signed_in(shop.hub.anonymous(), &member.session);
            for path in ["/deployments", "/secrets", &format!("/deployment-targets/{target}"), &format!("/deployments/{deployment}"),
                &format!("/deployments/{deployment}/revisions/1")]
            {
                let page = reader.get(path).await;
                expect_words(&page, 200, &[], &["/edit\"", "/delete\"", "/connect\"", "/deploy\"", "/restart\"", "/new\"", "/notes\"", "/roll-back\""]);
            }
        }
    }
}
