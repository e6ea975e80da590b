//! Uploads that are read while they go on, on every storage.

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::future::join_all;
use grantry_blobs::error::Error;
use grantry_blobs::growing::{Follower, Growing};
use grantry_oci::digest::Algorithm;

use crate::backend::{Backend, sample, sha256, upload};

const MIB: usize = 1 << 20;
/// Bytes of a write: no divisor of anything.
const CHUNK: usize = 70_001;

/// An upload that is followed; each has a number of its own.
fn begin(backend: &Backend, number: u128, size: usize) -> (Growing, Follower) {
    backend.blobs.begin_followed(upload(number), Algorithm::Sha256, size as u64)
}

async fn write(growing: &mut Growing, bytes: &[u8]) {
    for chunk in bytes.chunks(CHUNK) {
        growing.write(Bytes::copy_from_slice(chunk)).await.unwrap();
    }
}

async fn finish(growing: &mut Growing, bytes: &[u8]) -> grantry_blobs::writer::Stored {
    growing.finish(&sha256(bytes)).await.unwrap()
}

pub(crate) async fn what_grows_is_read_before_it_is_whole(backend: Backend) {
    let bytes = sample(3 * MIB);
    let (mut growing, follower) = begin(&backend, 1, bytes.len());
    let mut reading = follower.read(0..bytes.len() as u64);
    growing.write(Bytes::copy_from_slice(&bytes[..10])).await.unwrap();
    assert_eq!(reading.next().await.unwrap().unwrap(), bytes[..10]);
    write(&mut growing, &bytes[10..2 * MIB]).await;
    // One who comes later begins at the beginning, whatever is behind already.
    let mut late = follower.read(5..bytes.len() as u64);
    let first = late.next().await.unwrap().unwrap();
    assert!(bytes[5..].starts_with(&first));
    write(&mut growing, &bytes[2 * MIB..]).await;
    let stored = finish(&mut growing, &bytes).await;
    growing.release(&stored);
    assert!(reading.read_to_end().await.unwrap() == bytes[10..]);
    assert!(late.read_to_end().await.unwrap() == bytes[5 + first.len()..]);
    assert!(backend.read(stored.key, bytes.len()).await.unwrap() == bytes);
}

pub(crate) async fn many_read_what_grows_each_at_their_pace(backend: Backend) {
    // More than is kept in memory, so that some read from the file or, later, from the bucket.
    let bytes = sample(20 * MIB + 3);
    let size = bytes.len() as u64;
    let (mut growing, follower) = begin(&backend, 2, bytes.len());
    let stuck = follower.read(0..size);
    let middle = follower.read(MIB as u64..2 * MIB as u64);
    let mut quick: Vec<_> = (0..20).map(|number| follower.read(number..size)).collect();
    for chunk in bytes.chunks(MIB) {
        growing.write(Bytes::copy_from_slice(chunk)).await.unwrap();
        for reading in &mut quick {
            reading.next().await.unwrap().unwrap();
        }
    }
    let late = follower.read(0..size);
    let stored = finish(&mut growing, &bytes).await;
    growing.release(&stored);
    assert!(stuck.read_to_end().await.unwrap() == bytes, "who did not read in time");
    assert!(late.read_to_end().await.unwrap() == bytes, "who came late");
    assert!(middle.read_to_end().await.unwrap() == bytes[MIB..2 * MIB]);
    for rest in join_all(quick.into_iter().map(|reading| reading.read_to_end())).await {
        assert!(bytes.ends_with(&rest.unwrap()));
    }
}

pub(crate) async fn the_last_byte_comes_when_the_blob_is_kept(backend: Backend) {
    let bytes = sample(2 * MIB);
    let (mut growing, follower) = begin(&backend, 3, bytes.len());
    let mut readings = [follower.read(0..bytes.len() as u64), follower.read(100..200)];
    write(&mut growing, &bytes).await;
    let stored = finish(&mut growing, &bytes).await;
    for reading in &mut readings {
        while reading.remaining() > 1 {
            reading.next().await.unwrap().unwrap();
        }
        assert!(futures_util::poll!(reading.next()).is_pending(), "it is whole, but nobody knows it yet");
    }
    growing.release(&stored);
    for mut reading in readings {
        assert_eq!(reading.next().await.unwrap().unwrap().len(), 1);
        assert!(reading.next().await.is_none());
    }
    follower.settled().await.unwrap();
}

pub(crate) async fn what_comes_to_nothing_breaks_its_readers(backend: Backend) {
    let bytes = sample(MIB + 5);
    let is_unfinished = |result: Result<Bytes, Error>| matches!(result, Err(Error::Unfinished));
    // Given up.
    let (mut growing, follower) = begin(&backend, 4, bytes.len());
    let reading = follower.read(0..bytes.len() as u64);
    write(&mut growing, &bytes[..MIB]).await;
    drop(growing);
    assert!(is_unfinished(reading.read_to_end().await));
    assert!(matches!(follower.settled().await, Err(Error::Unfinished)));
    assert!(is_unfinished(follower.read(0..1).read_to_end().await), "also for one who comes later");
    // Too short, too long, other bytes.
    let (mut growing, _) = begin(&backend, 5, bytes.len());
    write(&mut growing, &bytes[1..]).await;
    assert!(matches!(growing.finish(&sha256(&bytes[1..])).await, Err(Error::Truncated)));
    let (mut growing, follower) = begin(&backend, 6, MIB);
    let reading = follower.read(0..MIB as u64);
    write(&mut growing, &bytes[..MIB]).await;
    assert!(matches!(growing.write(Bytes::from_static(b"x")).await, Err(Error::TooLarge)));
    drop(growing);
    assert!(is_unfinished(reading.read_to_end().await));
    let (mut growing, follower) = begin(&backend, 7, bytes.len());
    let reading = follower.read(0..bytes.len() as u64);
    write(&mut growing, &bytes).await;
    let wrong = growing.finish(&sha256(b"something else")).await;
    assert!(matches!(wrong, Err(Error::DigestMismatch { .. })), "{wrong:?}");
    drop(growing);
    assert!(is_unfinished(reading.read_to_end().await));
    assert_eq!(backend.list().await, []);
}
