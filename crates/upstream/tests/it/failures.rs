//! Registries that fail, and what is said about it.

use std::error::Error as StdError;
use std::time::{Duration, Instant};

use axum::body::Body;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use grantry_upstream::error::{Defect, Error, Outage, Refusal};

use crate::fixture::{
    content, defect, digest_of, hasty_session, outage, refusal, robot_session, session, tag,
};
use crate::server::{Server, Then, Trap, answer, raw, redirect, status, token, wants_token};

#[tokio::test]
async fn statuses_are_told_apart() {
    let server = |code| Server::start(move |_| status(code));
    for code in [500, 502, 503, 504, 408] {
        let server = server(code).await;
        assert_eq!(outage(session(server.address).manifest(&tag()).await), Outage::Status(code));
    }
    for code in [204, 206, 304, 400, 410, 418] {
        let server = server(code).await;
        assert_eq!(defect(session(server.address).manifest(&tag()).await), Defect::Status(code));
    }
    let denied = server(403).await;
    assert_eq!(refusal(robot_session(denied.address).manifest(&tag()).await), Refusal::Denied);
    let silent = server(401).await;
    assert_eq!(refusal(robot_session(silent.address).manifest(&tag()).await), Refusal::UnknownScheme);
}

#[tokio::test]
async fn registry_that_is_asked_too_often_says_how_long_to_wait() {
    for (headers, expected) in [(&[("Retry-After", "30")][..], Some(Duration::from_secs(30))), (&[], None)] {
        let server = Server::start(move |_| answer(429, headers, "")).await;
        let session = session(server.address);
        for result in
            [session.manifest(&tag()).await.map(drop), session.blob(&digest_of(b"")).await.map(drop)]
        {
            match result {
                Err(Error::RateLimited { retry_after, .. }) => assert_eq!(retry_after, expected),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(server.seen().len(), 2, "nothing is tried again");
    }
}

#[tokio::test]
async fn nobody_at_home_is_an_outage() {
    let address = {
        let trap = Trap::set("127.0.0.1:0");
        trap.address()
    };
    assert_eq!(outage(session(address).manifest(&tag()).await), Outage::Unreachable);
    // No name server is asked about a name that is too long.
    let name = format!("http://{}.localhost/", "a".repeat(64));
    let server = Server::start(move |_| redirect(&name)).await;
    assert_eq!(outage(session(server.address).manifest(&tag()).await), Outage::Unresolved);
}

#[tokio::test]
async fn registry_that_never_answers_is_given_up() {
    let begun = Instant::now();
    let (address, _running) = raw(b"", Then::Silence).await;
    let session = hasty_session(address, 200, 30_000);
    assert_eq!(outage(session.manifest(&tag()).await), Outage::TimedOut);
    assert!(begun.elapsed() < Duration::from_secs(30), "already when it has said nothing for long");
    assert_eq!(outage(session.blob(&digest_of(b"")).await), Outage::TimedOut);
    assert_eq!(outage(session.ping().await), Outage::TimedOut);
    let (address, _running) = raw(b"HTTP/1.1 200 OK\r\nContent-", Then::Silence).await;
    assert_eq!(outage(hasty_session(address, 200, 30_000).blob(&digest_of(b"")).await), Outage::TimedOut);
}

#[tokio::test]
async fn registry_that_hangs_up_is_an_outage() {
    let (address, _running) = raw(b"", Then::HangUp).await;
    assert_eq!(outage(session(address).manifest(&tag()).await), Outage::Interrupted);
    let (address, _running) = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", Then::HangUp).await;
    assert_eq!(outage(session(address).manifest(&tag()).await), Outage::Interrupted);
}

/// One byte at a time, for five seconds.
fn drip() -> axum::response::Response {
    let pace = tokio::time::interval(Duration::from_millis(50));
    let bytes = stream::unfold(pace, |mut pace| async move {
        pace.tick().await;
        Some((Ok::<_, std::io::Error>(Bytes::from_static(b" ")), pace))
    });
    answer(200, &[], Body::from_stream(bytes.take(100)))
}

#[tokio::test]
async fn documents_that_drip_are_given_up() {
    let server = Server::start(|_| drip()).await;
    let session = hasty_session(server.address, 30_000, 500);
    assert_eq!(outage(session.manifest(&tag()).await), Outage::TimedOut);
    assert_eq!(outage(session.tags(1).await), Outage::TimedOut);
    // The token of a blob is a document too.
    let server = Server::start(|seen| match seen.path() {
        "/token" => drip(),
        _ => wants_token(&seen.here("/token")),
    })
    .await;
    let session = hasty_session(server.address, 30_000, 500);
    assert_eq!(outage(session.blob(&digest_of(b"")).await), Outage::TimedOut);
}

#[tokio::test]
async fn messages_tell_no_secret() {
    let nobody = Trap::set("127.0.0.1:0").address();
    let signed = format!("http://{nobody}/blob?signature=s3cret");
    let server = Server::start(move |seen| match (seen.path(), seen.authorization()) {
        ("/token", _) => token("t0ken"),
        (_, Some(_)) => redirect(&signed),
        _ => wants_token(&seen.here("/token")),
    })
    .await;
    let session = robot_session(server.address);
    let error = session.blob(&digest_of(b"")).await.unwrap_err();
    let mut said = format!("{error:?} {session:?}");
    let mut cause: Option<&dyn StdError> = Some(&error);
    while let Some(one) = cause {
        said += &one.to_string();
        cause = one.source();
    }
    assert!(said.contains(&nobody.to_string()) && said.contains("robot"), "{said}");
    for secret in ["s3cret", "t0ken", "hunter2", "cm9ib3Q6aHVudGVyMg"] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
}

#[tokio::test]
async fn messages_are_sentences() {
    let server = Server::start(|_| status(503)).await;
    let error = session(server.address).manifest(&tag()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{} is not available: it answered with status 503", server.address)
    );
    let server = Server::start(|seen| if seen.path() == "/v2/" { status(404) } else { content(seen) }).await;
    let error = session(server.address).ping().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{} gave an answer that can't be used: there is no registry", server.address)
    );
}
