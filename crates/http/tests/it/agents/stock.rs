//! Deployment targets, applications and deployments for the tests of agents, and agents that connect to them.

use grantry_model::application::{Application, Chart, ChartKind, TargetKind, Version, VersionFiles};
use grantry_model::deployment::draft::ContentInput;
use grantry_model::deployment_target::draft::TargetInput;
use grantry_model::id::{
    ApplicationId, ApplicationVersionId, CustomerId, DeploymentId, DeploymentTargetId, OrganizationId,
};
use grantry_model::name::Name;
use grantry_model::policy::Permit;
use grantry_ops::caller::Caller;
use grantry_ops::deployment::deploy;
use grantry_ops::deployment_target::{connect, create};
use grantry_ops::error::Result;
use grantry_ops::hub_secret::Secret;
use grantry_ops::once::Once;
use grantry_ops::session::authenticate::authenticate;
use grantry_store::db::params;
use grantry_store::seal::MasterKey;
use grantry_store::store::Store;
use grantry_testkit::client::Client;
use grantry_testkit::hub::{TestHub, Vendor};
use grantry_testkit::reply::Reply;
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// A Compose file of one service.
pub(crate) const COMPOSE: &str = "services:\n  web:\n    image: hub.test/acme/ship:1.0\n    env_file: .env\n";

/// A deployment target and the last secret for it.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) id: DeploymentTargetId,
    pub(crate) secret: String,
}

/// What runs at a target.
#[derive(Clone, Copy)]
pub(crate) struct Deployed {
    pub(crate) id: DeploymentId,
    pub(crate) revision: Uuid,
}

/// Somebody as a caller of operations.
pub(crate) async fn caller(hub: &TestHub, client: &Client) -> Caller {
    let secret = Secret::parse(client.secret()).unwrap();
    let actor = authenticate(&hub.ops, &secret).await.unwrap().actor.unwrap();
    Caller { actor, address: "192.0.2.1".to_owned() }
}

pub(crate) fn store(hub: &TestHub) -> Store {
    Store::new(hub.database.clone(), MasterKey::from_bytes([7; 32]))
}

pub(crate) fn permit(vendor: &Vendor) -> Permit {
    Permit::operator(OrganizationId(vendor.id))
}

/// What makes a Docker target that reports everything.
pub(crate) fn docker(name: &str) -> TargetInput<'_> {
    TargetInput {
        name,
        kind: Some("docker"),
        namespace: None,
        scope: None,
        docker_endpoint: None,
        resources: None,
        metrics: true,
        logs: true,
        logs_after: None,
        image_cleanup: false,
        autoheal: None,
        automatic_updates: Some(true),
    }
}

/// Makes a target of a customer of acme, or of its own, and a secret for it.
pub(crate) async fn target(hub: &TestHub, customer: Option<&str>, input: &TargetInput<'_>) -> Target {
    let caller = caller(hub, &hub.acme.admin).await;
    let customer = customer.map(|customer| customer.parse::<CustomerId>().unwrap());
    let made = create::create(&hub.ops, &caller, (customer, input), &Once::without_key()).await.unwrap();
    let id = made.made().unwrap().target.id;
    Target { id, secret: new_secret(hub, id).await }
}

/// Makes a new secret for a target.
pub(crate) async fn new_secret(hub: &TestHub, id: DeploymentTargetId) -> String {
    let caller = caller(hub, &hub.acme.admin).await;
    connect::connect(&hub.ops, &caller, id).await.unwrap().secret.reveal().to_owned()
}

/// Makes an application of acme with one version.
pub(crate) async fn application(hub: &TestHub, name: &str, files: VersionFiles) -> ApplicationVersionId {
    let (permit, id) = (
        permit(&hub.acme),
        ApplicationId(Uuid::from_u128(name.bytes().fold(1, |id, byte| id * 131 + u128::from(byte)) << 1)),
    );
    let kind = if files.compose.is_some() { TargetKind::Docker } else { TargetKind::Kubernetes };
    let (name, created_at) = (Name::parse("name", name).unwrap(), hub.clock.now());
    let mut tx = store(hub).write().await.unwrap();
    tx.insert_application(&permit, &Application { id, name, kind, created_at, image: None }).await.unwrap();
    let version = Version {
        id: ApplicationVersionId(Uuid::from_u128(id.0.as_u128() + 1)),
        application: id,
        name: Name::parse("name", "1.0").unwrap(),
        link_template: String::new(),
        chart: (kind == TargetKind::Kubernetes).then(|| Chart {
            kind: ChartKind::Repository,
            name: Some("fleet".to_owned()),
            url: "https://charts.example.com".to_owned(),
            version: "1.2.3".to_owned(),
        }),
        created_at,
        archived_at: None,
    };
    tx.insert_application_version(&permit, &version, &files, &[]).await.unwrap();
    tx.commit().await.unwrap();
    version.id
}

