//! What every storage does.

use bytes::Bytes;
use chrono::DateTime;
use futures_util::StreamExt;
use grantry_blobs::error::Error;
use grantry_blobs::key::Key;
use grantry_blobs::writer::{Progress, Writer};
use grantry_oci::digest::{Algorithm, Digest, Hasher};
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use crate::backend::{Backend, sample, saved, sha256, upload, write};

const MIB: usize = 1 << 20;

pub(crate) async fn blobs_come_back_as_they_were(backend: Backend) {
    backend.blobs.check().await.unwrap();
    for (number, size) in
        [0, 1, 40_000, MIB - 1, MIB, MIB + 1, 8 * MIB, 8 * MIB + 1, 20 * MIB + 7].into_iter().enumerate()
    {
        let bytes = sample(size);
        let stored = backend.store(number as u128, &bytes).await;
        assert_eq!((stored.size, stored.digests.sha256), (size as u64, sha256(&bytes)));
        assert_eq!(stored.digests.sha512, None);
        assert!(backend.read(stored.key, size).await.unwrap() == bytes, "{size}");
        assert_eq!(backend.blobs.size(stored.key).await.unwrap(), size as u64);
        let key = stored.key.to_string().parse::<Key>().unwrap();
        if let Some(file) = backend.blobs.open_file(key).await.unwrap() {
            assert_eq!(file.metadata().unwrap().len(), size as u64);
        }
    }
    assert_eq!(backend.unfinished().await, []);
}

pub(crate) async fn any_range_is_exact(backend: Backend) {
    let bytes = sample(MIB + 12_345);
    let key = backend.store(1, &bytes).await.key;
    let mut runner = TestRunner::new(Config { cases: 100, failure_persistence: None, ..Config::default() });
    let handle = Handle::current();
    let size = bytes.len();
    let check = |(one, other): (usize, usize)| {
        let (start, end) = (one.min(other), one.max(other));
        handle.block_on(async {
            let content = backend.blobs.read(key, start as u64..end as u64).await.unwrap();
            assert_eq!(content.remaining(), (end - start) as u64);
            assert!(content.read_to_end().await.unwrap() == bytes[start..end], "{start}..{end}");
        });
        Ok(())
    };
    tokio::task::block_in_place(|| runner.run(&(0..=size, 0..=size), check)).unwrap();
    tokio::task::block_in_place(|| {
        for place in [(0, 0), (size, size), (0, size), (size - 1, size), (0, 1), (262_144, 524_288)] {
            check(place).unwrap();
        }
    });
}

pub(crate) async fn a_range_behind_the_end_fails(backend: Backend) {
    let key = backend.store(1, b"12345").await.key;
    for range in [0..6, 4..10, 5..6, 100..200, 6..6] {
        let read = backend.blobs.read(key, range.clone()).await;
        assert!(matches!(read, Err(Error::Truncated)), "{range:?}: {:?}", read.err());
    }
}

pub(crate) async fn a_missing_blob_is_not_found(backend: Backend) {
    let key = Key::of(upload(1));
    for range in [0..0, 0..5, 5..6] {
        assert!(matches!(backend.blobs.read(key, range).await, Err(Error::NotFound)));
    }
    assert!(matches!(backend.blobs.size(key).await, Err(Error::NotFound)));
    assert!(!matches!(backend.blobs.open_file(key).await, Ok(Some(_))));
    assert_eq!(backend.list().await, []);
}

