//! Who is told who we are.

use std::sync::atomic::{AtomicUsize, Ordering};

use grantry_upstream::error::{Defect, Error, Outage, Refusal};
use grantry_upstream::upstream::{Settings, TrustedRealm, Upstream};

use crate::fixture::{
    BLOB, MANIFEST_PATH, ROBOT, blob_path, content, defect, digest_of, open, outage, read, refusal, robot,
    robot_session, session, settings, tag, upstream,
};
use crate::server::{Server, answer, json, redirect, status, token, wants_token, with_token};

fn basic() -> axum::response::Response {
    answer(401, &[("WWW-Authenticate", r#"Basic realm="registry""#)], "")
}

#[tokio::test]
async fn token_is_fetched_once_and_is_all_the_registry_learns() {
    let server = Server::start(|seen| with_token(seen, content)).await;
    let session = robot_session(server.address);
    assert!(session.manifest(&tag()).await.unwrap().is_some());
    let blob = session.blob(&digest_of(BLOB)).await.unwrap().unwrap();
    assert_eq!(read(blob).await.unwrap(), BLOB);
    assert_eq!(session.tags(10).await.unwrap().unwrap().tags.len(), 1);

    let seen = server.seen();
    let paths: Vec<&str> = seen.iter().map(|one| one.path()).collect();
    assert_eq!(paths, [MANIFEST_PATH, "/token", MANIFEST_PATH, &blob_path(), "/v2/acme/ship/tags/list"]);
    let query = "/token?service=registry.test&scope=repository%3Aacme%2Fship%3Apull";
    assert_eq!(seen[1].target, query);
    let authorizations: Vec<_> = seen.iter().map(|one| one.authorization()).collect();
    let good = Some("Bearer good");
    assert_eq!(authorizations, [None, Some(ROBOT), good, good, good]);
}

#[tokio::test]
async fn token_without_a_lifetime_left_is_not_kept() {
    let server = Server::start(|seen| match seen.path() {
        "/token" => json(r#"{"token":"","access_token":"good","expires_in":0}"#),
        _ => with_token(seen, content),
    })
    .await;
    let session = session(server.address);
    for _ in 0..2 {
        session.manifest(&tag()).await.unwrap().unwrap();
    }
    assert_eq!(server.count("/token"), 2);
}

#[tokio::test]
async fn refused_token_is_replaced_once() {
    static GIVEN: AtomicUsize = AtomicUsize::new(0);
    // Each token is good for two requests.
    static USED: AtomicUsize = AtomicUsize::new(0);
    let server = Server::start(|seen| {
        if seen.path() == "/token" {
            USED.store(0, Ordering::SeqCst);
            return token(&format!("t{}", GIVEN.fetch_add(1, Ordering::SeqCst)));
        }
        let current = format!("Bearer t{}", GIVEN.load(Ordering::SeqCst).wrapping_sub(1));
        let good = seen.authorization() == Some(&current) && USED.fetch_add(1, Ordering::SeqCst) < 2;
        if good { content(seen) } else { wants_token(&seen.here("/token")) }
    })
    .await;
    let session = session(server.address);
    for _ in 0..4 {
        session.manifest(&tag()).await.unwrap().unwrap();
    }
    assert_eq!(server.count("/token"), 2);
}

#[tokio::test]
async fn refused_token_is_forgotten_also_if_there_is_no_other() {
    static GIVEN: AtomicUsize = AtomicUsize::new(0);
    static USED: AtomicUsize = AtomicUsize::new(0);
    let server = Server::start(|seen| match (seen.path(), seen.authorization()) {
        ("/token", _) if GIVEN.fetch_add(1, Ordering::SeqCst) == 0 => token("old"),
        ("/token", _) => status(503),
        (_, Some("Bearer old")) if USED.fetch_add(1, Ordering::SeqCst) == 0 => content(seen),
        _ => wants_token(&seen.here("/token")),
    })
    .await;
    let session = session(server.address);
    session.manifest(&tag()).await.unwrap().unwrap();
    for _ in 0..2 {
        assert_eq!(outage(session.manifest(&tag()).await), Outage::Status(503));
    }
    let old = server.seen().iter().filter(|one| one.authorization().is_some()).count();
    assert_eq!(old, 2, "once accepted, once refused");
}

#[tokio::test]
async fn token_that_does_not_help_is_not_asked_for_again() {
    let server = Server::start(|seen| match seen.path() {
        "/token" => token("useless"),
        _ => wants_token(&seen.here("/token")),
    })
    .await;
    assert_eq!(refusal(robot_session(server.address).manifest(&tag()).await), Refusal::Credentials);
    assert_eq!(server.paths(), [MANIFEST_PATH, "/token", MANIFEST_PATH]);
    assert_eq!(refusal(session(server.address).manifest(&tag()).await), Refusal::Anonymous);
    assert!(server.seen()[3..].iter().all(|one| one.authorization() != Some(ROBOT)));
}

#[tokio::test]
async fn useless_token_is_not_kept() {
    let server = Server::start(|seen| match seen.path() {
        "/token" => token("useless"),
        _ => wants_token(&seen.here("/token")),
    })
    .await;
    let session = robot_session(server.address);
    for _ in 0..2 {
        refusal(session.manifest(&tag()).await);
    }
    assert_eq!(server.paths()[3..], [MANIFEST_PATH, "/token", MANIFEST_PATH]);
}

#[tokio::test]
async fn sessions_share_a_token_only_for_the_same_artifact_and_credentials() {
    let server = Server::start(|seen| with_token(seen, content)).await;
    let (upstream, registry) = (upstream(&["private"]), server.address.to_string());
    let mut other = robot();
    other.password = "other".to_owned().into();
    for (credentials, fetched) in
        [(Some(robot()), 1), (Some(robot()), 1), (Some(other), 2), (None, 3), (None, 3)]
    {
        open(&upstream, &registry, credentials).manifest(&tag()).await.unwrap().unwrap();
        assert_eq!(server.count("/token"), fetched);
    }
    let elsewhere = format!("{registry}/acme/boat").parse().unwrap();
    assert_eq!(upstream.open(&elsewhere, None).tags(1).await.unwrap(), None);
    assert_eq!(server.count("/token"), 4);
}

#[tokio::test]
async fn credentials_are_sent_as_they_are_where_that_is_asked() {
    let server =
        Server::start(|seen| if seen.authorization() == Some(ROBOT) { content(seen) } else { basic() }).await;
    let session = robot_session(server.address);
    for _ in 0..2 {
        session.manifest(&tag()).await.unwrap().unwrap();
    }
    let authorizations: Vec<_> = server.seen().iter().map(|one| one.authorization().is_some()).collect();
    assert_eq!(authorizations, [false, true, true]);
}

#[tokio::test]
async fn registry_that_wants_credentials_refuses_who_has_none() {
    let server = Server::start(|_| basic()).await;
    assert_eq!(refusal(session(server.address).manifest(&tag()).await), Refusal::Anonymous);
    assert_eq!(refusal(robot_session(server.address).manifest(&tag()).await), Refusal::Credentials);
}

#[tokio::test]
async fn credentials_are_not_sent_to_a_foreign_token_server() {
    let thief = Server::start(|_| token("good")).await;
    let realm = format!("http://{}/token", thief.address);
    let server = Server::start(move |seen| {
        if seen.authorization() == Some("Bearer good") { content(seen) } else { wants_token(&realm) }
    })
    .await;
    // The registry has a name and the thief an address.
    let registry = format!("localhost:{}", server.address.port());
    let result = open(&upstream(&["private"]), &registry, Some(robot())).manifest(&tag()).await;
    assert_eq!(refusal(result), Refusal::ForeignRealm { realm: thief.address.to_string() });
    assert_eq!(thief.seen().len(), 0);

    // Who has nothing to lose may ask there.
    open(&upstream(&["private"]), &registry, None).manifest(&tag()).await.unwrap().unwrap();
    assert_eq!(thief.seen()[0].authorization(), None);
}

#[tokio::test]
async fn credentials_are_sent_to_a_token_server_that_the_operator_trusts() {
    let realm_server = Server::start(|_| token("good")).await;
    let realm = format!("http://{}/token", realm_server.address);
    let server = Server::start(move |seen| {
        if seen.authorization() == Some("Bearer good") { content(seen) } else { wants_token(&realm) }
    })
    .await;
    let trusted = TrustedRealm { registry: "localhost".to_owned(), realm: "127.0.0.1".to_owned() };
    let upstream =
        Upstream::new(Settings { trusted_realms: vec![trusted], ..settings(&["private"]) }).unwrap();
    let registry = format!("localhost:{}", server.address.port());
    open(&upstream, &registry, Some(robot())).manifest(&tag()).await.unwrap().unwrap();
    assert_eq!(realm_server.seen()[0].authorization(), Some(ROBOT));
}

#[tokio::test]
async fn token_server_that_redirects_does_not_take_the_credentials_along() {
    let thief = Server::start(|_| token("good")).await;
    let elsewhere = format!("http://{}/token", thief.address);
    let server = Server::start(move |seen| match seen.path() {
        "/token" => redirect(&elsewhere),
        _ => with_token(seen, content),
    })
    .await;
    robot_session(server.address).manifest(&tag()).await.unwrap().unwrap();
    assert_eq!(server.seen()[1].authorization(), Some(ROBOT));
    assert_eq!(thief.seen()[0].authorization(), None);
}

#[tokio::test]
async fn nothing_beyond_pulling_is_asked_for() {
    let server = Server::start(|seen| match (seen.path(), seen.authorization()) {
        ("/token", _) => token("good"),
        (_, Some(_)) => content(seen),
        _ => {
            let wanted = format!(
                r#"Bearer realm="{}",scope="repository:other/secret:pull,push""#,
                seen.here("/token")
            );
            answer(401, &[("WWW-Authenticate", &wanted)], "")
        }
    })
    .await;
    robot_session(server.address).manifest(&tag()).await.unwrap().unwrap();
    assert_eq!(server.seen()[1].target, "/token?scope=repository%3Aacme%2Fship%3Apull");
}

#[tokio::test]
async fn what_a_token_server_says_is_told_apart() {
    async fn result(
        answer: impl Fn() -> axum::response::Response + Send + Sync + 'static,
    ) -> grantry_upstream::error::Result<()> {
        let server = Server::start(move |seen| match seen.path() {
            "/token" => answer(),
            _ => wants_token(&seen.here("/token")),
        })
        .await;
        robot_session(server.address).ping().await
    }
    assert_eq!(refusal(result(|| status(401)).await), Refusal::Credentials);
    assert_eq!(refusal(result(|| status(403)).await), Refusal::Denied);
    assert!(matches!(result(|| status(429)).await, Err(Error::RateLimited { .. })));
    assert_eq!(outage(result(|| status(502)).await), Outage::Status(502));
    assert_eq!(defect(result(|| status(404)).await), Defect::Status(404));
    assert_eq!(defect(result(|| json("token")).await), Defect::Json("a token"));
    assert_eq!(defect(result(|| json("{}")).await), Defect::Json("a token"));
    assert_eq!(defect(result(|| json(r#"{"token":"a\nb"}"#)).await), Defect::Token);
    assert_eq!(defect(result(|| json("x".repeat((1 << 20) + 1))).await), Defect::TooLarge { limit: 1 << 20 });
}

#[tokio::test]
async fn token_server_must_have_a_proper_url() {
    for realm in
        ["", "token", "/token", "ftp://127.0.0.1/token", "file:///etc/passwd", "http://a:b@127.0.0.1/token"]
    {
        let server = Server::start(move |_| wants_token(realm)).await;
        let result = robot_session(server.address).ping().await;
        match result {
            Err(Error::Malformed { reason: Defect::Realm, .. }) => {}
            Err(Error::Refused { reason: Refusal::UnknownScheme, .. }) if realm.is_empty() => {}
            other => panic!("{realm:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn unknown_way_to_say_who_we_are_is_refused() {
    let server = Server::start(|_| answer(401, &[("WWW-Authenticate", "Negotiate")], "")).await;
    assert_eq!(refusal(robot_session(server.address).ping().await), Refusal::UnknownScheme);
    assert!(server.seen().iter().all(|one| one.authorization().is_none()));
}

#[tokio::test]
async fn ping_checks_credentials() {
    let server = Server::start(|seen| match (seen.path(), seen.authorization()) {
        ("/token", Some(ROBOT)) => token("good"),
        ("/token", _) => status(401),
        _ => with_token(seen, content),
    })
    .await;
    robot_session(server.address).ping().await.unwrap();
    let mut wrong = robot();
    wrong.password = "wrong".to_owned().into();
    let session = open(&upstream(&["private"]), &server.address.to_string(), Some(wrong));
    assert_eq!(refusal(session.ping().await), Refusal::Credentials);
}

#[tokio::test]
async fn ping_tells_that_there_is_no_registry() {
    let server = Server::start(|_| status(404)).await;
    assert_eq!(defect(session(server.address).ping().await), Defect::NoRegistry);
}
