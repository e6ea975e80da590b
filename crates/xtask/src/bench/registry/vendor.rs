//! The vendor on the hub, its customers and what they are entitled to.

use std::sync::Arc;

use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::client::{Connection, request};
use super::super::hub::Account;
use super::super::load::{Load, Operation, Until};
use super::super::process::Process;
use super::{referred, stock};

/// Connections by which customers are made.
const CONNECTIONS: u64 = 16;

/// Makes the customer whose member pulls, and so many others with entitlements of their own. Returns the member's access
/// token.
pub(super) async fn set_up(process: &Process, account: &Account, others: u64) -> anyhow::Result<String> {
    let authorization = format!("AccessToken {}", account.access_token);
    let mut connection = Connection::open(process.address()).await?;
    let artifacts = ask(&mut connection, ("GET", "/api/v1/artifacts", &authorization), &Value::Null).await?;
    let id = |name: &str| {
        let is_it = |artifact: &&Value| artifact["name"].as_str().is_some_and(|found| name.ends_with(found));
        let found = artifacts.as_array().into_iter().flatten().find(is_it);
        found
            .map(|artifact| artifact["id"].clone())
            .with_context(|| format!("no artifact {name}: {artifacts}"))
    };
    let vendor = Vendor { authorization, artifact: id(stock::REPOSITORY)? };
    let all =
        json!({ "artifactId": id(referred::REPOSITORY)?, "versionIds": [], "scope": { "kind": "all" } });
    let customer = vendor.entitle(&mut connection, ("Pulling", stock::TAG), &[all]).await?;
    let secret = vendor.member(&mut connection, &customer).await?;
    let load = Load { connections: CONNECTIONS, until: Until::Done(others), first: 0 };
    load.run(process, &Arc::new(vendor)).await.context("can't make customers")?;
    Ok(secret)
}

/// The value of `Authorization` that lets the owner of an access token do this.
pub(super) async fn authorize(
    connection: &mut Connection,
    secret: &str,
    scope: &str,
) -> anyhow::Result<String> {
    let basic = format!("Basic {}", STANDARD.encode(format!("bench:{secret}")));
    let path = format!("/v2/token?service=localhost&scope={scope}");
    let answer = ask(connection, ("GET", &path, &basic), &Value::Null).await?;
    Ok(format!("Bearer {}", answer["token"].as_str().context("an answer without a token")?))
}

/// An administrator, and the artifact that customers are entitled to.
struct Vendor {
    authorization: String,
    artifact: Value,
}

/// One more customer with an entitlement.
impl Operation for Vendor {
    async fn perform(&self, connection: &mut Connection, number: u64) -> anyhow::Result<()> {
        let tag = if number.is_multiple_of(2) { stock::TAG } else { stock::OTHER_TAG };
        self.entitle(connection, (&format!("Customer {number}"), tag), &[]).await.map(drop)
    }
}

impl Vendor {
    /// Makes a customer that is entitled to one tag, and perhaps to more. Returns its id.
    async fn entitle(
        &self,
        connection: &mut Connection,
        (name, tag): (&str, &str),
        more: &[Value],
    ) -> anyhow::Result<Value> {
        let customer = json!({ "name": name, "features": ["artifacts"] });
        let customer = self.post(connection, "customer-organizations", &customer).await?;
        let chosen = json!({ "kind": "chosen", "tags": [tag] });
        let mut artifacts = vec![json!({ "artifactId": self.artifact, "versionIds": [], "scope": chosen })];
        artifacts.extend_from_slice(more);
        let id = customer["id"].clone();
        let entitlement = json!({ "name": "Release", "customerOrganizationId": id, "artifacts": artifacts });
        self.post(connection, "artifact-entitlements", &entitlement).await?;
        Ok(id)
    }

    /// Makes a member of a customer. Returns their access token.
    async fn member(&self, connection: &mut Connection, customer: &Value) -> anyhow::Result<String> {
        let body = json!({
            "email": "pulling@customer.example",
            "userRole": "read_write",
            "customerOrganizationId": customer,
        });
        let invitation = self.post(connection, "user-accounts", &body).await?;
        let link = invitation["inviteUrl"].as_str().and_then(|url| url.rsplit_once('/'));
        let (_, link) = link.context("an invitation without a link")?;
        let (bearer, body) =
            (format!("Bearer {link}"), json!({ "password": "correct horse battery staple" }));
        let session = ask(connection, ("POST", "/api/v1/auth/invite/accept", &bearer), &body).await?;
        let bearer = format!("Bearer {}", session["token"].as_str().context("a session without a token")?);
        let token = ask(connection, ("POST", "/api/v1/settings/tokens", &bearer), &json!({})).await?;
        Ok(token["key"].as_str().context("an access token without its secret")?.to_owned())
    }

    async fn post(&self, connection: &mut Connection, what: &str, body: &Value) -> anyhow::Result<Value> {
        ask(connection, ("POST", &format!("/api/v1/{what}"), &self.authorization), body).await
    }
}

/// Sends JSON, or nothing, and returns the JSON of an answer that says that it went well.
async fn ask(
    connection: &mut Connection,
    (method, path, authorization): (&str, &str, &str),
    body: &Value,
) -> anyhow::Result<Value> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let answer = connection.ask(&request(method, path, authorization, &body)).await?;
    let is_well = matches!(answer.status, 200 | 201);
    let text = String::from_utf8_lossy(answer.body);
    anyhow::ensure!(is_well, "{method} {path}: status {}: {text}", answer.status);
    Ok(serde_json::from_str(&text)?)
}
