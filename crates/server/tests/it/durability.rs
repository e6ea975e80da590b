//! What the hub acknowledged survives `kill -9` between any two requests.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use serde_json::json;
use tempfile::TempDir;

use crate::hub::{Hub, call, set_up};
use crate::program::Program;

/// How often the hub is killed.
const ROUNDS: u64 = 5;
/// How many clients write at once.
const WRITERS: u64 = 6;

/// A license key that was acknowledged with its token.
struct Acknowledged {
    id: String,
    customer: String,
    token: Option<String>,
}

/// Creates customers and license keys until the hub is gone, and tells of each once it was acknowledged.
fn write(address: &str, secret: &str, name: &str, told: &Sender<Acknowledged>) {
    for number in 0.. {
        let customer = json!({ "name": format!("Customer {name}.{number}") }).to_string();
        let Some((200, customer)) = call(address, secret, "POST /api/v1/customer-organizations", &customer)
        else {
            return;
        };
        let customer = customer["id"].as_str().unwrap().to_owned();
        let key = json!({
            "name": format!("KEY_{name}_{number}"), "customerOrganizationId": customer,
            "payload": { "seats": number }, "notBefore": "2026-01-01T00:00:00Z", "expiresAt": "2030-01-01T00:00:00Z",
        });
        let Some((200, key)) = call(address, secret, "POST /api/v1/license-keys", &key.to_string()) else {
            return;
        };
        let id = key["id"].as_str().unwrap().to_owned();
        let token = call(address, secret, &format!("GET /api/v1/license-keys/{id}/token"), "");
        let token = token.map(|(_, body)| body["token"].as_str().unwrap().to_owned());
        told.send(Acknowledged { id, customer, token }).unwrap();
    }
}

/// Lets clients write until so many keys were acknowledged, kills the hub in the midst of it, and returns them all.
fn write_and_kill(folder: &Path, secret: &str, round: u64) -> Vec<Acknowledged> {
    let hub = Hub::start(folder, &[]);
    let (tell, told): (_, Receiver<Acknowledged>) = channel();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (address, secret, tell) = (hub.address.clone(), secret.to_owned(), tell.clone());
            thread::spawn(move || write(&address, &secret, &format!("{round}_{writer}"), &tell))
        })
        .collect();
    drop(tell);
    // Another moment in each round: what the writers do meanwhile is in no step with it.
    let enough = 20 + usize::try_from(round).unwrap() * 7;
    let mut acknowledged: Vec<_> = told.iter().take(enough).collect();
    hub.kill();
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    acknowledged.extend(told.try_iter());
    assert!(acknowledged.len() >= enough, "the hub stopped after {}", acknowledged.len());
    acknowledged
}

fn require_all(address: &str, secret: &str, acknowledged: &[Acknowledged]) {
    let (status, customers) = call(address, secret, "GET /api/v1/customer-organizations", "").unwrap();
    assert_eq!(status, 200);
    let customers: Vec<_> =
        customers.as_array().unwrap().iter().map(|customer| customer["id"].clone()).collect();
    for Acknowledged { id, customer, token } in acknowledged {
        assert!(customers.contains(&json!(customer)), "customer {customer} is gone");
        let found = call(address, secret, &format!("GET /api/v1/license-keys/{id}/token"), "");
        let (status, found) = found.unwrap();
        assert_eq!(status, 200, "license key {id} is gone");
        if let Some(token) = token {
            assert_eq!(found["token"], json!(token), "the token of {id} is another one");
        }
    }
}

#[test]
fn nothing_that_was_acknowledged_is_lost_by_kill_9() {
    let folder = TempDir::new().unwrap();
    let secret = &set_up(folder.path(), "acme");
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        acknowledged.extend(write_and_kill(folder.path(), secret, round));
        let hub = Hub::start(folder.path(), &[]);
        require_all(&hub.address, secret, &acknowledged);
        // The log is checked beside the running hub, as an operator would.
        let verify = Program::new(folder.path(), &["audit", "verify", "--data-dir", "data"]).output();
        assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stderr));
        hub.kill();
    }
}
