//! What the hub acknowledged survives `kill -9` between any two requests.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::Program;

/// How often the hub is killed.
const ROUNDS: u64 = 5;
/// How many clients write at once.
const WRITERS: u64 = 6;

/// A running hub. It is killed when this is dropped, without any chance to clean up.
struct Hub {
    process: Child,
    address: String,
}

impl Hub {
    fn start(folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_grantry"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir", "data"]);
        command
            .current_dir(folder)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut told = String::new();
        let address = lines.by_ref().find_map(|line| {
            let line = line.unwrap();
            told.push_str(&line);
            Some(line.split_once("ready at http://")?.1.to_owned())
        });
        // The pipe has to be read to its end, or the hub would wait for it.
        thread::spawn(move || lines.for_each(drop));
        Self { process, address: address.unwrap_or_else(|| panic!("the hub did not start: {told}")) }
    }

    /// `SIGKILL`.
    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Sends one request on a connection of its own; `None` if the hub died before its answer was whole.
fn call(address: &str, secret: &str, request: &str, body: &str) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let head = format!(
        "{request} HTTP/1.1\r\nhost: hub\r\nconnection: close\r\nauthorization: Bearer {secret}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let length =
        head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok())?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    (body.len() == length).then(|| (status, serde_json::from_str(body).unwrap_or_default()))
}

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
    let hub = Hub::start(folder);
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
    let arguments = [
        "setup",
        "--organization",
        "Acme",
        "--slug",
        "acme",
        "--email",
        "admin@acme.test",
        "--data-dir",
        "data",
    ];
    let output = Program::new(folder.path(), &arguments).output();
    let made: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let secret = made["accessToken"].as_str().unwrap();
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        acknowledged.extend(write_and_kill(folder.path(), secret, round));
        let hub = Hub::start(folder.path());
        require_all(&hub.address, secret, &acknowledged);
        // The log is checked beside the running hub, as an operator would.
        let verify = Program::new(folder.path(), &["audit", "verify", "--data-dir", "data"]).output();
        assert!(verify.status.success(), "{}", String::from_utf8_lossy(&verify.stderr));
        hub.kill();
    }
}
