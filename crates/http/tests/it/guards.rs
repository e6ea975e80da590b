//! Who may call what: every route of the API, by everybody. A route that is not in this table fails the test, so nobody
//! adds an unprotected one by accident.

use grantry_model::role::Role;
use grantry_testdb::both_engines;
use grantry_testkit::application::{COMPOSE, Part};
use grantry_testkit::client::Client;
use grantry_testkit::file::PNG;
use grantry_testkit::hub::{PASSWORD, TestHub, Vendor, license_key};
use grantry_testkit::reply::Reply;
use http::Method;
use serde_json::{Value, json};

use crate::snapshot::check_text;

/// Routes that answer without a credential. This list may only shrink.
const PUBLIC: [&str; 4] = [
    "POST /api/v1/auth/login",
    "GET /api/public/v1/license-keys/public-key",
    "GET /.well-known/jwks.json",
    "GET /api/public/v1/organizations/{id}/jwks.json",
];

/// What a route's `{id}` names.
#[derive(Clone, Copy)]
enum Target {
    Nothing,
    LicenseKey,
    Customer,
    Staff,
    CustomerMember,
    AccessToken,
    Session,
    Organization,
    Artifact,
    PulledThrough,
    ArtifactEntitlement,
    Secret,
    Environment,
    Deployment,
    Application,
    GrantedVersion,
    ApplicationEntitlement,
    File,
}

