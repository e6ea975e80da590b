//! Redirections, which registries use to have blobs fetched from a storage.

use std::sync::{Arc, OnceLock};

use axum::http::header::HeaderName;
use grantry_upstream::error::{Defect, Outage};

use crate::fixture::{
    BLOB, MANIFEST_PATH, blob_path, content, defect, digest_of, manifest, outage, read, robot_session,
    session, tag,
};
use crate::server::{Server, answer, redirect, status, with_token};

const TOO_OFTEN: Defect = Defect::Redirect("it redirects too often");

#[tokio::test]
async fn storage_of_blobs_learns_nothing_but_the_path() {
    let storage = Server::start(|_| answer(200, &[], BLOB)).await;
    let signed = format!("http://{}/bucket/blob?signature=abc", storage.address);
    let server = Server::start(move |seen| {
        let signed = signed.clone();
        with_token(seen, move |_| redirect(&signed))
    })
    .await;
    let blob = robot_session(server.address).blob(&digest_of(BLOB)).await.unwrap().unwrap();
    assert_eq!(blob.size, Some(BLOB.len() as u64));
    assert_eq!(read(blob).await.unwrap(), BLOB);

    let seen = storage.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].target, "/bucket/blob?signature=abc");
    let mut names: Vec<&str> = seen[0].headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "accept-encoding", "host", "user-agent"]);
}

#[tokio::test]
async fn redirection_within_the_registry_keeps_the_token() {
    let server = Server::start(|seen| {
        with_token(seen, |seen| match seen.path() {
            "/v2/moved" => manifest(),
            _ => redirect("../../../moved"),
        })
    })
    .await;
    robot_session(server.address).manifest(&tag()).await.unwrap().unwrap();
    let last = server.seen().pop().unwrap();
    assert_eq!((last.path(), last.authorization()), ("/v2/moved", Some("Bearer good")));
}

#[tokio::test]
async fn token_is_not_sent_again_after_a_detour() {
    let back = Arc::new(OnceLock::<String>::new());
    let target = Arc::clone(&back);
    let detour = Server::start(move |_| redirect(target.get().unwrap())).await;
    let away = format!("http://{}/detour", detour.address);
    let server = Server::start(move |seen| match seen.path() {
        "/back" => manifest(),
        _ => {
            let away = away.clone();
            with_token(seen, move |_| redirect(&away))
        }
    })
    .await;
    back.set(format!("http://{}/back", server.address)).unwrap();
    robot_session(server.address).manifest(&tag()).await.unwrap().unwrap();
    let last = server.seen().pop().unwrap();
    assert_eq!((last.path(), last.authorization()), ("/back", None));
}

#[tokio::test]
async fn five_redirections_are_followed() {
    for (number, ends) in [(5, true), (6, false)] {
        let server = Server::start(move |seen| {
            let at = seen.path().strip_prefix("/hop/").map_or(0, |text| text.parse::<u32>().unwrap());
            if at == number { manifest() } else { redirect(&format!("/hop/{}", at + 1)) }
        })
        .await;
        let result = session(server.address).manifest(&tag()).await;
        if ends {
            assert!(result.unwrap().is_some());
        } else {
            assert_eq!(defect(result), TOO_OFTEN);
            assert_eq!(server.seen().len(), 6);
        }
    }
}

#[tokio::test]
async fn every_kind_of_redirection_is_followed() {
    for code in [301, 302, 303, 307, 308] {
        let server = Server::start(move |seen| match seen.path() {
            MANIFEST_PATH => answer(code, &[("Location", "/moved")], ""),
            _ => manifest(),
        })
        .await;
        let session = session(server.address);
        session.manifest(&tag()).await.unwrap().unwrap();
        session.head_manifest(&tag()).await.unwrap().unwrap();
        let methods: Vec<String> = server.seen().iter().map(|one| one.method.to_string()).collect();
        assert_eq!(methods, ["GET", "GET", "HEAD", "HEAD"], "{code}");
    }
}

#[tokio::test]
async fn redirections_that_lead_nowhere_are_refused() {
    let nowhere = Defect::Redirect("it redirects to nowhere");
    let not_https = Defect::Redirect("it redirects to a URL that is not https");
    let secret = Defect::Redirect("it redirects to a URL with credentials in it");
    for (to, expected) in [
        ("http://", &nowhere),
        ("file:///etc/passwd", &nowhere),
        ("data:text/plain,a", &nowhere),
        ("ftp://127.0.0.1/a", &not_https),
        // Only this machine is spoken to without TLS.
        ("http://140.82.112.34/a", &not_https),
        ("http://10.0.0.1/a", &not_https),
        ("http://registry.invalid/a", &not_https),
        ("http://localhost.invalid/a", &not_https),
        ("http://user:secret@127.0.0.1/a", &secret),
        ("http://user@127.0.0.1/a", &secret),
    ] {
        let server = Server::start(move |_| redirect(to)).await;
        assert_eq!(&defect(session(server.address).manifest(&tag()).await), expected, "{to}");
    }
    let server = Server::start(|_| status(302)).await;
    assert_eq!(defect(session(server.address).manifest(&tag()).await), nowhere);
}

#[tokio::test]
async fn server_without_tls_is_not_taken_for_one_with() {
    let plain = Server::start(content).await;
    let secure = format!("https://{}/", plain.address);
    let server = Server::start(move |_| redirect(&secure)).await;
    assert_eq!(outage(session(server.address).manifest(&tag()).await), Outage::Insecure);
    assert_eq!(plain.seen().len(), 0);
}

#[tokio::test]
async fn what_a_storage_refuses_is_an_outage() {
    for (code, expected) in
        [(401, Some(Outage::Storage(401))), (403, Some(Outage::Storage(403))), (404, None)]
    {
        let storage = Server::start(move |_| status(code)).await;
        let there = format!("http://{}/blob", storage.address);
        let server = Server::start(move |_| redirect(&there)).await;
        let result = robot_session(server.address).blob(&digest_of(BLOB)).await;
        match expected {
            Some(expected) => assert_eq!(outage(result), expected),
            None => assert!(result.unwrap().is_none()),
        }
        assert_eq!(server.paths(), [blob_path()], "no token is asked for");
    }
}