pub(crate) async fn a_wrong_digest_leaves_nothing(backend: Backend) {
    let wrong = [Digest::Sha256([7; 32]), Digest::Sha512([7; 64])];
    let mut number = 0;
    for (hint, expected) in
        [(Algorithm::Sha256, wrong[0]), (Algorithm::Sha256, wrong[1]), (Algorithm::Sha512, wrong[1])]
    {
        for size in [0, 100, 9 * MIB] {
            number += 1;
            let bytes = sample(size);
            let mut writer = backend.blobs.begin(upload(number), hint);
            write(&mut writer, &bytes[..size / 2]).await.unwrap();
            let mut writer = backend.blobs.resume(writer.pause().await.unwrap()).await.unwrap();
            write(&mut writer, &bytes[size / 2..]).await.unwrap();
            match writer.finish(&expected).await {
                Err(Error::DigestMismatch { actual }) => {
                    assert_eq!(actual, Digest::of(expected.algorithm(), &bytes));
                }
                other => panic!("{other:?}"),
            }
            assert!(matches!(backend.blobs.size(Key::of(upload(number))).await, Err(Error::NotFound)));
        }
    }
    assert_eq!(backend.list().await, []);
    assert_eq!(backend.unfinished().await, []);
}

pub(crate) async fn sha512_is_verified_with_and_without_a_hint(backend: Backend) {
    let mut number = 0;
    for hint in [Algorithm::Sha256, Algorithm::Sha512] {
        for size in [0, 100, 9 * MIB] {
            number += 1;
            let bytes = sample(size);
            let sha512 = Digest::of(Algorithm::Sha512, &bytes);
            let mut writer = backend.blobs.begin(upload(number), hint);
            write(&mut writer, &bytes).await.unwrap();
            let stored = writer.finish(&sha512).await.unwrap();
            assert_eq!(stored.digests.sha256, sha256(&bytes));
            assert_eq!(stored.digests.sha512, Some(sha512));
            assert!(backend.read(stored.key, size).await.unwrap() == bytes);
        }
    }
    assert_eq!(backend.unfinished().await, []);
}

pub(crate) async fn an_upload_goes_on_in_another_process(backend: Backend) {
    let bytes = sample(31 * MIB);
    let mut progress = backend.blobs.begin(upload(1), Algorithm::Sha256).pause().await.unwrap();
    for size in [0, 1, 39_999, 60_000, 5 * MIB, 0, 9 * MIB, 16 * MIB + 3] {
        let from = usize::try_from(progress.offset).unwrap();
        let blobs = backend.reopen().await;
        let mut writer = blobs.resume(saved(&progress)).await.unwrap();
        write(&mut writer, &bytes[from..from + size]).await.unwrap();
        assert_eq!(writer.offset(), (from + size) as u64);
        progress = writer.pause().await.unwrap();
        assert_eq!(backend.list().await, [], "nothing is visible before the end");
    }
    let from = usize::try_from(progress.offset).unwrap();
    let mut writer = backend.reopen().await.resume(saved(&progress)).await.unwrap();
    write(&mut writer, &bytes[from..]).await.unwrap();
    let stored = writer.finish(&sha256(&bytes)).await.unwrap();
    assert!(backend.read(stored.key, bytes.len()).await.unwrap() == bytes);
    assert_eq!(backend.unfinished().await, []);
}

pub(crate) async fn a_broken_request_is_rolled_back(backend: Backend) {
    for (number, size) in [100, 3 * MIB, 18 * MIB].into_iter().enumerate() {
        let id = upload(number as u128);
        let bytes = sample(size);
        let mut writer = backend.blobs.begin(id, Algorithm::Sha256);
        write(&mut writer, &bytes[..size / 2]).await.unwrap();
        let progress = writer.pause().await.unwrap();
        for garbage in [10, 2 * MIB, 17 * MIB] {
            let mut writer = resume_when_free(&backend, &progress).await;
            write(&mut writer, &vec![b'x'; garbage]).await.unwrap();
            drop(writer);
        }
        let mut writer = resume_when_free(&backend, &progress).await;
        write(&mut writer, &bytes[size / 2..]).await.unwrap();
        let stored = writer.finish(&sha256(&bytes)).await.unwrap();
        assert!(backend.read(stored.key, size).await.unwrap() == bytes, "{size}");
        assert_eq!(backend.blobs.size(stored.key).await.unwrap(), size as u64);
    }
    // On S3 this finds markers of multipart uploads that the broken requests began.
    for id in backend.unfinished().await {
        backend.blobs.discard(id).await.unwrap();
    }
    assert_eq!(backend.unfinished().await, []);
    assert_eq!(backend.list().await.len(), 3);
}

