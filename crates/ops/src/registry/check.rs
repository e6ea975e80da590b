//! Checking that what the database says is stored is stored, and that every manifest has what it needs.

use futures_util::StreamExt;
use grantry_blobs::error::Error as StorageError;
use grantry_blobs::key::Key;
use grantry_model::id::{BlobId, ManifestId};
use grantry_oci::digest::{Algorithm, Digest, Hasher};
use grantry_store::collect::StoredBlob;
use uuid::Uuid;

use crate::Ops;
use crate::error::Result;

/// Rows that are read at once.
const BATCH: usize = 200;
/// Manifests that are read at once, with their bytes: each has up to 8 MiB.
const MANIFESTS: usize = 16;

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Blobs that were looked at.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Manifests that were looked at.
    pub manifests: u64,
    /// What is wrong, a sentence each.
    pub faults: Vec<String>,
}

/// Checks every blob and manifest of the hub. With `verify` the bytes of every blob are read and hashed.
///
/// # Errors
/// The database or the storage fails.
pub async fn check(ops: &Ops, verify: bool) -> Result<Checked> {
    let mut checked = Checked::default();
    let mut last = BlobId(Uuid::nil());
    loop {
        let batch = ops.store().read().await?.list_blobs(last, BATCH).await?;
        for blob in &batch {
            checked.blobs += 1;
            checked.bytes += blob.size;
            checked.faults.extend(blob_fault(ops, blob, verify).await?);
            last = blob.id;
        }
        if batch.len() < BATCH {
            break;
        }
    }
    let mut last = ManifestId(Uuid::nil());
    loop {
        let mut tx = ops.store().read().await?;
        let batch = tx.list_manifest_contents(last, MANIFESTS).await?;
        for (id, name, digest, content) in &batch {
            checked.manifests += 1;
            if Digest::of(digest.algorithm(), content) != *digest {
                checked
                    .faults
                    .push(format!("The manifest {name}@{digest} has other bytes than its digest says."));
            }
            for part in tx.list_missing_parts(*id).await? {
                checked.faults.push(format!("The manifest {name}@{digest} needs {part}, which is missing."));
            }
            last = *id;
        }
        if batch.len() < MANIFESTS {
            return Ok(checked);
        }
    }
}

async fn blob_fault(ops: &Ops, blob: &StoredBlob, verify: bool) -> Result<Option<String>> {
    let digest = &blob.sha256;
    let Ok(key) = blob.storage_key.parse::<Key>() else {
        return Ok(Some(format!("The blob {digest} is kept under no possible key.")));
    };
    let size = match ops.blobs().size(key).await {
        Ok(size) => size,
        Err(StorageError::NotFound) => {
            // It may have been collected since its row was read.
            let is_known = ops.store().read().await?.is_key_known(&blob.storage_key).await?;
            return Ok(is_known.then(|| format!("The blob {digest} is missing in the storage.")));
        }
        Err(error) => return Err(error.into()),
    };
    if size != blob.size {
        return Ok(Some(format!(
            "The blob {digest} has {size} bytes in the storage instead of {}.",
            blob.size
        )));
    }
    if !verify {
        return Ok(None);
    }
    let mut hasher = Hasher::new(Algorithm::Sha256);
    let mut content = ops.blobs().read(key, 0..size).await?;
    while let Some(bytes) = content.next().await {
        hasher.update(&bytes?);
    }
    let actual = hasher.finish();
    let is_same = actual.to_string() == *digest;
    Ok((!is_same)
        .then(|| format!("The blob {digest} has other bytes in the storage: their digest is {actual}.")))
}
