//! What an operator does: start and stop the hub, and commands beside the running hub.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use grantry_license::SigningKey;
use grantry_store::db::{Database, params};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::hub::{Hub, call, set_up};
use crate::program::Program;

/// Runs a command on the hub's folder: exit code, standard output, standard error.
fn run(folder: &Path, arguments: &[&str], stdin: &str) -> (Option<i32>, String, String) {
    let arguments = [arguments, &["--data-dir", "data"]].concat();
    let output = Program::new(folder, &arguments).stdin(stdin).output();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn sign_in(hub: &Hub, email: &str, password: &str) -> (u16, Value) {
    let body = json!({ "email": email, "password": password }).to_string();
    call(&hub.address, "", "POST /api/v1/auth/login", &body).unwrap()
}

#[test]
fn an_empty_hub_is_set_up_by_a_link_that_is_gone_afterwards() {
    let folder = TempDir::new().unwrap();
    let hub = Hub::start(folder.path(), &[]);
    let link = hub.line_with("/setup/");
    assert!(link.trim().starts_with(&format!("http://{}/setup/grantry_lnk_", hub.address)), "{link}");
    set_up(folder.path(), "acme");
    let path = link.trim().split_once(&hub.address).unwrap().1;
    let (status, _) = call(&hub.address, "", &format!("GET {path}"), "").unwrap();
    assert_eq!(status, 404, "the hub has an organization now");
    assert_eq!(hub.stop(), Some(0));
    let hub = Hub::start(folder.path(), &[]);
    assert_eq!(hub.stop(), Some(0));
}

#[test]
fn a_slug_is_set_up_once() {
    let folder = TempDir::new().unwrap();
    set_up(folder.path(), "acme");
    let again = ["setup", "--organization", "Other", "--slug", "acme", "--email", "x@other.test"];
    let (code, stdout, stderr) = run(folder.path(), &again, "");
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert_eq!(
        stderr,
        "grantry: Another organization of this hub already has this slug. Choose a different one.\n"
    );
}

#[test]
fn the_plan_changes_beside_the_running_hub() {
    let folder = TempDir::new().unwrap();
    let secret = set_up(folder.path(), "acme");
    let hub = Hub::start(folder.path(), &[]);
    let list = || call(&hub.address, &secret, "GET /api/v1/license-keys", "").unwrap();
    assert_eq!(list(), (200, json!([])));
    let (code, stdout, _) = run(folder.path(), &["organization", "plan", "acme", "community"], "");
    assert_eq!((code, stdout.as_str()), (Some(0), "Acme has the plan community.\n"));
    let (status, problem) = list();
    assert_eq!((status, problem["code"].as_str()), (403, Some("plan_required")));
    let trial = ["organization", "plan", "acme", "trial", "--until", "2999-01-31"];
    let (_, stdout, _) = run(folder.path(), &trial, "");
    assert_eq!(stdout, "Acme has the plan trial until 2999-01-31T00:00:00+00:00.\n");
    assert_eq!(list().0, 200);
    let (code, _, stderr) = run(folder.path(), &["organization", "plan", "nobody", "pro"], "");
    assert_eq!((code, stderr.as_str()), (Some(1), "grantry: There is no organization with this id.\n"));
}

#[test]
fn a_password_is_reset_beside_the_running_hub() {
    let folder = TempDir::new().unwrap();
    set_up(folder.path(), "acme");
    let hub = Hub::start(folder.path(), &[]);
    let email = "admin@acme.test";
    let (_, session) = sign_in(&hub, email, "correct horse battery");
    let session = session["token"].as_str().unwrap();
    let reset = ["user", "reset-password", "ADMIN@acme.test", "--password-stdin"];
    let (code, stdout, stderr) = run(folder.path(), &reset, "another long phrase\r\n");
    assert_eq!((code, stdout.contains("password was set")), (Some(0), true), "{stderr}");
    assert_eq!(
        call(&hub.address, session, "GET /api/v1/context", "").unwrap().0,
        401,
        "its sessions were ended"
    );
    assert_eq!(sign_in(&hub, email, "correct horse battery").0, 400);
    assert_eq!(sign_in(&hub, email, "another long phrase").0, 200);

    let (_, link, _) = run(folder.path(), &["user", "reset-password", email], "");
    let secret = link.trim().rsplit('/').next().unwrap();
    let body = json!({ "password": "a third long phrase" }).to_string();
    let accept = "POST /api/v1/auth/invite/accept";
    assert_eq!(call(&hub.address, secret, accept, &body).unwrap().0, 200);
    assert_eq!(call(&hub.address, secret, accept, &body).unwrap().0, 404, "a link works once");
    assert_eq!(sign_in(&hub, email, "a third long phrase").0, 200);
}

#[tokio::test]
async fn a_changed_entry_breaks_the_audit_log() {
    let folder = TempDir::new().unwrap();
    set_up(folder.path(), "acme");
    let (code, stdout, _) = run(folder.path(), &["audit", "verify"], "");
    assert_eq!(code, Some(0), "{stdout}");
    assert!(stdout.contains("ok      acme: 1 entries, head "), "{stdout}");
    let url = format!("sqlite:{}", folder.path().join("data/grantry.db").display());
    let mut tx = Database::open(&url).await.unwrap().write().await.unwrap();
    tx.execute("update audit_event set author = 'Nobody'", params![]).await.unwrap();
    tx.commit().await.unwrap();
    let (code, stdout, stderr) = run(folder.path(), &["audit", "verify"], "");
    assert_eq!(code, Some(1));
    assert!(stdout.contains("BROKEN  acme: entry 1 is not the one that was recorded"), "{stdout}");
    assert_eq!(stderr, "grantry: 1 of 2 logs were changed by somebody else\n");
}

#[test]
fn sample_data_goes_into_an_empty_hub_only() {
    let folder = TempDir::new().unwrap();
    let hub = Hub::start(folder.path(), &["--demo"]);
    hub.line_with("Sample data was added. Sign in with the password grantry-demo");
    for (email, path) in [
        ("mara.klein@northwind.example", "/api/v1/licenses"),
        ("peter.bolt@initech.example", "/api/v1/license-keys"),
        ("erik@halden.example", "/api/v1/audit-events"),
    ] {
        let (_, session) = sign_in(&hub, email, "grantry-demo");
        let (status, list) =
            call(&hub.address, session["token"].as_str().unwrap(), &format!("GET {path}"), "").unwrap();
        assert_eq!(status, 200, "{email}");
        assert!(list.as_array().is_some_and(|list| list.len() >= 3), "{email} sees {list}");
    }
    let (code, stdout, _) = run(folder.path(), &["audit", "verify"], "");
    assert_eq!(code, Some(0), "{stdout}");
    hub.kill();
    let hub = Hub::start(folder.path(), &["--demo"]);
    hub.line_with("The hub has data already, so no sample data was added.");
}

#[test]
fn a_port_in_use_leaves_nothing_behind() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, _, stderr) = run(folder.path(), &["serve", "--listen", &address], "");
    assert_eq!(code, Some(1));
    assert!(stderr.starts_with(&format!("grantry: can't listen on {address}: ")), "{stderr}");
    assert!(!folder.path().join("data").exists());
}