/// Every route, with what it acts on. A route may come twice, with targets that are guarded differently.
const ROUTES: [(&str, Target); 109] = [
    ("GET /api/v1/license-keys", Target::Nothing),
    ("POST /api/v1/license-keys", Target::Nothing),
    ("GET /api/v1/license-keys/{id}", Target::LicenseKey),
    ("PUT /api/v1/license-keys/{id}", Target::LicenseKey),
    ("DELETE /api/v1/license-keys/{id}", Target::LicenseKey),
    ("GET /api/v1/license-keys/{id}/token", Target::LicenseKey),
    ("GET /api/v1/license-keys/{id}/revisions", Target::LicenseKey),
    ("GET /api/v1/licenses", Target::Nothing),
    ("GET /api/v1/artifacts", Target::Nothing),
    ("POST /api/v1/artifacts", Target::Nothing),
    ("GET /api/v1/artifacts/{id}", Target::Artifact),
    ("PATCH /api/v1/artifacts/{id}", Target::PulledThrough),
    ("POST /api/v1/artifacts/{id}/sync", Target::PulledThrough),
    ("PATCH /api/v1/artifacts/{id}/image", Target::Artifact),
    ("DELETE /api/v1/artifacts/{id}", Target::Artifact),
    ("DELETE /api/v1/artifacts/{id}/tags/{tag}", Target::Artifact),
    ("DELETE /api/v1/artifacts/{id}/versions/{digest}", Target::Artifact),
    ("GET /api/v1/artifact-pulls", Target::Nothing),
    ("GET /api/v1/artifact-pulls/export", Target::Nothing),
    ("GET /api/v1/artifact-pulls/filter-options", Target::Nothing),
    ("GET /api/v1/artifact-pulls/filter-options/versions", Target::Nothing),
    ("GET /api/v1/artifact-pulls/series", Target::Nothing),
    ("GET /api/v1/dashboard/artifacts-by-customer", Target::Nothing),
    ("GET /api/v1/access/explain", Target::Nothing),
    ("GET /api/v1/access/sight", Target::Nothing),
    ("GET /api/v1/applications", Target::Nothing),
    ("POST /api/v1/applications", Target::Nothing),
    ("GET /api/v1/applications/{id}", Target::GrantedVersion),
    ("PUT /api/v1/applications/{id}", Target::Application),
    ("PATCH /api/v1/applications/{id}", Target::Application),
    ("PATCH /api/v1/applications/{id}/image", Target::Application),
    ("DELETE /api/v1/applications/{id}", Target::Application),
    ("POST /api/v1/applications/{id}/versions", Target::Application),
    ("GET /api/v1/applications/{id}/versions/{version}", Target::GrantedVersion),
    ("PUT /api/v1/applications/{id}/versions/{version}", Target::GrantedVersion),
    ("GET /api/v1/applications/{id}/versions/{version}/compose-file", Target::GrantedVersion),
    ("GET /api/v1/applications/{id}/versions/{version}/values-file", Target::GrantedVersion),
    ("GET /api/v1/applications/{id}/versions/{version}/template-file", Target::GrantedVersion),
    ("GET /api/v1/applications/{id}/versions/{version}/resources", Target::GrantedVersion),
    ("GET /api/v1/application-entitlements", Target::Nothing),
    ("POST /api/v1/application-entitlements", Target::Nothing),
    ("GET /api/v1/application-entitlements/{id}", Target::ApplicationEntitlement),
    ("PUT /api/v1/application-entitlements/{id}", Target::ApplicationEntitlement),
    ("DELETE /api/v1/application-entitlements/{id}", Target::ApplicationEntitlement),
    ("GET /api/v1/artifact-entitlements", Target::Nothing),
    ("POST /api/v1/artifact-entitlements", Target::Nothing),
    ("GET /api/v1/artifact-entitlements/{id}", Target::ArtifactEntitlement),
    ("PUT /api/v1/artifact-entitlements/{id}", Target::ArtifactEntitlement),
    ("DELETE /api/v1/artifact-entitlements/{id}", Target::ArtifactEntitlement),
    ("GET /api/v1/secrets", Target::Nothing),
    ("POST /api/v1/secrets", Target::Nothing),
    ("PUT /api/v1/secrets/{id}", Target::Secret),
    ("DELETE /api/v1/secrets/{id}", Target::Secret),
    ("GET /api/v1/deployment-targets", Target::Nothing),
    ("POST /api/v1/deployment-targets", Target::Nothing),
    ("GET /api/v1/deployment-targets/{id}", Target::Environment),
    ("PUT /api/v1/deployment-targets/{id}", Target::Environment),
    ("DELETE /api/v1/deployment-targets/{id}", Target::Environment),
    ("POST /api/v1/deployment-targets/{id}/access-request", Target::Environment),
    ("GET /api/v1/deployment-targets/{id}/notes", Target::Environment),
    ("PUT /api/v1/deployment-targets/{id}/notes", Target::Environment),
    ("GET /api/v1/agent-versions", Target::Nothing),
    ("PUT /api/v1/deployments", Target::Nothing),
    ("POST /api/v1/deployments/preview", Target::Nothing),
    ("DELETE /api/v1/deployments/{id}", Target::Deployment),
    ("GET /api/v1/deployments/{id}/status", Target::Deployment),
    ("GET /api/v1/deployments/{id}/status/export", Target::Deployment),
    ("GET /api/v1/deployments/{id}/logs", Target::Deployment),
    ("GET /api/v1/deployments/{id}/logs/resources", Target::Deployment),
    ("GET /api/v1/deployments/{id}/logs/export", Target::Deployment),
    ("GET /api/v1/deployment-targets/{id}/logs", Target::Environment),
    ("GET /api/v1/deployment-targets/{id}/logs/export", Target::Environment),
    ("GET /api/v1/deployment-targets/{id}/metrics", Target::Environment),
    ("GET /api/v1/deployment-target-metrics", Target::Nothing),
    ("GET /api/v1/deployments/{id}/revisions", Target::Deployment),
    ("POST /api/v1/deployments/{id}/rollback", Target::Deployment),
    ("POST /api/v1/customer-organizations/{id}/copy-licenses", Target::Customer),
    ("GET /api/v1/customer-organizations", Target::Nothing),
    ("POST /api/v1/customer-organizations", Target::Nothing),
    ("GET /api/v1/customer-organizations/{id}", Target::Customer),
    ("PUT /api/v1/customer-organizations/{id}", Target::Customer),
    ("DELETE /api/v1/customer-organizations/{id}", Target::Customer),
    ("GET /api/v1/user-accounts", Target::Nothing),
    ("POST /api/v1/user-accounts", Target::Nothing),
    ("PATCH /api/v1/user-accounts/{id}", Target::Staff),
    ("PATCH /api/v1/user-accounts/{id}", Target::CustomerMember),
    ("DELETE /api/v1/user-accounts/{id}", Target::Staff),
    ("DELETE /api/v1/user-accounts/{id}", Target::CustomerMember),
    ("POST /api/v1/user-accounts/{id}/invite", Target::Staff),
    ("POST /api/v1/user-accounts/{id}/invite", Target::CustomerMember),
    ("GET /api/v1/settings/tokens", Target::Nothing),
    ("POST /api/v1/settings/tokens", Target::Nothing),
    ("DELETE /api/v1/settings/tokens/{id}", Target::AccessToken),
    ("GET /api/v1/settings/sessions", Target::Nothing),
    ("DELETE /api/v1/settings/sessions/{id}", Target::Session),
    ("POST /api/v1/settings/user", Target::Nothing),
    ("POST /api/v1/auth/login", Target::Nothing),
    ("POST /api/v1/auth/logout", Target::Nothing),
    ("POST /api/v1/auth/switch-context", Target::Nothing),
    ("POST /api/v1/auth/invite/accept", Target::Nothing),
    ("GET /api/v1/context", Target::Nothing),
    ("GET /api/v1/organizations", Target::Nothing),
    ("GET /api/v1/organization", Target::Nothing),
    ("PUT /api/v1/organization", Target::Nothing),
    ("GET /api/v1/audit-events", Target::Nothing),
    ("GET /api/v1/files", Target::Nothing),
    ("POST /api/v1/files", Target::Nothing),
    ("GET /api/v1/files/{id}", Target::File),
    ("DELETE /api/v1/files/{id}", Target::File),
];

