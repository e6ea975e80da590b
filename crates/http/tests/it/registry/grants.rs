//! Entitlements for the tests of who may see what, made as the vendor's staff makes them.

use chrono::{DateTime, Utc};
use grantry_testkit::hub::Vendor;
use serde_json::{Value, json};

use super::sha256;

const ENTITLEMENTS: &str = "/api/v1/artifact-entitlements";

/// Grants all of an artifact.
pub(super) fn all() -> Value {
    json!({ "scope": { "kind": "all" } })
}

/// Grants tags by their names.
pub(super) fn chosen(tags: &[&str]) -> Value {
    json!({ "scope": { "kind": "chosen", "tags": tags } })
}

/// Grants what a pattern matches or a range holds.
pub(super) fn matching(kind: &str, expression: &str) -> Value {
    json!({ "scope": { "kind": kind, "expression": expression } })
}

/// Grants a manifest, whatever its tags.
pub(super) async fn version(vendor: &Vendor, artifact: &str, digest: &str) -> Value {
    let path = format!("/api/v1/artifacts/{}", vendor.artifact_id(artifact).await);
    let shown = vendor.admin.get(&path).await.expect(200).json();
    let versions = shown["versions"].as_array().unwrap();
    let found = versions.iter().find(|one| one["digest"] == digest).unwrap();
    json!({ "versionIds": [found["id"]] })
}

/// Entitles a customer to what of an artifact the grant covers; the entitlement's id.
pub(super) async fn entitle(
    vendor: &Vendor,
    customer: &str,
    (artifact, mut grant): (&str, Value),
    expires_at: Option<DateTime<Utc>>,
) -> String {
    grant["artifactId"] = vendor.artifact_id(artifact).await.into();
    let name = &sha256(format!("{grant} {expires_at:?}"))[..20];
    let body = json!({
        "name": name, "customerOrganizationId": customer, "artifacts": [grant],
        "expiresAt": expires_at.map(|end| grantry_wire::Time(end).to_string()),
    });
    vendor.admin.post(ENTITLEMENTS, body).await.expect(200).id()
}

/// Replaces the grant of an entitlement.
pub(super) async fn change(vendor: &Vendor, id: &str, mut grant: Value) {
    let path = format!("{ENTITLEMENTS}/{id}");
    let mut entitlement = vendor.admin.get(&path).await.expect(200).json();
    grant["artifactId"] = entitlement["artifacts"][0]["artifactId"].clone();
    entitlement["artifacts"] = json!([grant]);
    vendor.admin.put(&path, entitlement).await.expect(200);
}

/// Takes an entitlement away.
pub(super) async fn revoke(vendor: &Vendor, id: &str) {
    vendor.admin.delete(&format!("{ENTITLEMENTS}/{id}")).await.expect(204);
}

/// Restricts the vendor's customers to what they are entitled to, or no longer.
pub(super) async fn restrict(vendor: &Vendor, restricted: bool) {
    set(vendor, "artifactsRestricted", restricted).await;
}

/// Lets tags move.
pub(super) async fn let_tags_move(vendor: &Vendor) {
    set(vendor, "artifactVersionMutable", true).await;
}

async fn set(vendor: &Vendor, setting: &str, value: bool) {
    let name = vendor.admin.get("/api/v1/organization").await.expect(200).field("/name");
    let mut body = json!({ "name": name });
    body[setting] = value.into();
    vendor.admin.put("/api/v1/organization", body).await.expect(200);
}
