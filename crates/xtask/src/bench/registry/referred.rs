//! Images to which other manifests refer: signatures, bills of materials.

use serde_json::{Value, json};

use super::payload::{Blob, MANIFEST, digest};

/// The repository of these images.
pub(super) const REPOSITORY: &str = "bench/referred";
/// What refers to each image.
const TYPES: [&str; 4] = [
    "application/vnd.dev.cosign.artifact.sig.v1+json",
    "application/spdx+json",
    "application/vnd.cyclonedx+json",
    "application/vnd.in-toto+json",
];
/// How many manifests refer to each image.
pub(super) const REFERRERS: usize = TYPES.len();

/// Manifests to be pushed, and the digests of those that others refer to.
pub(super) struct Referred {
    pub(super) manifests: Vec<(String, Value)>,
    pub(super) subjects: Vec<String>,
}

/// The blob that all of them need.
pub(super) fn empty() -> Blob {
    Blob::of("{}")
}

impl Referred {
    /// So many images, each with a tag of its own, and all that refers to them.
    pub(super) fn of(images: usize) -> Self {
        let (mut manifests, mut subjects) = (Vec::new(), Vec::new());
        for number in 0..images {
            let image = manifest(&json!({ "annotations": { "number": number.to_string() } }));
            let (text, tag) = (image.to_string(), format!("1.{number}.0"));
            let subject =
                json!({ "mediaType": MANIFEST, "digest": digest(text.as_bytes()), "size": text.len() });
            manifests.push((tag, image));
            subjects.push(digest(text.as_bytes()));
            for artifact_type in TYPES {
                let referrer = manifest(&json!({ "artifactType": artifact_type, "subject": subject }));
                manifests.push((digest(referrer.to_string().as_bytes()), referrer));
            }
        }
        Self { manifests, subjects }
    }
}

/// A manifest without content, with more members.
fn manifest(more: &Value) -> Value {
    let empty = empty().descriptor("application/vnd.oci.empty.v1+json");
    let mut manifest =
        json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": empty, "layers": [empty] });
    if let (Some(members), Some(more)) = (manifest.as_object_mut(), more.as_object()) {
        members.extend(more.clone());
    }
    manifest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn referrers_name_their_subject() {
        let Referred { manifests, subjects } = Referred::of(3);
        assert_eq!((manifests.len(), subjects.len()), (3 * (1 + REFERRERS), 3));
        let (reference, referrer) = &manifests[1];
        assert_eq!(referrer["subject"]["digest"], *subjects[0]);
        assert_eq!(*reference, digest(referrer.to_string().as_bytes()));
        assert_ne!(subjects[0], subjects[1]);
    }
}