/// The public routes, whose target is the same for all.
const PUBLIC_ROUTES: [(&str, Target); 3] = [
    ("GET /api/public/v1/license-keys/public-key", Target::Nothing),
    ("GET /.well-known/jwks.json", Target::Nothing),
    ("GET /api/public/v1/organizations/{id}/jwks.json", Target::Organization),
];

/// Makes targets, a fresh one for each call, because some calls use it up.
struct Targets<'h> {
    vendor: &'h Vendor,
    customer: String,
    /// An artifact that stays.
    artifact: String,
    /// An application that stays.
    application: String,
    /// The last version that was made.
    version: String,
    /// A customer with a license key, to copy from.
    source: String,
    /// A deployment target of the customer that stays.
    deployment_target: String,
    /// A version that the customer may deploy.
    deployable: String,
    /// An image that stays.
    image: String,
    made: u32,
}

impl Targets<'_> {
    async fn new(hub: &TestHub, customer: String) -> Targets<'_> {
        let vendor = &hub.acme;
        vendor.push("staying", "1.0").await;
        let artifact = vendor.artifact_id("staying").await;
        let source = vendor.add_customer("Source").await;
        vendor.add_license_key("COPIED", Some(&source)).await;
        let deployment_target = vendor.admin.add_target("staying", Some(&customer)).await;
        let application = vendor.add_application("staying").await;
        let version = vendor.add_version(&application, "1.0.0").await;
        vendor.entitle_to((&customer, &application), "staying", json!({})).await;
        let deployable = version.clone();
        Targets {
            vendor,
            customer,
            artifact,
            application,
            version,
            source,
            deployment_target,
            deployable,
            image: vendor.admin.add_file(PNG).await,
            made: 0,
        }
    }

    fn fresh_name(&mut self) -> String {
        self.made += 1;
        format!("target{}", self.made)
    }

    async fn make(&mut self, target: Target) -> String {
        let name = self.fresh_name();
        let admin = &self.vendor.admin;
        let invite = |customer: Option<&str>| {
            let body = json!({
                "email": format!("{name}@example.com"), "userRole": "read_only", "customerOrganizationId": customer,
            });
            async move { admin.post("/api/v1/user-accounts", body).await.expect(200).field("/user/id") }
        };
        match target {
            Target::Nothing | Target::Organization => self.vendor.id.to_string(),
            Target::LicenseKey => self.vendor.add_license_key(&name, Some(&self.customer)).await,
            Target::Customer => self.vendor.add_customer(&name).await,
            Target::Staff => invite(None).await,
            Target::CustomerMember => invite(Some(&self.customer)).await,
            Target::AccessToken => admin.post("/api/v1/settings/tokens", json!({})).await.expect(200).id(),
            Target::Artifact => {
                self.vendor.push(&name, "1.0").await;
                self.vendor.artifact_id(&name).await
            }
            Target::PulledThrough => {
                let body = json!({ "name": name, "upstreamUrl": "127.0.0.1:1/acme/ship" });
                admin.post("/api/v1/artifacts", body).await.expect(201).id()
            }
            Target::ArtifactEntitlement => {
                self.vendor.entitle(&self.customer, &name, json!([{ "artifactId": self.artifact }])).await
            }
            Target::Secret => admin.add_secret(&name, "value", Some(&self.customer)).await,
            Target::Environment => admin.add_target(&name, Some(&self.customer)).await,
            Target::Deployment => {
                let target = admin.add_target(&name, Some(&self.customer)).await;
                let mut body =
                    json!({ "deploymentTargetId": target, "applicationVersionId": self.deployable });
                admin.deploy(body.clone()).await.expect(204);
                let id = admin.deployments_at(&target).await[0]["id"].clone();
                // A second revision, so that there is a first one to go back to.
                body["deploymentId"] = id.clone();
                admin.deploy(body).await.expect(204);
                id.as_str().unwrap().to_owned()
            }
            Target::Application => self.vendor.add_application(&name).await,
            Target::GrantedVersion => {
                let application = self.vendor.add_application(&name).await;
                self.version = self.vendor.add_version(&application, "1.0.0").await;
                self.vendor.entitle_to((&self.customer, &application), &name, json!({})).await;
                application
            }
            Target::ApplicationEntitlement => {
                self.vendor.entitle_to((&self.customer, &self.application), &name, json!({})).await
            }
            Target::File => admin.add_file(PNG).await,
            Target::Session => "0193606c-8f3a-7000-8000-000000000001".to_owned(),
        }
    }

    /// A body that is right for the route.
    fn body(&mut self, route: &str) -> Value {
        match route {
            "POST /api/v1/license-keys" => license_key(&self.fresh_name(), None),
            "PUT /api/v1/license-keys/{id}" => json!({ "payload": { "seats": 1 } }),
            "POST /api/v1/customer-organizations" | "PUT /api/v1/customer-organizations/{id}" => {
                json!({ "name": self.fresh_name() })
            }
            "POST /api/v1/user-accounts" => {
                json!({ "email": format!("{}@example.com", self.fresh_name()), "userRole": "read_only" })
            }
            "PATCH /api/v1/user-accounts/{id}" => json!({ "userRole": "read_write" }),
            "POST /api/v1/auth/login" => json!({ "email": "nobody@example.com", "password": PASSWORD }),
            "POST /api/v1/auth/switch-context" => json!({ "organizationId": self.vendor.id }),
            "POST /api/v1/auth/invite/accept" => json!({ "password": PASSWORD }),
            "POST /api/v1/artifacts" => {
                json!({ "name": self.fresh_name(), "upstreamUrl": "127.0.0.1:1/acme/ship" })
            }
            "PATCH /api/v1/artifacts/{id}" => json!({ "upstreamUrl": "127.0.0.1:1/acme/other" }),
            "POST /api/v1/artifact-entitlements" | "PUT /api/v1/artifact-entitlements/{id}" => json!({
                "name": self.fresh_name(), "customerOrganizationId": self.customer,
                "artifacts": [{ "artifactId": self.artifact }],
            }),
            "POST /api/v1/customer-organizations/{id}/copy-licenses" => {
                json!({ "from": self.source, "kinds": ["license_keys"], "expiresAt": "2027-11-24T12:00:00Z" })
            }
            "POST /api/v1/secrets" => json!({
                "key": self.fresh_name(), "value": "value", "customerOrganizationId": self.customer,
            }),
            "PUT /api/v1/secrets/{id}" => json!({ "value": "other" }),
            "POST /api/v1/deployment-targets" => json!({ "name": self.fresh_name(), "type": "docker" }),
            "PUT /api/v1/deployment-targets/{id}" => json!({ "name": self.fresh_name() }),
            "PUT /api/v1/deployment-targets/{id}/notes" => json!({ "notes": "words" }),
            "PUT /api/v1/deployments" | "POST /api/v1/deployments/preview" => json!({
                "deploymentTargetId": self.deployment_target, "applicationVersionId": self.deployable,
            }),
            "POST /api/v1/deployments/{id}/rollback" => json!({ "revision": 1 }),
            "POST /api/v1/applications" => json!({ "name": self.fresh_name(), "type": "docker" }),
            "PUT /api/v1/applications/{id}" => json!({ "name": self.fresh_name() }),
            "PATCH /api/v1/applications/{id}/image" | "PATCH /api/v1/artifacts/{id}/image" => {
                json!({ "imageId": self.image })
            }
            "PUT /api/v1/applications/{id}/versions/{version}" => json!({ "name": "1.0.1" }),
            "POST /api/v1/application-entitlements" | "PUT /api/v1/application-entitlements/{id}" => json!({
                "name": self.fresh_name(), "customerOrganizationId": self.customer, "applicationId": self.application,
            }),
            "PUT /api/v1/organization" => json!({ "name": "Acme" }),
            _ => json!({}),
        }
    }
}