#[test]
fn a_lost_master_key_is_told_and_nothing_is_served() {
    let folder = TempDir::new().unwrap();
    set_up(folder.path(), "acme");
    fs::remove_file(folder.path().join("data/master.key")).unwrap();
    let (code, _, stderr) = run(folder.path(), &["serve", "--listen", "127.0.0.1:0"], "");
    assert_eq!(code, Some(1));
    assert!(stderr.contains("a stored secret can't be opened with this master key"), "{stderr}");
}

#[test]
fn the_operators_key_signs_and_the_one_before_stays_published() {
    let folder = TempDir::new().unwrap();
    let keys = [1, 2].map(|seed| SigningKey::from_seed([seed; 32]));
    for (name, key) in ["first.pem", "second.pem"].iter().zip(&keys) {
        let path = folder.path().join(name);
        fs::write(&path, key.to_pkcs8_pem().as_str()).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let published = |hub: &Hub| {
        let (_, set) = call(&hub.address, "", "GET /.well-known/jwks.json", "").unwrap();
        set["keys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| key["kid"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let [first, second] = keys.each_ref().map(|key| key.key_id().to_owned());

    let hub = Hub::start(folder.path(), &["--license-key-file", "first.pem"]);
    assert_eq!(published(&hub), std::slice::from_ref(&first));
    let secret = set_up(folder.path(), "acme");
    let key = json!({ "name": "K", "payload": {}, "notBefore": "2026-01-01T00:00:00Z", "expiresAt": "2999-01-01T00:00:00Z" });
    let (status, _) = call(&hub.address, &secret, "POST /api/v1/license-keys", &key.to_string()).unwrap();
    assert_eq!(status, 200);
    assert_eq!(hub.stop(), Some(0));

    let hub = Hub::start(folder.path(), &["--license-key-file", "second.pem"]);
    assert_eq!(published(&hub), [second.clone(), first.clone()], "a token of the first one is still valid");
    assert_eq!(hub.stop(), Some(0));
    let hub = Hub::start(folder.path(), &[]);
    assert_eq!(published(&hub), [second, first], "what was active stays active");
}
