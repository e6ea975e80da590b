//! Blobs and manifests that the bench pushes and pulls.

use std::fmt::Write;
use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The media type of an image's manifest.
pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// A blob in two parts, so that a thousand large ones share most of their memory.
pub(super) struct Blob {
    shared: Arc<[u8]>,
    own: Vec<u8>,
    digest: String,
}

/// Many blobs of one length that differ in their last bytes, so that making one costs next to nothing.
pub(super) struct Payload {
    shared: Arc<[u8]>,
    hashed: Sha256,
}

impl Blob {
    /// A blob with this content.
    pub(super) fn of(content: impl Into<Vec<u8>>) -> Self {
        let own = content.into();
        Self { shared: Arc::default(), digest: digest(&own), own }
    }

    pub(super) fn digest(&self) -> &str {
        &self.digest
    }

    pub(super) fn len(&self) -> usize {
        self.shared.len() + self.own.len()
    }

    /// The content, the second part after the first.
    pub(super) fn parts(&self) -> [&[u8]; 2] {
        [&self.shared, &self.own]
    }

    /// How a manifest names it.
    pub(super) fn descriptor(&self, media_type: &str) -> Value {
        json!({ "mediaType": media_type, "digest": self.digest, "size": self.len() })
    }
}

impl Payload {
    /// Blobs of this length, at least 8 bytes. Another seed, which must not be 0, makes others.
    pub(super) fn of(seed: u64, length: usize) -> Self {
        let (mut state, mut shared) = (seed, vec![0; length.saturating_sub(8)]);
        // Noise, so that nothing on the way gains by packing it (xorshift64).
        for bytes in shared.chunks_mut(8) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.copy_from_slice(&state.to_le_bytes()[..bytes.len()]);
        }
        let hashed = Sha256::new_with_prefix(&shared);
        Self { shared: shared.into(), hashed }
    }

    /// The blob of a number.
    pub(super) fn blob(&self, number: u64) -> Blob {
        let own = number.to_be_bytes().to_vec();
        let digest = text(&self.hashed.clone().chain_update(&own).finalize());
        Blob { shared: Arc::clone(&self.shared), own, digest }
    }
}

/// The manifest of an image.
pub(super) fn manifest(config: &Blob, layers: &[&Blob]) -> Value {
    let layer = |layer: &&Blob| layer.descriptor("application/vnd.oci.image.layer.v1.tar");
    json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config.descriptor("application/vnd.oci.image.config.v1+json"),
        "layers": layers.iter().map(layer).collect::<Vec<_>>(),
    })
}

/// The configuration of an image with one layer.
pub(super) fn config(layer: &Blob, number: u64) -> Blob {
    let config = json!({
        "architecture": "amd64",
        "os": "linux",
        "config": { "Labels": { "number": number.to_string() } },
        "rootfs": { "type": "layers", "diff_ids": [layer.digest()] },
    });
    Blob::of(config.to_string())
}

/// The digest of some content, as the distribution spec writes it.
pub(super) fn digest(content: &[u8]) -> String {
    text(&Sha256::digest(content))
}

fn text(hash: &[u8]) -> String {
    hash.iter().fold("sha256:".to_owned(), |mut text, byte| {
        // Writing to a string can't fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs_of_a_payload_differ_and_have_their_digest() {
        let payload = Payload::of(7, 1000);
        let (one, other) = (payload.blob(1), payload.blob(2));
        assert_eq!(one.len(), 1000);
        assert_eq!(one.digest(), digest(&one.parts().concat()));
        assert_ne!(one.digest(), other.digest());
        assert_ne!(one.digest(), Payload::of(8, 1000).blob(1).digest());
    }

    #[test]
    fn digest_is_lower_case_hexadecimal() {
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(digest(b""), empty);
    }
}