impl Targets<'_> {
    /// The path of a route, with what it needs beside the id.
    fn path(&self, route: &str, id: &str) -> (Method, String) {
        let (method, path) = route.split_once(' ').unwrap();
        // What `Vendor::push` pushes under this tag differs in each artifact, so no artifact has this digest.
        let digest = format!("sha256:{}", "0".repeat(64));
        let path = path.replace("{id}", id).replace("{tag}", "1.0").replace("{digest}", &digest);
        let path = path.replace("{version}", &self.version);
        let query = match route {
            "GET /api/v1/artifact-pulls/filter-options/versions" => format!("?artifactId={}", self.artifact),
            "GET /api/v1/access/explain" => {
                format!("?customer={}&artifact={}&reference=1.0", self.customer, self.artifact)
            }
            "GET /api/v1/access/sight" => format!("?customer={}", self.customer),
            _ => String::new(),
        };
        (method.parse().unwrap(), path + &query)
    }

    async fn call(&self, client: &Client, route: &str, id: &str, body: &Value) -> Reply {
        let (method, path) = self.path(route, id);
        if route == "POST /api/v1/applications/{id}/versions" {
            let parts: [Part<'_>; 2] =
                [("applicationversion", "", br#"{"name":"1.0.0"}"#), ("composefile", "", COMPOSE.as_bytes())];
            return client.form(&path, &parts).send().await;
        }
        if route == "POST /api/v1/files" {
            return client.form(&path, &[("file", "image/png", PNG)]).send().await;
        }
        client.request(method, &path).json(body).send().await
    }
}

/// The routes that the API's own description has.
fn documented() -> Vec<String> {
    let document = serde_json::to_value(grantry_http::api::document()).unwrap();
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let methods = ["get", "put", "post", "delete", "patch", "head", "options", "trace"];
        routes.extend(
            methods
                .iter()
                .filter(|method| item.get(**method).is_some())
                .map(|method| format!("{} {path}", method.to_uppercase())),
        );
    }
    routes.sort();
    routes
}

#[test]
fn every_route_is_in_the_table() {
    let mut routes: Vec<String> =
        ROUTES.iter().chain(&PUBLIC_ROUTES).map(|(route, _)| (*route).to_owned()).collect();
    routes.sort();
    routes.dedup();
    assert_eq!(routes, documented());
}

both_engines! {
    async fn each_route_lets_in_whom_it_should(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let hooli = hub.acme.add_customer("Hooli").await;
        let globex = hub.add_vendor("Globex", "globex").await;
        let callers = [
            ("anonymous", hub.anonymous()),
            ("other organization", globex.admin),
            ("other customer", hub.customer(&hooli, Role::Admin).await),
            ("customer read-only", hub.customer(&initech, Role::ReadOnly).await),
            ("customer read-write", hub.customer(&initech, Role::ReadWrite).await),
            ("customer admin", hub.customer(&initech, Role::Admin).await),
            ("vendor read-only", hub.vendor(Role::ReadOnly).await),
            ("vendor read-write", hub.vendor(Role::ReadWrite).await),
            ("vendor admin", hub.acme.admin.clone()),
        ];
        let mut targets = Targets::new(&hub, initech).await;
        let mut table = String::from("Columns:\n");
        for (number, (name, _)) in callers.iter().enumerate() {
            table.push_str(&format!("  {} {name}\n", number + 1));
        }
        table.push_str("\n  1   2   3   4   5   6   7   8   9\n");
        for (route, target) in ROUTES.iter().chain(&PUBLIC_ROUTES) {
            let mut statuses = Vec::new();
            for (name, client) in &callers {
                let (id, body) = (targets.make(*target).await, targets.body(route));
                let status = targets.call(client, route, &id, &body).await.status.as_u16();
                assert!(status < 500, "{route} by {name}: {status}");
                let is_let_in = status != 401;
                assert!(is_let_in || !PUBLIC.contains(route), "{route} by {name}: {status}");
                assert!(*name != "anonymous" || !is_let_in || PUBLIC.contains(route), "{route} lets anybody in: {status}");
                statuses.push(status.to_string());
            }
            let kind = match target {
                Target::Staff => " (staff)",
                Target::CustomerMember => " (of a customer)",
                _ => "",
            };
            table.push_str(&format!("{}  {route}{kind}\n", statuses.join(" ")));
        }
        check_text("guards", &table);
    }

    async fn ids_that_are_foreign_unknown_or_malformed_look_the_same(db: TestDatabase) {
        let hub = TestHub::start(db).await;
        let initech = hub.acme.add_customer("Initech").await;
        let globex = hub.add_vendor("Globex", "globex").await;
        let mut targets = Targets::new(&hub, initech).await;
        for (route, target) in ROUTES.iter().filter(|(route, _)| route.contains("{id}")) {
            let foreign = targets.make(*target).await;
            let body = targets.body(route);
            let expected = targets.call(&globex.admin, route, &foreign, &body).await;
            expected.expect_problem(404, "not_found", "");
            for id in [
                "0193606c-8f3a-7000-8000-000000000001",
                "00000000-0000-0000-0000-000000000000",
                "1",
                "%00",
                "%20",
                "..%2F..",
                "%FF",
                "0193606c8f3a70008000000000000001",
                "%7B0193606c-8f3a-7000-8000-000000000001%7D",
                &"x".repeat(5000),
            ] {
                let reply = targets.call(&globex.admin, route, id, &body).await;
                assert_eq!((reply.status, &reply.body), (expected.status, &expected.body), "{route} {id}");
            }
        }
    }
}
