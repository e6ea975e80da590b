//! Targets, secrets and deployments of a test hub.

use grantry_ops::caller::Caller;
use grantry_ops::hub_secret::Secret;
use grantry_ops::session::authenticate::authenticate;
use serde_json::{Value, json};

use crate::client::{ADDRESS, Client};
use crate::hub::TestHub;
use crate::reply::Reply;

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
