//! A hub for one test.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use chrono::{DateTime, Utc};
use grantry_blobs::blobs::Blobs;
use grantry_blobs::setting::Setting;
use grantry_http::App;
use grantry_model::plan::{Plan, Subscription};
use grantry_model::role::Role;
use grantry_ops::clock::Clock;
use grantry_ops::registry::collect::Retention;
use grantry_ops::setup::by_command;
use grantry_ops::{Backends, Ops, Settings, signing};
use grantry_store::db::{Database, Options};
use grantry_store::seal::MasterKey;
use grantry_store::store::Store;
use grantry_testdb::database::TestDatabase;
use grantry_upstream::guard::Guard;
use grantry_upstream::upstream::{Settings as UpstreamSettings, Upstream};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::client::Client;

/// When a hub's clock starts: 2026-11-24T12:00:00Z.
pub const START: DateTime<Utc> = DateTime::from_timestamp(1_795_521_600, 0).expect("a time that exists");
/// The base URL that hubs are told they have, which is the `iss` of their tokens.
pub const PUBLIC_URL: &str = "https://hub.test";
/// The proxy that hubs believe.
pub const PROXY: [u8; 4] = [198, 51, 100, 1];
/// The password that members set when they follow their link.
pub const PASSWORD: &str = "correct horse battery";

/// A hub with one organization, “Acme Robotics”, on a database of its own. Everything is real but the sockets and the
/// clock.
pub struct TestHub {
    /// The hub's clock. It stands still until it is moved.
    pub clock: Clock,
    /// The hub's operations, for what only the operator does.
    pub ops: Ops,
    /// The database, for looking behind the hub's back and for damaging it.
    pub database: Database,
    /// The first organization.
    pub acme: Vendor,
    router: Router,
    _home: Option<TestDatabase>,
    /// The folder of its blobs.
    blobs: TempDir,
    /// How many members were added, so that each gets an address of their own.
    members: AtomicU32,
}

/// An organization of a test hub.
#[derive(Debug, Clone)]
pub struct Vendor {
    /// Its id.
    pub id: Uuid,
    /// Its slug.
    pub slug: String,
    /// The administrator who set it up.
    pub admin: Client,
    /// That administrator's id.
    pub admin_id: Uuid,
}

/// A member who has followed their link.
#[derive(Debug, Clone)]
pub struct Member {
    /// The user's id.
    pub id: String,
    /// Their address.
    pub email: String,
    /// They, with the session that following the link opened.
    pub session: Client,
    /// They, with an access token.
    pub client: Client,
}

impl TestHub {
    /// A hub on this database.
    ///
    /// # Panics
    /// If it can't be set up.
    pub async fn start(home: TestDatabase) -> Self {
        let hub = Self::start_on(home.database.clone()).await;
        Self { _home: Some(home), ..hub }
    }

    /// A hub that opens this database once more, with limits of its own.
    ///
    /// # Panics
    /// If it can't be set up.
    pub async fn start_with(home: TestDatabase, options: Options) -> Self {
        let database = Database::open_with(&home.url, options).await.expect("the database can be opened");
        Self { _home: Some(home), ..Self::start_on(database).await }
    }

    /// A hub on a database at the current schema that somebody else takes care of.
    ///
    /// # Panics
    /// If it can't be set up.
    pub async fn start_on(database: Database) -> Self {
        Self::make(database, Clock::manual(START), Retention::default()).await
    }

    /// A hub by the real clock, whose registry keeps what nothing needs for as long as is said.
    ///
    /// # Panics
    /// If it can't be set up.
    pub async fn start_in_real_time(home: TestDatabase, retention: Retention) -> Self {
        let hub = Self::make(home.database.clone(), Clock::System, retention).await;
        Self { _home: Some(home), ..hub }
    }

    async fn make(database: Database, clock: Clock, retention: Retention) -> Self {
        let folder = TempDir::new().expect("there is room for a folder");
        let blobs = blobs(folder.path()).await;
        let (ops, router) = open(PUBLIC_URL, (database.clone(), blobs), (clock.clone(), retention));
        signing::prepare(&ops, None).await.expect("the hub can sign");
        let acme = set_up(&ops, &router, ("Acme Robotics", "acme")).await;
        Self { clock, ops, database, acme, router, _home: None, blobs: folder, members: AtomicU32::new(1) }
    }

    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// Somebody without a credential.
    pub fn anonymous(&self) -> Client {
        Client::anonymous(self.router.clone())
    }

    /// Another process of the same hub, on the same database and folder of blobs and with the same clock; somebody without a
    /// credential who calls it.
    pub async fn beside(&self) -> (Ops, Client) {
        let blobs = blobs(self.blobs.path()).await;
        let (ops, router) = open(
            PUBLIC_URL,
            (self.database.clone(), blobs),
            (self.clock.clone(), self.ops.settings().retention),
        );
        (ops, Client::anonymous(router))
    }

    /// The folder that the hub keeps blobs in, for looking behind its back and for damaging it.
    pub fn blobs_folder(&self) -> &Path {
        self.blobs.path()
    }

    /// A further organization, with an administrator of its own.
    ///
    /// # Panics
    /// If the slug is taken.
    pub async fn add_vendor(&self, name: &str, slug: &str) -> Vendor {
        set_up(&self.ops, &self.router, (name, slug)).await
    }

