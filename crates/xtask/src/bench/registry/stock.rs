//! What each server has before it is measured.

use std::fs;
use std::path::Path;

use anyhow::ensure;
use serde_json::Value;

use super::super::client::Connection;
use super::payload::{Blob, Payload, config, digest, manifest};
use super::repository::Repository;

/// The repository that is pulled from.
pub(super) const REPOSITORY: &str = "bench/app";
/// The tag that is pulled, to which the customer is entitled.
pub(super) const TAG: &str = "1.0.0";
/// A tag beside it, to which the customer is not entitled.
pub(super) const OTHER_TAG: &str = "1.1.0";

/// An image whose layers are the blobs that are pulled, and a second one.
pub(super) struct Stock {
    /// A small, a middle and a large blob.
    pub(super) blobs: [Blob; 3],
    config: Blob,
    manifest: Value,
    other: Value,
}

impl Stock {
    /// Blobs of these lengths.
    pub(super) fn of(lengths: [usize; 3]) -> Self {
        let blobs = lengths.map(|length| Payload::of(1, length).blob(0));
        let [small, middle, large] = &blobs;
        let config = config(large, 0);
        let manifest = manifest(&config, &[small, middle, large]);
        let other = self::manifest(&config, &[small]);
        Self { blobs, config, manifest, other }
    }

    /// The digest of the manifest that the tag names.
    pub(super) fn digest(&self) -> String {
        digest(self.manifest.to_string().as_bytes())
    }

    /// The length of that manifest.
    pub(super) fn manifest_length(&self) -> usize {
        self.manifest.to_string().len()
    }

    /// Pushes everything.
    pub(super) async fn push(
        &self,
        connection: &mut Connection,
        repository: &Repository,
    ) -> anyhow::Result<()> {
        for blob in self.blobs.iter().chain([&self.config]) {
            repository.push_blob(connection, blob).await?;
        }
        for (tag, manifest) in [(TAG, &self.manifest), (OTHER_TAG, &self.other)] {
            repository.push_manifest(connection, tag, manifest).await?;
        }
        Ok(())
    }

    /// Writes everything that is pulled as files, so that a path of the registry is the path of a file.
    pub(super) fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let repository = folder.join("v2").join(REPOSITORY);
        let (blobs, manifests) = (repository.join("blobs"), repository.join("manifests"));
        fs::create_dir_all(&blobs)?;
        fs::create_dir_all(&manifests)?;
        for blob in &self.blobs {
            fs::write(blobs.join(blob.digest()), blob.parts().concat())?;
        }
        Ok(fs::write(manifests.join(TAG), self.manifest.to_string())?)
    }

    /// Fetches what is measured and compares it with what was stored.
    pub(super) async fn check(
        &self,
        connection: &mut Connection,
        repository: &Repository,
    ) -> anyhow::Result<()> {
        repository.check(connection, (&format!("manifests/{TAG}"), &self.digest())).await?;
        for blob in &self.blobs {
            let digest = blob.digest();
            repository.check(connection, (&format!("blobs/{digest}"), digest)).await?;
        }
        Ok(())
    }
}

/// Fails unless the other tag looks to this caller as if it were not there.
pub(super) async fn check_hidden(connection: &mut Connection, repository: &Repository) -> anyhow::Result<()> {
    let request = repository.request("GET", &format!("manifests/{OTHER_TAG}"));
    let status = connection.ask(&request).await?.status;
    ensure!(status == 404, "a tag without entitlement answers {status}, so nothing is checked");
    Ok(())
}

/// Fails unless the repository asks who is calling.
pub(super) async fn check_closed(connection: &mut Connection, repository: &Repository) -> anyhow::Result<()> {
    let nobody = Repository { authorization: String::new(), ..repository.clone() };
    let status = connection.ask(&nobody.request("GET", &format!("manifests/{TAG}"))).await?.status;
    ensure!(status == 401, "nobody in particular is answered {status}, not 401");
    Ok(())
}
