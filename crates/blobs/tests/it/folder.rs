//! What only a folder can run into: two writers of one file, strange files, a place that is no folder.

use std::fs;

use bytes::Bytes;
use grantry_blobs::blobs::Blobs;
use grantry_blobs::error::{Error, Unavailable};
use grantry_blobs::key::Key;
use grantry_blobs::setting::Setting;
use grantry_blobs::writer::Writer;
use grantry_oci::digest::Algorithm;

use crate::backend::{Backend, sample, saved, sha256, upload, write};

const MIB: usize = 1 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn a_second_writer_is_refused() {
    let backend = Backend::folder().await;
    let mut writer = backend.blobs.begin(upload(1), Algorithm::Sha256);
    write(&mut writer, &sample(2 * MIB)).await.unwrap();
    let progress = writer.pause().await.unwrap();
    let first = backend.blobs.resume(saved(&progress)).await.unwrap();
    assert!(matches!(backend.reopen().await.resume(saved(&progress)).await, Err(Error::Busy)));
    drop(first);
    assert!(backend.blobs.resume(progress).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_progress_cannot_cut_off_what_came_later() {
    let backend = Backend::folder().await;
    let bytes = sample(3 * MIB);
    let empty = backend.blobs.begin(upload(1), Algorithm::Sha256).pause().await.unwrap();
    let mut writer = backend.blobs.resume(saved(&empty)).await.unwrap();
    write(&mut writer, &bytes[..MIB]).await.unwrap();
    let older = writer.pause().await.unwrap();
    let mut writer = backend.blobs.resume(saved(&older)).await.unwrap();
    write(&mut writer, &bytes[MIB..]).await.unwrap();
    let newer = writer.pause().await.unwrap();
    for progress in [&empty, &older] {
        assert!(matches!(backend.blobs.resume(saved(progress)).await, Err(Error::Stale)));
    }
    let writer = backend.blobs.resume(newer).await.unwrap();
    let stored = writer.finish(&sha256(&bytes)).await.unwrap();
    assert!(backend.read(stored.key, bytes.len()).await.unwrap() == bytes);
    assert!(matches!(backend.blobs.resume(older).await, Err(Error::UploadLost)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_upload_leaves_no_file() {
    let backend = Backend::folder().await;
    let mut writer = backend.blobs.begin(upload(1), Algorithm::Sha256);
    write(&mut writer, &sample(3 * MIB)).await.unwrap();
    assert_eq!(backend.unfinished().await, [upload(1)]);
    drop(writer);
    while !backend.unfinished().await.is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_discarded_under_its_writer_fails() {
    let backend = Backend::folder().await;
    let bytes = sample(3 * MIB);
    let mut writer = backend.blobs.begin(upload(1), Algorithm::Sha256);
    write(&mut writer, &bytes).await.unwrap();
    backend.blobs.discard(upload(1)).await.unwrap();
    assert!(matches!(writer.finish(&sha256(&bytes)).await, Err(Error::UploadLost)));
    assert_eq!(backend.list().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn strange_files_are_passed_over() {
    let backend = Backend::folder().await;
    let key = backend.store(0x42, b"12345").await.key;
    let root = backend.folder.path();
    for strange in ["blobs/README", "blobs/42/notes.txt", "blobs/43/00000000000000000000000000000042"] {
        fs::write(root.join(strange), "x").unwrap();
    }
    fs::write(root.join("uploads/x.5"), "x").unwrap();
    fs::write(root.join("uploads/.nfs0001"), "x").unwrap();
    assert_eq!(backend.list().await.iter().map(|entry| entry.key).collect::<Vec<_>>(), [key]);
    assert_eq!(backend.unfinished().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blob_that_lost_its_end_is_not_read_short() {
    let backend = Backend::folder().await;
    let stored = backend.store(1, &sample(MIB)).await;
    let content = backend.blobs.read(stored.key, 0..stored.size).await.unwrap();
    let path = backend.folder.path().join("blobs").join(stored.key.to_string());
    fs::File::options().write(true).open(path).unwrap().set_len(600_000).unwrap();
    assert!(matches!(content.read_to_end().await, Err(Error::Truncated)));
    assert!(matches!(backend.read(stored.key, MIB).await, Err(Error::Truncated)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_blob_can_be_read_after_it_was_deleted() {
    let backend = Backend::folder().await;
    let bytes = sample(2 * MIB);
    let stored = backend.store(1, &bytes).await;
    let content = backend.blobs.read(stored.key, 0..stored.size).await.unwrap();
    backend.blobs.delete(stored.key).await.unwrap();
    assert!(content.read_to_end().await.unwrap() == bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_is_no_folder_is_told() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    let setting = Setting::parse(&format!("folder:{}", file.display()), None).unwrap();
    let error = Blobs::open(&setting).await.err().unwrap();
    assert!(matches!(error, Error::Unavailable { reason: Unavailable::Io, .. }), "{error:?}");
    assert!(!error.to_string().contains("os error"), "the source is not repeated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_vanished_fails_the_check() {
    let backend = Backend::folder().await;
    fs::rename(backend.folder.path().join("blobs"), backend.folder.path().join("elsewhere")).unwrap();
    assert!(matches!(backend.blobs.check().await, Err(Error::Unavailable { .. })));
    let mut writer: Writer = backend.blobs.begin(upload(1), Algorithm::Sha256);
    writer.write(Bytes::from_static(b"12345")).await.unwrap();
    assert!(writer.finish(&sha256(b"12345")).await.is_err());
    let size = backend.blobs.size(Key::of(upload(1))).await;
    assert!(matches!(size, Err(Error::Unavailable { .. })), "nobody can say what was in it");
}