    /// A new member of the vendor's staff.
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn vendor(&self, role: Role) -> Client {
        self.add_member(&self.acme, None, role).await.client
    }

    /// A new member of a customer.
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn customer(&self, customer: &str, role: Role) -> Client {
        self.add_member(&self.acme, Some(customer), role).await.client
    }

    /// A new member of an organization's staff or of one of its customers. They come as people do: invited, following
    /// their link, and making an access token.
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn add_member(&self, vendor: &Vendor, customer: Option<&str>, role: Role) -> Member {
        let side = customer.map_or("staff", |_| "customer");
        let number = self.members.fetch_add(1, Ordering::Relaxed);
        let email = format!("{}.{side}.{number}@{}.test", role.as_str(), vendor.slug);
        let invitation = json!({
            "email": email, "name": format!("{} of {side}", role.label()), "userRole": role.as_str(),
            "customerOrganizationId": customer,
        });
        let invited = vendor.admin.post("/api/v1/user-accounts", invitation).await.expect(200);
        let url = invited.field("/inviteUrl");
        let link = self.anonymous().with_secret(url.rsplit('/').next().expect("a link ends with its secret"));
        let session =
            link.post("/api/v1/auth/invite/accept", json!({ "password": PASSWORD })).await.expect(200);
        let session = self.anonymous().with_secret(&session.field("/token"));
        let token = session.post("/api/v1/settings/tokens", json!({ "label": "tests" })).await.expect(200);
        let client = self.anonymous().with_secret(&token.field("/key"));
        Member { id: invited.field("/user/id"), email, session, client }
    }
}

impl Vendor {
    /// A new customer of the organization; its id.
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn add_customer(&self, name: &str) -> String {
        let created = self.admin.post("/api/v1/customer-organizations", json!({ "name": name })).await;
        created.expect(200).id()
    }

    /// A new license key for a customer, or an organization-wide one; its id.
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn add_license_key(&self, name: &str, customer: Option<&str>) -> String {
        let created = self.admin.post("/api/v1/license-keys", license_key(name, customer)).await;
        created.expect(200).id()
    }
}

/// What creates a license key with a typical payload, valid for a year from [`START`].
pub fn license_key(name: &str, customer: Option<&str>) -> Value {
    let mut key = json!({
        "name": name,
        "description": "Main fleet",
        "payload": { "plan": "gold", "seats": 100, "features": ["sso", "audit"] },
        "notBefore": "2026-11-24T12:00:00Z",
        "expiresAt": "2027-11-24T12:00:00Z",
    });
    if let Some(customer) = customer {
        key["customerOrganizationId"] = customer.into();
    }
    key
}

/// Somebody without a credential, at a hub on a database that was set up before.
pub async fn visit(database: Database) -> Client {
    visit_at(PUBLIC_URL, database).await.1
}

/// The same at a hub that is told this base URL, with the hub's operations.
///
/// # Panics
/// If there is no room for a folder of blobs, which is left empty.
pub async fn visit_at(public_url: &str, database: Database) -> (Ops, Client) {
    let folder = TempDir::new().expect("there is room for a folder");
    let blobs = blobs(folder.path()).await;
    let (ops, router) = open(public_url, (database, blobs), (Clock::manual(START), Retention::default()));
    (ops, Client::anonymous(router))
}

async fn blobs(folder: &Path) -> Blobs {
    let setting = format!("folder:{}", folder.display());
    let setting = Setting::parse(&setting, None).expect("a folder is a storage");
    Blobs::open(&setting).await.expect("the folder can be used")
}

fn open(
    public_url: &str,
    (database, blobs): (Database, Blobs),
    (clock, retention): (Clock, Retention),
) -> (Ops, Router) {
    let settings = Settings {
        public_url: public_url.to_owned(),
        default_plan: Subscription { plan: Plan::Enterprise, until: None },
        retention,
        agent_image: "grantry/agent:0.1.0".to_owned(),
        helm_agent_image: "grantry/agent:0.1.0".to_owned(),
    };
    let store = Store::new(database, MasterKey::from_bytes([7; 32]));
    // Tests run their upstreams on this machine.
    let guard = Guard::allowing(["private".parse().expect("an exception")]);
    let upstream = Upstream::new(UpstreamSettings { guard, ..UpstreamSettings::default() }).ok();
    let ops = Ops::new(Backends { store, blobs, upstream }, clock, settings);
    let proxy = IpAddr::from(PROXY);
    let is_trusted_proxy = Arc::new(move |peer| peer == proxy);
    let router = grantry_http::router(App { ops: ops.clone(), is_trusted_proxy });
    (ops, router)
}

async fn set_up(ops: &Ops, router: &Router, (name, slug): (&str, &str)) -> Vendor {
    let email = format!("admin@{slug}.test");
    let input = by_command::Input { organization: name, slug, email: &email, password: None };
    let made = by_command::set_up(ops, input).await.expect("the organization can be set up");
    let admin = Client::anonymous(router.clone()).with_secret(made.access_token.reveal());
    Vendor { id: made.organization.0, slug: slug.to_owned(), admin, admin_id: made.user.0 }
}
