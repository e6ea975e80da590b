//! The JSON API.

mod access_explain;
mod access_sight;
mod access_token_create;
mod access_token_delete;
mod account_update;
mod application_access;
mod application_create;
mod application_delete;
mod application_entitlement_create;
mod application_entitlement_update;
mod application_isolation;
mod application_update;
mod application_version_create;
mod application_version_show;
mod artifact_delete;
mod artifact_entitlement_create;
mod artifact_entitlement_delete;
mod artifact_entitlement_list;
mod artifact_entitlement_scope;
mod artifact_entitlement_update;
mod artifact_list;
mod artifact_pulls;
mod artifact_restriction;
mod artifact_show;
mod artifact_upstream;
mod audit_event_list;
mod auth_login;
mod context_show;
mod customer_create;
mod customer_delete;
mod customer_delete_meanwhile;
mod customer_list;
mod customer_update;
mod deployment_affected;
mod deployment_deploy;
mod deployment_entitled;
mod deployment_revisions;
mod deployment_targets;
mod files;
mod idempotency;
mod images;
mod license_key_create;
mod license_key_delete;
mod license_key_list;
mod license_key_payload;
mod license_key_token;
mod license_key_update;
mod licenses_copy;
mod licenses_list;
mod organization_update;
mod plan_gate;
mod public_keys;
mod secrets;
mod session_end;
mod user_invite;
mod user_list;
mod user_remove;
mod user_update;

use grantry_testkit::client::Client;
use grantry_testkit::reply::Reply;

/// The names in a list, in their order.
fn names(list: &Reply) -> Vec<String> {
    let json = list.json();
    json.as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap().to_owned()).collect()
}

/// The names in each part of a list, following `Link` from the first part to the last.
async fn walk(client: &Client, path: &str) -> Vec<Vec<String>> {
    let mut parts = Vec::new();
    let mut next = path.to_owned();
    while !next.is_empty() {
        let part = client.get(&next).await.expect(200);
        parts.push(names(&part));
        next = part.header("link").split(['<', '>']).nth(1).unwrap_or("").to_owned();
        assert!(parts.len() < 100, "the list goes on and on");
    }
    parts
}

/// The ids in a list, in their order.
fn ids(list: &Reply) -> Vec<String> {
    let json = list.json();
    json.as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap().to_owned()).collect()
}

/// The tags of an artifact that somebody sees by the API, sorted.
async fn seen_tags(client: &Client, artifact: &str) -> Vec<String> {
    let shown = client.get(&format!("/api/v1/artifacts/{artifact}")).await;
    if shown.status == 404 {
        return Vec::new();
    }
    let json = shown.expect(200).json();
    let versions = json["versions"].as_array().unwrap();
    let tags = versions.iter().flat_map(|version| version["tags"].as_array().unwrap());
    let mut names: Vec<String> = tags.map(|tag| tag["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}