/// A dropped writer may have a piece on its way to the disk, and keeps the upload until that is done.
async fn resume_when_free(backend: &Backend, progress: &Progress) -> Writer {
    loop {
        match backend.blobs.resume(saved(progress)).await {
            Err(Error::Busy) => tokio::task::yield_now().await,
            resumed => return resumed.unwrap(),
        }
    }
}

pub(crate) async fn finishing_twice_gives_the_same_blob(backend: Backend) {
    for (number, size) in [0, 100, 8 * MIB, 8 * MIB + 9, 18 * MIB].into_iter().enumerate() {
        let bytes = sample(size);
        let mut writer = backend.blobs.begin(upload(number as u128), Algorithm::Sha256);
        write(&mut writer, &bytes).await.unwrap();
        let progress = writer.pause().await.unwrap();
        let mut stored = Vec::new();
        for _ in 0..3 {
            let writer = backend.reopen().await.resume(saved(&progress)).await.unwrap();
            stored.push(writer.finish(&sha256(&bytes)).await.unwrap());
        }
        assert!(stored.iter().all(|one| *one == stored[0]), "{stored:?}");
        assert!(backend.read(stored[0].key, size).await.unwrap() == bytes);
        // With a digest that nobody announced, and with more bytes.
        let sha512 = Digest::of(Algorithm::Sha512, &bytes);
        let writer = backend.blobs.resume(saved(&progress)).await.unwrap();
        assert_eq!(writer.finish(&sha512).await.unwrap().digests.sha512, Some(sha512));
    }
    assert_eq!(backend.unfinished().await, []);
}

pub(crate) async fn a_finished_upload_takes_no_more_bytes(backend: Backend) {
    for (number, size) in [8 * MIB, 8 * MIB + 9, 18 * MIB].into_iter().enumerate() {
        let bytes = sample(size);
        let mut writer = backend.blobs.begin(upload(number as u128), Algorithm::Sha256);
        write(&mut writer, &bytes).await.unwrap();
        let progress = writer.pause().await.unwrap();
        let writer = backend.blobs.resume(saved(&progress)).await.unwrap();
        let stored = writer.finish(&sha256(&bytes)).await.unwrap();
        let longer = [&*bytes, b"more"].concat();
        let mut writer = backend.blobs.resume(saved(&progress)).await.unwrap();
        write(&mut writer, b"more").await.unwrap();
        assert!(writer.finish(&sha256(&longer)).await.is_err());
        assert!(backend.read(stored.key, size).await.unwrap() == bytes, "the blob is as it was");
    }
}

pub(crate) async fn a_discarded_upload_is_gone(backend: Backend) {
    let id = upload(1);
    backend.blobs.discard(id).await.unwrap();
    let bytes = sample(12 * MIB);
    let other = backend.store(2, &bytes).await;
    let mut writer = backend.blobs.begin(id, Algorithm::Sha256);
    write(&mut writer, &bytes).await.unwrap();
    let progress = writer.pause().await.unwrap();
    assert_eq!(backend.unfinished().await, [id]);
    backend.blobs.discard(id).await.unwrap();
    assert_eq!(backend.unfinished().await, []);
    assert!(matches!(backend.blobs.resume(progress).await, Err(Error::UploadLost)));
    backend.blobs.discard(upload(2)).await.unwrap();
    assert_eq!(backend.list().await.len(), 1, "a finished blob stays");
    assert!(backend.read(other.key, bytes.len()).await.is_ok());
}

pub(crate) async fn abandoned_uploads_are_found(backend: Backend) {
    for number in [1, 2] {
        let mut writer = backend.blobs.begin(upload(number), Algorithm::Sha256);
        write(&mut writer, &sample(9 * MIB)).await.unwrap();
        writer.pause().await.unwrap();
    }
    let long_ago = DateTime::UNIX_EPOCH;
    assert_eq!(backend.blobs.list_abandoned(long_ago).await.unwrap(), []);
    assert_eq!(backend.unfinished().await, [upload(1), upload(2)]);
}

