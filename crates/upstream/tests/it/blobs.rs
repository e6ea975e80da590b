//! Blobs, whole and broken.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use grantry_upstream::error::{Defect, DigestMismatch, Outage};

use crate::fixture::{BLOB, content, defect, digest_of, hasty_session, outage, read, session};
use crate::server::{Server, Then, answer, raw};

#[tokio::test]
async fn blob_arrives_as_it_is() {
    let server = Server::start(content).await;
    let blob = session(server.address).blob(&digest_of(BLOB)).await.unwrap().unwrap();
    assert_eq!(blob.size, Some(BLOB.len() as u64));
    assert_eq!(read(blob).await.unwrap(), BLOB);
    assert_eq!(server.seen()[0].header("accept-encoding"), Some("identity"));
}

#[tokio::test]
async fn blob_of_unknown_size_arrives_too() {
    let server = Server::start(|_| {
        let chunks = BLOB.chunks(3).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec()));
        answer(200, &[], Body::from_stream(stream::iter(chunks)))
    })
    .await;
    let blob = session(server.address).blob(&digest_of(BLOB)).await.unwrap().unwrap();
    assert_eq!(blob.size, None);
    assert_eq!(read(blob).await.unwrap(), BLOB);
}

#[tokio::test]
async fn encoded_blob_is_refused() {
    let server = Server::start(|_| answer(200, &[("Content-Encoding", "gzip")], BLOB)).await;
    let result = session(server.address).blob(&digest_of(BLOB)).await;
    assert_eq!(defect(result), Defect::Encoded("gzip".to_owned()));
}

#[tokio::test]
async fn blob_that_the_registry_says_is_another_is_refused() {
    let other = digest_of(b"other");
    let server =
        Server::start(move |_| answer(200, &[("Docker-Content-Digest", &other.to_string())], BLOB)).await;
    let result = session(server.address).blob(&digest_of(BLOB)).await;
    let mismatch = DigestMismatch { expected: digest_of(BLOB), actual: other };
    assert_eq!(defect(result), Defect::Digest(Box::new(mismatch)));
}

#[tokio::test]
async fn blob_that_breaks_off_does_not_end_well() {
    for bytes in [
        &b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\nbytes of"[..],
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nbytes of\r\n",
    ] {
        let (address, _running) = raw(bytes, Then::HangUp).await;
        let mut blob = session(address).blob(&digest_of(BLOB)).await.unwrap().unwrap();
        assert_eq!(blob.stream.next().await.unwrap().unwrap(), "bytes of");
        assert_eq!(outage(blob.stream.next().await.unwrap()), Outage::Interrupted);
        assert!(blob.stream.next().await.is_none());
    }
}

#[tokio::test]
async fn blob_that_falls_silent_is_given_up() {
    let (address, _running) =
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\nbytes of", Then::Silence).await;
    let blob = hasty_session(address, 200, 30_000).blob(&digest_of(BLOB)).await.unwrap().unwrap();
    assert_eq!(outage(read(blob).await), Outage::TimedOut);
}

#[tokio::test]
async fn blob_may_take_as_long_as_bytes_keep_coming() {
    let server = Server::start(|_| {
        let pace = tokio::time::interval(Duration::from_millis(50));
        let bytes = stream::unfold(pace, |mut pace| async move {
            pace.tick().await;
            Some((Ok::<_, std::io::Error>(Bytes::from_static(b"x")), pace))
        });
        answer(200, &[], Body::from_stream(bytes.take(24)))
    })
    .await;
    let begun = std::time::Instant::now();
    let blob = hasty_session(server.address, 800, 300).blob(&digest_of(BLOB)).await.unwrap().unwrap();
    let chunks: Vec<Bytes> = blob.stream.try_collect().await.unwrap();
    assert_eq!(chunks.concat(), b"x".repeat(24));
    assert!(begun.elapsed() > Duration::from_millis(800), "longer than any of the two");
}
