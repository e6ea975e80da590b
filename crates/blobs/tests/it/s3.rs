//! What only S3 can run into: a server that is away, refuses us, or keeps what nobody ended.

use futures_util::StreamExt;
use grantry_blobs::blobs::Blobs;
use grantry_blobs::error::{Error, Unavailable};
use grantry_blobs::key::Key;
use grantry_blobs::setting::{Bucket, Credentials, Setting};
use grantry_oci::digest::Algorithm;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::backend::{Backend, sample, saved, sha256, upload, write};

const MIB: usize = 1 << 20;

fn reason<T>(result: &Result<T, Error>) -> Option<Unavailable> {
    match result {
        Err(Error::Unavailable { reason, .. }) => Some(*reason),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_survives_a_server_that_goes_away() {
    let mut backend = Backend::s3().await;
    let bytes = sample(20 * MIB);
    let mut writer = backend.blobs.begin(upload(1), Algorithm::Sha256);
    write(&mut writer, &bytes[..9 * MIB]).await.unwrap();
    let progress = writer.pause().await.unwrap();

    let mut writer = backend.blobs.resume(saved(&progress)).await.unwrap();
    backend.server().go_away().await;
    let written = write(&mut writer, &bytes[9 * MIB..]).await;
    let finished = match written {
        Ok(()) => writer.finish(&sha256(&bytes)).await.map(drop),
        failed => failed,
    };
    assert_eq!(reason(&finished), Some(Unavailable::Unreachable));
    assert_eq!(reason(&backend.blobs.check().await), Some(Unavailable::Unreachable));

    backend.server().come_back().await;
    assert_eq!(backend.list().await, [], "nothing half is visible");
    let mut writer = backend.blobs.resume(saved(&progress)).await.unwrap();
    write(&mut writer, &bytes[9 * MIB..]).await.unwrap();
    let stored = writer.finish(&sha256(&bytes)).await.unwrap();
    assert!(backend.read(stored.key, bytes.len()).await.unwrap() == bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_goes_on_after_a_broken_connection() {
    let mut backend = Backend::s3().await;
    let bytes = sample(40 * MIB);
    let stored = backend.store(1, &bytes).await;
    let mut content = backend.blobs.read(stored.key, 5..stored.size).await.unwrap();
    let mut read = content.next().await.unwrap().unwrap().to_vec();
    backend.server().go_away().await;
    backend.server().come_back().await;
    read.extend_from_slice(&content.read_to_end().await.unwrap());
    assert!(read == bytes[5..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_breaks_for_good_ends_with_an_error() {
    let mut backend = Backend::s3().await;
    let stored = backend.store(1, &sample(40 * MIB)).await;
    let mut content = backend.blobs.read(stored.key, 0..stored.size).await.unwrap();
    content.next().await.unwrap().unwrap();
    backend.server().go_away().await;
    assert_eq!(reason(&content.read_to_end().await), Some(Unavailable::Unreachable));
}

async fn open(bucket: Bucket) -> Blobs {
    Blobs::open(&Setting::S3(bucket)).await.unwrap()
}

/// What every kind of request ends with.
async fn outcomes(blobs: &Blobs) -> Vec<Result<(), Error>> {
    let mut large = blobs.begin(upload(2), Algorithm::Sha256);
    let written = write(&mut large, &sample(9 * MIB)).await;
    let mut small = blobs.begin(upload(3), Algorithm::Sha256);
    write(&mut small, b"12345").await.unwrap();
    let finished = small.finish(&sha256(b"12345")).await.map(drop);
    let read = blobs.read(Key::of(upload(1)), 0..5).await.map(drop);
    let listed = blobs.list().next().await.unwrap().map(drop);
    vec![blobs.check().await, written, finished, read, listed]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_is_refused() {
    let mut backend = Backend::s3().await;
    backend.store(1, b"12345").await;
    let mut bucket = backend.server().bucket();
    bucket.credentials.as_mut().unwrap().secret_access_key = "wrong".to_owned();
    for outcome in outcomes(&open(bucket).await).await {
        assert_eq!(reason(&outcome), Some(Unavailable::Refused), "{outcome:?}");
    }
}

/// A server that answers every request alike, for what the other one never says.
async fn server_that_says(status: &'static str, code: &'static str) -> (Bucket, JoinSet<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut running = JoinSet::new();
    running.spawn(async move {
        let body = format!("<Error><Code>{code}</Code><Message>no</Message></Error>");
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/xml\r\nconnection: close\r\n");
        let answer = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
        let mut connections = JoinSet::new();
        while let Ok((mut connection, _)) = listener.accept().await {
            let answer = answer.clone();
            connections.spawn(async move {
                let mut request = [0; 4096];
                assert!(connection.read(&mut request).await.unwrap() > 0);
                connection.write_all(answer.as_bytes()).await.unwrap();
                connection.shutdown().await.unwrap();
                while connection.read(&mut request).await.is_ok_and(|read| read > 0) {}
            });
        }
    });
    let url = format!("s3://elsewhere?endpoint=http://{address}");
    let credentials = Credentials { access_key_id: "key".to_owned(), secret_access_key: "secret".to_owned() };
    match Setting::parse(&url, Some(credentials)).unwrap() {
        Setting::S3(bucket) => (bucket, running),
        Setting::Folder(_) => unreachable!("the setting is of S3"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_bucket_is_no_missing_blob() {
    let (bucket, _running) = server_that_says("404 Not Found", "NoSuchBucket").await;
    for outcome in outcomes(&open(bucket).await).await {
        assert_eq!(reason(&outcome), Some(Unavailable::NoBucket), "{outcome:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_server_is_told_from_a_failing_one() {
    for (status, code) in [("403 Forbidden", "QuotaExceeded"), ("400 Bad Request", "XMinioStorageFull")] {
        let (bucket, _running) = server_that_says(status, code).await;
        let blobs = open(bucket).await;
        let mut writer = blobs.begin(upload(1), Algorithm::Sha256);
        write(&mut writer, b"12345").await.unwrap();
        let finished = writer.finish(&sha256(b"12345")).await;
        assert!(matches!(finished, Err(Error::Full(_))), "{code}: {finished:?}");
    }
    let (bucket, _running) = server_that_says("500 Internal Server Error", "InternalError").await;
    assert_eq!(reason(&open(bucket).await.check().await), Some(Unavailable::Unreachable));
}

#[tokio::test(flavor = "multi_thread")]
async fn multipart_uploads_that_nobody_ended_are_ended_by_the_sweep() {
    let mut backend = Backend::s3().await;
    // One that was paused, and one whose process died before it could save anything.
    let mut writer = backend.blobs.begin(upload(1), Algorithm::Sha256);
    write(&mut writer, &sample(9 * MIB)).await.unwrap();
    writer.pause().await.unwrap();
    let mut writer = backend.blobs.begin(upload(2), Algorithm::Sha256);
    write(&mut writer, &sample(30 * MIB)).await.unwrap();
    drop(writer);
    let open = backend.server().open_multiparts();
    assert!(open.is_none_or(|open| open.len() >= 2));
    assert!(!backend.unfinished().await.is_empty());
    for id in backend.unfinished().await {
        backend.blobs.discard(id).await.unwrap();
    }
    assert_eq!(backend.server().open_multiparts().unwrap_or_default(), Vec::<String>::new());
    assert_eq!(backend.unfinished().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_blob_costs_one_object() {
    let backend = Backend::s3().await;
    let bytes = sample(1000);
    let mut writer = backend.blobs.begin(upload(1), Algorithm::Sha256);
    write(&mut writer, &bytes).await.unwrap();
    let progress = writer.pause().await.unwrap();
    assert_eq!(backend.unfinished().await, [], "the progress holds all of it");
    let writer = backend.blobs.resume(saved(&progress)).await.unwrap();
    writer.finish(&sha256(&bytes)).await.unwrap();
    assert_eq!(backend.list().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_progress_is_valid_until_the_next_one_is_used() {
    let backend = Backend::s3().await;
    let bytes = sample(12 * MIB);
    let mut writer = backend.blobs.begin(upload(1), Algorithm::Sha256);
    write(&mut writer, &bytes[..9 * MIB]).await.unwrap();
    let progress = writer.pause().await.unwrap();
    // The next progress was made, but the database could not save it.
    let mut writer = backend.blobs.resume(saved(&progress)).await.unwrap();
    write(&mut writer, &bytes[9 * MIB..10 * MIB]).await.unwrap();
    writer.pause().await.unwrap();
    let mut writer = backend.blobs.resume(saved(&progress)).await.unwrap();
    write(&mut writer, &bytes[9 * MIB..]).await.unwrap();
    let stored = writer.finish(&sha256(&bytes)).await.unwrap();
    assert!(backend.read(stored.key, bytes.len()).await.unwrap() == bytes);
}