pub(crate) async fn deleting_leaves_equal_bytes_of_others(backend: Backend) {
    let bytes = sample(1000);
    let (one, other) = (backend.store(1, &bytes).await, backend.store(2, &bytes).await);
    assert_ne!(one.key, other.key);
    for _ in 0..2 {
        backend.blobs.delete(one.key).await.unwrap();
    }
    assert!(matches!(backend.read(one.key, 1000).await, Err(Error::NotFound)));
    assert!(backend.read(other.key, 1000).await.unwrap() == bytes);
}

pub(crate) async fn all_blobs_are_listed(backend: Backend) {
    let mut expected = Vec::new();
    for number in 0..300 {
        let stored = backend.store(number, &sample(usize::try_from(number).unwrap())).await;
        expected.push((stored.key, stored.size));
    }
    let listed = backend.list().await;
    assert!(listed.iter().all(|entry| entry.stored_at > DateTime::UNIX_EPOCH));
    assert_eq!(listed.iter().map(|entry| (entry.key, entry.size)).collect::<Vec<_>>(), expected);
}

pub(crate) async fn many_uploads_at_once(backend: Backend) {
    let bytes = Bytes::from(sample(3 * MIB));
    let mut tasks = JoinSet::new();
    for number in 0..24 {
        let (blobs, bytes) = (backend.blobs.clone(), bytes.slice(..bytes.len() - number));
        tasks.spawn(async move {
            // The same last digits, so that all share one folder and its syncs.
            let mut writer = blobs.begin(upload((number as u128) << 8), Algorithm::Sha256);
            write(&mut writer, &bytes).await.unwrap();
            (writer.finish(&sha256(&bytes)).await.unwrap(), bytes)
        });
    }
    while let Some(finished) = tasks.join_next().await {
        let (stored, bytes) = finished.unwrap();
        assert!(backend.read(stored.key, bytes.len()).await.unwrap() == bytes);
    }
    assert_eq!(backend.list().await.len(), 24);
}

pub(crate) async fn a_damaged_progress_is_refused(backend: Backend) {
    let mut writer = backend.blobs.begin(upload(1), Algorithm::Sha256);
    write(&mut writer, b"12345").await.unwrap();
    let progress = serde_json::to_string(&writer.pause().await.unwrap()).unwrap();
    let damaged = progress.replace("\"sha256\":\"", "\"sha256\":\"00");
    assert_ne!(progress, damaged);
    let resumed = backend.blobs.resume(serde_json::from_str(&damaged).unwrap()).await;
    assert!(matches!(resumed, Err(Error::Progress)));
    assert!(backend.blobs.resume(serde_json::from_str(&progress).unwrap()).await.is_ok());
}

pub(crate) async fn a_large_blob_needs_little_memory(backend: Backend) {
    let frame = Bytes::from(sample(256 << 10));
    let mut hasher = Hasher::new(Algorithm::Sha256);
    let mut writer = backend.blobs.begin(upload(1), Algorithm::Sha256);
    let mut most = 0;
    for _ in 0..1024 {
        writer.write(frame.clone()).await.unwrap();
        most = most.max(writer.buffered());
        hasher.update(&frame);
    }
    let stored = writer.finish(&hasher.finish()).await.unwrap();
    assert_eq!(stored.size, 256 << 20);
    // A part that fills, two on their way, and what is being hashed.
    assert!(most <= 27 * MIB, "{most} bytes were buffered");
    let mut content = backend.blobs.read(stored.key, 0..stored.size).await.unwrap();
    let repeated = frame.repeat(5);
    let (mut read, mut largest) = (0, 0);
    while let Some(piece) = content.next().await {
        let piece = piece.unwrap();
        largest = largest.max(piece.len());
        assert!(largest <= MIB, "{largest} bytes came at once");
        let start = read % frame.len();
        assert!(piece == repeated[start..start + piece.len()], "at {read}");
        read += piece.len();
    }
    assert_eq!(read as u64, stored.size);
}
