//! A storage for one test.

use bytes::Bytes;
use futures_util::TryStreamExt;
use grantry_blobs::blobs::{Blobs, Entry};
use grantry_blobs::error::Error;
use grantry_blobs::key::{Key, UploadId};
use grantry_blobs::setting::Setting;
use grantry_blobs::writer::{Progress, Stored, Writer};
use grantry_oci::digest::{Algorithm, Digest};
use tempfile::TempDir;
use uuid::Uuid;

use crate::s3_server::Server;

pub(crate) struct Backend {
    pub(crate) blobs: Blobs,
    pub(crate) setting: Setting,
    pub(crate) folder: TempDir,
    server: Option<Server>,
}

impl Backend {
    pub(crate) async fn folder() -> Self {
        let folder = TempDir::new().unwrap();
        let setting = Setting::parse(&format!("folder:{}", folder.path().display()), None).unwrap();
        Self { blobs: Blobs::open(&setting).await.unwrap(), setting, folder, server: None }
    }

    pub(crate) async fn s3() -> Self {
        let folder = TempDir::new().unwrap();
        let server = Server::start(folder.path()).await;
        let setting = Setting::S3(server.bucket());
        Self { blobs: Blobs::open(&setting).await.unwrap(), setting, folder, server: Some(server) }
    }

    /// Another process on the same storage.
    pub(crate) async fn reopen(&self) -> Blobs {
        Blobs::open(&self.setting).await.unwrap()
    }

    pub(crate) fn server(&mut self) -> &mut Server {
        self.server.as_mut().expect("the test is about S3")
    }

    pub(crate) async fn store(&self, number: u128, bytes: &[u8]) -> Stored {
        let mut writer = self.blobs.begin(upload(number), Algorithm::Sha256);
        write(&mut writer, bytes).await.unwrap();
        writer.finish(&sha256(bytes)).await.unwrap()
    }

    pub(crate) async fn read(&self, key: Key, size: usize) -> Result<Bytes, Error> {
        self.blobs.read(key, 0..size as u64).await?.read_to_end().await
    }

    pub(crate) async fn list(&self) -> Vec<Entry> {
        let mut entries: Vec<_> = self.blobs.list().try_collect().await.unwrap();
        entries.sort_by_key(|entry| entry.key);
        entries
    }

    /// Uploads of which anything is left, however new.
    pub(crate) async fn unfinished(&self) -> Vec<UploadId> {
        self.blobs.list_abandoned("2999-01-01T00:00:00Z".parse().unwrap()).await.unwrap()
    }
}

pub(crate) fn upload(number: u128) -> UploadId {
    UploadId(Uuid::from_u128(number))
}

pub(crate) fn sha256(bytes: &[u8]) -> Digest {
    Digest::of(Algorithm::Sha256, bytes)
}

/// Bytes that repeat nowhere near, so that a piece in the wrong place shows.
pub(crate) fn sample(size: usize) -> Vec<u8> {
    let words = (0..size as u64 / 8 + 1).map(|word| word.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    let mut bytes: Vec<u8> = words.flatten().collect();
    bytes.truncate(size);
    bytes
}

/// Writes in frames of odd size, as they come from a network.
pub(crate) async fn write(writer: &mut Writer, bytes: &[u8]) -> Result<(), Error> {
    for frame in bytes.chunks(77_777) {
        writer.write(Bytes::copy_from_slice(frame)).await?;
    }
    Ok(())
}

/// What the database does to a progress.
pub(crate) fn saved(progress: &Progress) -> Progress {
    serde_json::from_str(&serde_json::to_string(progress).unwrap()).unwrap()
}
