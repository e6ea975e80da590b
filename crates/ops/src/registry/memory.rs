//! What the registry remembers between requests. All of it can be forgotten at any time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use grantry_model::access::Index;
use grantry_model::id::{AccessTokenId, ArtifactId, BlobId, CustomerId, ManifestId, OrganizationId};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::access::Reached;
use super::asked::Asked;
use super::client::{Credential, Identity};
use super::evict::Uses;
use super::fetch::Fetches;
use super::pull::Pulls;

/// Members and agents remembered by their credential.
const IDENTITIES: usize = 10_000;
/// Customers whose grants are remembered.
const INDEXES: usize = 10_000;
/// Answers remembered on digests.
const REACHED: usize = 200_000;
/// Bytes of manifests, and of small blobs, that are remembered.
const CONTENT_BYTES: u64 = 32 << 20;
/// What an entry costs beside its content.
const ENTRY_BYTES: u64 = 128;

type ReachedKey = (CustomerId, ArtifactId, String);

/// The registry's memory.
pub(crate) struct Memory {
    pub(super) identities: Cache<Credential, Arc<Identity>>,
    pub(super) indexes: Cache<(OrganizationId, Option<CustomerId>), (u64, Arc<Index>)>,
    pub(super) reached: Cache<ReachedKey, Reached>,
    pub(super) manifests: Cache<ManifestId, Bytes, BySize>,
    pub(super) small_blobs: Cache<BlobId, Bytes, BySize>,
    pub(super) used: Mutex<HashMap<AccessTokenId, DateTime<Utc>>>,
    pub(super) pulls: Pulls,
    pub(super) asked: Asked,
    pub(super) fetches: Fetches,
    pub(super) uses: Uses,
}

/// Weighs content by its bytes.
#[derive(Clone)]
pub(super) struct BySize;

impl<Key> Weighter<Key, Bytes> for BySize {
    fn weight(&self, _: &Key, content: &Bytes) -> u64 {
        content.len() as u64 + ENTRY_BYTES
    }
}

impl Memory {
    pub(crate) fn new() -> Self {
        let content_entries = 4_000;
        Self {
            identities: Cache::new(IDENTITIES),
            indexes: Cache::new(INDEXES),
            reached: Cache::new(REACHED),
            manifests: Cache::with_weighter(content_entries, CONTENT_BYTES, BySize),
            small_blobs: Cache::with_weighter(content_entries, CONTENT_BYTES, BySize),
            used: Mutex::default(),
            pulls: Pulls::default(),
            asked: Asked::new(),
            fetches: Fetches::new(),
            uses: Uses::new(),
        }
    }
}
