//! The JSON documents of OCI that all artifacts share.

use std::collections::BTreeMap;

use grantry_oci::digest::{Algorithm, Digest};
use grantry_oci::manifest::{Descriptor, MediaType, Platform};
use serde_json::{Value, json};

use super::ManifestPush;

/// Annotations by key, in an order that doesn't change.
pub(super) type Annotations = BTreeMap<String, String>;

/// A manifest in the shape of an image, before its optional members are decided.
pub(super) struct ImageManifest {
    pub(super) config: Descriptor,
    pub(super) layers: Vec<Descriptor>,
    pub(super) annotations: Annotations,
    /// What kind of artifact it is and the manifest it says something about, for what is attached to another.
    pub(super) attached: Option<(&'static str, Descriptor)>,
}

/// Refers to content.
pub(super) fn descriptor(media_type: &str, bytes: &[u8]) -> Descriptor {
    Descriptor {
        media_type: media_type.to_owned(),
        digest: Digest::of(Algorithm::Sha256, bytes),
        size: bytes.len() as u64,
        artifact_type: None,
        platform: None,
        annotations: Annotations::new(),
    }
}

/// Refers to a manifest, which in an index has a platform.
pub(super) fn manifest_descriptor(manifest: &ManifestPush, platform: Option<Platform>) -> Descriptor {
    Descriptor { platform, ..descriptor(manifest.media_type, &manifest.bytes) }
}

impl ImageManifest {
    /// Its bytes, to be pushed with a tag or by digest.
    pub(super) fn into_push(self, tag: Option<String>) -> ManifestPush {
        let mut document = json!({ "schemaVersion": 2, "mediaType": MediaType::OCI_MANIFEST });
        if let Some((artifact_type, _)) = &self.attached {
            document["artifactType"] = json!(artifact_type);
        }
        document["config"] = json!(self.config);
        document["layers"] = json!(self.layers);
        if let Some((_, subject)) = &self.attached {
            document["subject"] = json!(subject);
        }
        document["annotations"] = json!(self.annotations);
        ManifestPush { media_type: MediaType::OCI_MANIFEST, bytes: print(&document), tag }
    }
}

/// An index over manifests.
pub(super) fn index(manifests: &[Descriptor], annotations: &Annotations, tag: String) -> ManifestPush {
    let document = json!({
        "schemaVersion": 2,
        "mediaType": MediaType::OCI_INDEX,
        "manifests": manifests,
        "annotations": annotations,
    });
    ManifestPush { media_type: MediaType::OCI_INDEX, bytes: print(&document), tag: Some(tag) }
}

/// The document as it is pushed.
pub(super) fn print(document: &Value) -> Vec<u8> {
    document.to_string().into_bytes()
}
