//! The JSON API.

mod access_token_create;
mod access_token_delete;
mod account_update;
mod audit_event_list;
mod auth_login;
mod context_show;
mod customer_create;
mod customer_delete;
mod customer_list;
mod customer_update;
mod idempotency;
mod license_key_create;
mod license_key_delete;
mod license_key_list;
mod license_key_payload;
mod license_key_token;
mod license_key_update;
mod licenses_list;
mod organization_update;
mod plan_gate;
mod public_keys;
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
