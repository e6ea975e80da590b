//! `grantry verify` with keys from a URL, served by a small server on this machine.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use super::program::Program;
use super::verify::{signing_key, token};

/// Serves one connection with `answer` and returns its address.
fn serve(answer: impl FnOnce(&mut TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request);
        answer(&mut stream);
    });
    address.to_string()
}

fn serve_text(head: &str, body: &str) -> String {
    let text =
        format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    serve(move |stream| stream.write_all(text.as_bytes()).unwrap())
}

/// Standard error and exit code of verifying with the keys at `key`; `address` is hidden in it.
fn verify(key: &str, address: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["verify", "-", "--any-organization", "--now", "2027-06-01T00:00:00Z", "--key", key];
    let transcript = Program::new(folder.path(), &arguments).stdin(&token()).transcript();
    transcript.split_once("--- stderr\n").unwrap().1.replace(address, "HOST")
}

#[test]
fn keys_are_fetched_from_a_url() {
    let jwks = format!(r#"{{"keys":[{}]}}"#, signing_key().public_key().to_jwk());
    let address = serve_text("200 OK", &jwks);
    let ending = verify(&format!("http://{address}/.well-known/jwks.json"), &address);
    assert_eq!(ending, "valid: the license holds until 2028-01-01T00:00:00Z\n--- exit 0\n");
}

#[test]
fn a_server_that_gives_no_keys_gives_no_verdict() {
    let missing = serve_text("404 Not Found", "");
    let page = serve_text("200 OK", "<!doctype html><title>Sign in</title>");
    let closing = serve(|_| ());
    // The client speaks TLS and the server does not.
    let plain = serve_text("200 OK", "");
    let endings = [
        verify(&format!("http://{missing}/jwks.json?token=x"), &missing),
        verify(&format!("http://{page}/"), &page),
        verify("http://", "127.0.0.1"),
    ];
    insta::assert_snapshot!(endings.join("\n"));
    for (key, address) in [(format!("http://{closing}/"), closing), (format!("https://{plain}/"), plain)] {
        let ending = verify(&key, &address);
        assert!(ending.starts_with("grantry: no key can be read from "), "{ending}");
        assert!(ending.ends_with("--- exit 2\n"), "{ending}");
    }
}

#[test]
fn a_body_without_end_is_given_up() {
    let address = serve(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n").unwrap();
        // Until the client hangs up.
        while stream.write_all(&[b'a'; 65536]).is_ok() {}
    });
    let ending = verify(&format!("http://{address}/"), &address);
    assert_eq!(
        ending,
        "grantry: no key can be read from \"http://HOST/\": it is longer than 1 MiB\n--- exit 2\n"
    );
}

#[test]
fn redirections_are_followed() {
    let jwks = format!(r#"{{"keys":[{}]}}"#, signing_key().public_key().to_jwk());
    let target = serve_text("200 OK", &jwks);
    let from = serve_text(&format!("302 Found\r\nLocation: http://{target}/jwks.json"), "");
    let ending = verify(&format!("http://{from}/"), &from);
    assert!(ending.ends_with("--- exit 0\n"), "{ending}");
}
