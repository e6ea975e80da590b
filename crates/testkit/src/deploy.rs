//! Applications, entitlements, targets and deployments of a test hub.

use chrono::{DateTime, Utc};
use grantry_model::application::VersionFiles;
use grantry_model::application::draft::{ChartInput, VersionInput};
use grantry_model::id::{ApplicationEntitlementId, ApplicationId, ApplicationVersionId};
use grantry_ops::application_entitlement::{self, ScopeInput};
use grantry_ops::caller::Caller;
use grantry_ops::hub_secret::Secret;
use grantry_ops::once::Once;
use grantry_ops::session::authenticate::authenticate;
use grantry_ops::{application, application_version};
use serde_json::{Value, json};

use crate::client::{ADDRESS, Client};
use crate::hub::{TestHub, Vendor};
use crate::reply::Reply;

/// A Compose file with one service that reads its license token and a secret.
pub const COMPOSE: &str =
    "services:\n  fleet:\n    image: registry.test/acme/fleet:1.0\n    env_file: .env\n";
/// Base values of a chart.
pub const BASE_VALUES: &str = "replicas: 1\nlicense: {}\n";

impl TestHub {
    /// Who a client is to operations.
    ///
    /// # Panics
    /// If the hub does not know it.
    pub async fn caller(&self, client: &Client) -> Caller {
        let secret = Secret::parse(client.secret()).expect("a secret of the hub");
        let identity = authenticate(&self.ops, &secret).await.expect("somebody");
        Caller { actor: identity.actor.expect("a member"), address: ADDRESS.to_string() }
    }

    /// A new application of a vendor, `docker` or `kubernetes`.
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn add_application(&self, vendor: &Vendor, name: &str, kind: &str) -> ApplicationId {
        let caller = self.caller(&vendor.admin).await;
        let made = application::create::create(&self.ops, &caller, (name, kind), &Once::without_key()).await;
        made.and_then(grantry_ops::once::Outcome::made).expect("the application is made").id
    }

    /// A new version of an application: with [`COMPOSE`], or with a chart and [`BASE_VALUES`].
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn add_version(
        &self,
        vendor: &Vendor,
        (application, kind): (ApplicationId, &str),
        name: &str,
    ) -> ApplicationVersionId {
        let compose = (kind == "docker").then(|| COMPOSE.as_bytes().to_vec());
        self.add_version_of(vendor, application, (name, compose)).await
    }

    /// A new version with this Compose file, or with a chart and [`BASE_VALUES`].
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn add_version_of(
        &self,
        vendor: &Vendor,
        application: ApplicationId,
        (name, compose): (&str, Option<Vec<u8>>),
    ) -> ApplicationVersionId {
        let caller = self.caller(&vendor.admin).await;
        let is_chart = compose.is_none();
        let chart = ChartInput {
            kind: Some("oci"),
            name: None,
            url: Some("oci://registry.test/charts/fleet"),
            version: Some("1.0.0"),
        };
        let input = VersionInput {
            name,
            link_template: "",
            chart: if is_chart { chart } else { ChartInput::default() },
            files: VersionFiles {
                values: is_chart.then(|| BASE_VALUES.as_bytes().to_vec()),
                compose,
                template: None,
            },
            resources: Vec::new(),
        };
        let once = Once::without_key();
        let made = application_version::create::create(&self.ops, &caller, (application, input), &once).await;
        made.and_then(grantry_ops::once::Outcome::made).expect("the version is made").id
    }

    /// Entitles a customer to versions of an application, or to all without any.
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn entitle_to(
        &self,
        (vendor, customer): (&Vendor, &str),
        (application, versions): (ApplicationId, &[ApplicationVersionId]),
        (name, expires_at): (&str, Option<DateTime<Utc>>),
    ) -> ApplicationEntitlementId {
        let caller = self.caller(&vendor.admin).await;
        let kind = if versions.is_empty() { "all" } else { "chosen" };
        let input = application_entitlement::Input {
            name,
            customer: customer.parse().ok(),
            application: Some(application),
            expires_at,
            versions: versions.to_vec(),
            scope: Some(ScopeInput { kind: kind.to_owned(), ..ScopeInput::default() }),
            ..application_entitlement::Input::default()
        };
        let once = Once::without_key();
        let made = application_entitlement::create::create(&self.ops, &caller, &input, &once).await;
        made.and_then(grantry_ops::once::Outcome::made).expect("the entitlement is made").entitlement.id
    }
}

impl TestHub {
    /// Archives a version.
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn archive(&self, vendor: &Vendor, version: (ApplicationId, ApplicationVersionId), name: &str) {
        let caller = self.caller(&vendor.admin).await;
        let input = (name, Some(self.clock.now()));
        application_version::update::update(&self.ops, &caller, version, input)
            .await
            .expect("it is archived");
    }
}

impl Client {
    /// Creates a Docker target: of a customer, or the vendor's own; its id.
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn add_target(&self, name: &str, customer: Option<&str>) -> String {
        let mut body = json!({ "name": name, "type": "docker" });
        if let Some(customer) = customer {
            body["customerOrganization"] = json!({ "id": customer });
        }
        self.post("/api/v1/deployment-targets", body).await.expect(200).id()
    }

    /// Creates a secret: of a customer, or the vendor's own; its id.
    ///
    /// # Panics
    /// If the hub refuses.
    pub async fn add_secret(&self, key: &str, value: &str, customer: Option<&str>) -> String {
        let body = json!({ "key": key, "value": value, "customerOrganizationId": customer });
        self.post("/api/v1/secrets", body).await.expect(201).id()
    }

    /// Deploys.
    pub async fn deploy(&self, body: Value) -> Reply {
        self.put("/api/v1/deployments", body).await
    }

    /// What runs at a target.
    ///
    /// # Panics
    /// If the client does not see the target.
    pub async fn deployments_at(&self, target: &str) -> Value {
        let shown = self.get(&format!("/api/v1/deployment-targets/{target}")).await.expect(200);
        shown.json()["deployments"].clone()
    }
}
