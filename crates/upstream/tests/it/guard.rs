//! Addresses that are not connected to. The traps tell a refusal from a connection that failed.

use std::process::Command;

use crate::fixture::{assert_forbidden, content, digest_of, open, tag, upstream};
use crate::server::{Server, Trap, redirect, wants_token};

#[tokio::test]
async fn registry_on_this_machine_is_not_asked_unless_allowed() {
    let trap = Trap::set("127.0.0.1:0");
    let port = trap.address().port();
    for registry in
        [trap.address().to_string(), format!("localhost:{port}"), format!("[::ffff:127.0.0.1]:{port}")]
    {
        for allowed in [&[][..], &["10.0.0.0/8"], &["registry.corp"]] {
            let session = open(&upstream(allowed), &registry, None);
            assert_forbidden(&session.ping().await);
            assert_forbidden(&session.manifest(&tag()).await);
            assert_forbidden(&session.head_manifest(&tag()).await);
            assert_forbidden(&session.blob(&digest_of(b"")).await);
            assert_forbidden(&session.tags(1).await);
            assert_forbidden(&session.referrers(&digest_of(b"")).await);
            trap.assert_untouched();
        }
    }
}

#[tokio::test]
async fn registry_on_this_machine_is_asked_if_allowed() {
    let server = Server::start(content).await;
    let (address, name) = (server.address.to_string(), format!("localhost:{}", server.address.port()));
    for (allowed, registry) in [
        ("private", &address),
        ("private", &name),
        ("127.0.0.0/8", &address),
        ("127.0.0.1", &name),
        ("localhost", &name),
    ] {
        open(&upstream(&[allowed]), registry, None).ping().await.unwrap();
    }
    assert_eq!(server.seen().len(), 5);
}

#[tokio::test]
async fn redirection_to_an_address_that_is_not_allowed_is_not_followed() {
    let trap = Trap::set("127.0.0.1:0");
    let port = trap.address().port();
    for scheme in ["http", "https"] {
        for host in ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"] {
            let to = format!("{scheme}://{host}:{port}/");
            let server = Server::start_at("127.0.0.2:0", move |_| redirect(&to)).await;
            let session = open(&upstream(&["127.0.0.2"]), &server.address.to_string(), None);
            assert_forbidden(&session.manifest(&tag()).await);
            assert_forbidden(&session.blob(&digest_of(b"")).await);
            assert_eq!(server.seen().len(), 2);
        }
    }
    trap.assert_untouched();
}

#[tokio::test]
async fn token_server_at_an_address_that_is_not_allowed_is_not_asked() {
    let trap = Trap::set("127.0.0.1:0");
    for host in ["127.0.0.1", "localhost"] {
        let realm = format!("http://{host}:{}/token", trap.address().port());
        let server = Server::start_at("127.0.0.2:0", move |_| wants_token(&realm)).await;
        let session = open(&upstream(&["127.0.0.2"]), &server.address.to_string(), None);
        assert_forbidden(&session.ping().await);
    }
    trap.assert_untouched();
}

#[tokio::test]
async fn secrets_of_a_cloud_are_out_of_reach_also_where_private_addresses_are_allowed() {
    for to in ["http://169.254.169.254/latest/meta-data", "https://169.254.169.254/", "https://[fe80::1]/"] {
        let server = Server::start(move |_| redirect(to)).await;
        let session = open(&upstream(&["private"]), &server.address.to_string(), None);
        assert_forbidden(&session.manifest(&tag()).await);
    }
}

/// The environment is that of the process, so that the request is made in another one.
#[test]
fn proxy_of_the_environment_is_not_used() {
    let trap = Trap::set("127.0.0.1:0");
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "guard::registry_on_this_machine_is_asked_if_allowed"]);
    for name in ["http_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env(name, format!("http://{}", trap.address()));
    }
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
    trap.assert_untouched();
}
