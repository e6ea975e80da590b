//! What a manifest is to people.

use std::str::FromStr;

use super::{Content, Manifest};

/// What a manifest is to people, told by its types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An image to run, for one platform or for several.
    ContainerImage,
    /// A chart of Helm.
    HelmChart,
    /// A signature on its subject.
    Signature,
    /// A signed statement about its subject, such as how it was built.
    Attestation,
    /// A bill of materials of its subject.
    Sbom,
    /// Anything else.
    Generic,
}

/// Beginnings of types, of the artifact, the configuration or a layer. The first row that fits counts: images of cosign
/// have the configuration of a container, so what is more special stands above.
const TYPES: &[(&str, Kind)] = &[
    ("application/vnd.cncf.helm.config.", Kind::HelmChart),
    ("application/vnd.dev.cosign.simplesigning.", Kind::Signature),
    ("application/vnd.dev.cosign.artifact.sig.", Kind::Signature),
    ("application/vnd.dev.sigstore.bundle.", Kind::Signature),
    ("application/vnd.cncf.notary.signature", Kind::Signature),
    ("application/vnd.in-toto", Kind::Attestation),
    ("application/vnd.dsse.envelope.", Kind::Attestation),
    ("application/spdx+json", Kind::Sbom),
    ("text/spdx", Kind::Sbom),
    ("application/vnd.cyclonedx", Kind::Sbom),
    ("application/vnd.syft+json", Kind::Sbom),
];

/// Types of the configuration of a container image.
const IMAGE_CONFIGS: [&str; 2] =
    ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];

/// A text that names no kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of manifest")]
pub struct UnknownKind;

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownKind)
    }
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::ContainerImage,
        Self::HelmChart,
        Self::Signature,
        Self::Attestation,
        Self::Sbom,
        Self::Generic,
    ];

    /// A stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ContainerImage => "container-image",
            Self::HelmChart => "helm-chart",
            Self::Signature => "signature",
            Self::Attestation => "attestation",
            Self::Sbom => "sbom",
            Self::Generic => "generic",
        }
    }

    pub(super) fn of(manifest: &Manifest) -> Self {
        let layers = manifest.blobs().map(|blob| &*blob.media_type);
        let types: Vec<_> = manifest.artifact_type.as_deref().into_iter().chain(layers).collect();
        let special = TYPES
            .iter()
            .find(|(prefix, _)| types.iter().any(|one| one.starts_with(prefix)))
            .map(|(_, kind)| *kind);
        special.unwrap_or(if is_image(manifest) { Self::ContainerImage } else { Self::Generic })
    }
}

fn is_image(manifest: &Manifest) -> bool {
    let unnamed = manifest.artifact_type.as_deref().is_none_or(str::is_empty);
    unnamed
        && match &manifest.content {
            Content::Image { config, .. } => IMAGE_CONFIGS.contains(&&*config.media_type),
            Content::Index { .. } => manifest.platforms().next().is_some(),
            Content::Artifact { .. } => false,
        }
}