/// Makes a Docker application of acme with one version.
pub(crate) async fn compose(hub: &TestHub, name: &str) -> ApplicationVersionId {
    let files = VersionFiles { compose: Some(COMPOSE.into()), ..VersionFiles::default() };
    application(hub, name, files).await
}

/// Deploys a version at a target with this env file, or changes a deployment.
pub(crate) async fn deploy(
    hub: &TestHub,
    target: &Target,
    (version, deployment): (ApplicationVersionId, Option<DeploymentId>),
    env: &str,
) -> Result<Deployed> {
    let content = ContentInput { env: Some(env.as_bytes()), ..ContentInput::default() };
    deploy_with(hub, target, (version, deployment), (content, None)).await
}

/// The same with any content, and with a release's name.
pub(crate) async fn deploy_with(
    hub: &TestHub,
    target: &Target,
    (version, deployment): (ApplicationVersionId, Option<DeploymentId>),
    (content, release_name): (ContentInput<'_>, Option<&str>),
) -> Result<Deployed> {
    let caller = caller(hub, &hub.acme.admin).await;
    let input = deploy::Input {
        target: Some(target.id),
        version: Some(version),
        deployment,
        entitlement: None,
        release_name,
        docker_type: None,
        content,
        keep_volumes: None,
    };
    let deployed = deploy::deploy(&hub.ops, &caller, &input).await?;
    Ok(Deployed { id: deployed.entry.deployment.id, revision: deployed.entry.current.id.0 })
}

/// An agent, as Distr's speak.
pub(crate) struct Agent {
    client: Client,
}

impl Agent {
    /// Signs in with a target's secret.
    pub(crate) async fn connect(hub: &TestHub, target: &Target) -> Self {
        let login = login(&hub.anonymous(), &target.id.to_string(), &target.secret).await.expect(200);
        Self::with_token(hub, &login.field("/token"))
    }

    /// With a token that it has.
    pub(crate) fn with_token(hub: &TestHub, token: &str) -> Self {
        Self { client: hub.anonymous().with_secret(token) }
    }

    pub(crate) fn token(&self) -> &str {
        self.client.secret()
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: &str) -> Reply {
        let call = self.client.request(method, &format!("/api/v1/agent/{path}"));
        call.header("user-agent", "DistrAgentClient/3.1.0")
            .header("content-type", "application/json")
            .body(body.to_owned())
            .send()
            .await
    }

    pub(crate) async fn resources(&self) -> Reply {
        self.send(Method::GET, "resources", "").await
    }

    /// Asks what is new since an answer with this tag.
    pub(crate) async fn resources_since(&self, tag: &str) -> Reply {
        self.client.request(Method::GET, "/api/v1/agent/resources").header("if-none-match", tag).send().await
    }

    pub(crate) async fn status(&self, revision: Uuid, kind: &str, message: &str) -> Reply {
        let body = json!({ "revisionId": revision, "type": kind, "message": message });
        self.send(Method::POST, "status", &body.to_string()).await
    }

    pub(crate) async fn logs(&self, lines: Value) -> Reply {
        self.send(Method::PUT, "logs", &lines.to_string()).await
    }

    pub(crate) async fn own_logs(&self, lines: Value) -> Reply {
        self.send(Method::PUT, "deployment-target-logs", &lines.to_string()).await
    }

    pub(crate) async fn metrics(&self, metrics: Value) -> Reply {
        self.send(Method::POST, "metrics", &metrics.to_string()).await
    }
}

/// Signs in.
pub(crate) async fn login(client: &Client, target: &str, secret: &str) -> Reply {
    use base64::Engine;
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{target}:{secret}"));
    client
        .request(Method::POST, "/api/v1/agent/login")
        .header("authorization", &format!("Basic {basic}"))
        .send()
        .await
}

/// A line of a deployment's log.
pub(crate) fn line(deployed: Deployed, resource: &str, at: &str, body: &str) -> Value {
    json!({
        "id": "00000000-0000-0000-0000-000000000000", "deploymentId": deployed.id, "resource": resource,
        "deploymentRevisionId": deployed.revision, "timestamp": at, "severity": "Log", "body": body,
    })
}

/// A number that a query finds.
pub(crate) async fn count(hub: &TestHub, sql: &'static str) -> i64 {
    let mut tx = hub.database.read().await.unwrap();
    tx.query_opt(sql, params![]).await.unwrap().unwrap().get(0).unwrap()
}
