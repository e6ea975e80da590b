//! Artifacts: what the organization distributes, who may pull it and who did.

use grantry_model::id::ArtifactId;
use grantry_oci::manifest::Kind;
use maud::{Markup, html};

use crate::components::badge::{Badge, Tone};
use crate::layout::Crumb;
use crate::route::{Artifacts, ShowArtifact};

pub mod access;
pub mod commands;
pub mod course;
pub mod delete;
pub mod fields;
pub mod list;
pub mod new;
pub mod portal;
pub mod portal_show;
pub mod pulls;
pub mod show;
pub mod upstream;
pub mod version;

/// An artifact to choose, or to lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactChoice {
    /// The artifact.
    pub artifact: ArtifactId,
    /// Its name, without the organization's slug.
    pub name: String,
}

/// What a manifest is, in words.
pub(crate) fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::ContainerImage => "Container image",
        Kind::HelmChart => "Helm chart",
        Kind::Signature => "Signature",
        Kind::Attestation => "Attestation",
        Kind::Sbom => "SBOM",
        Kind::Generic => "Other content",
    }
}

/// What an artifact is; one without a manifest is empty.
pub(crate) fn kind_badge(kind: Option<Kind>) -> Badge {
    Badge::new(Tone::Neutral, kind.map_or("Empty", kind_words))
}

/// A digest cut to what tells it apart, such as “sha256:4f1c7d9e0ab3”.
pub(crate) fn short_digest(digest: &str) -> String {
    match digest.split_once(':') {
        Some((algorithm, hex)) => format!("{algorithm}:{}", hex.chars().take(12).collect::<String>()),
        None => digest.chars().take(19).collect(),
    }
}

/// A reference for people: a tag as it is, a digest cut short.
pub(crate) fn short_digest_or_tag(reference: &str) -> String {
    if reference.contains(':') { short_digest(reference) } else { reference.to_owned() }
}

/// The short digest; its copy button copies all of it.
pub(crate) fn digest(whole: &str, what: &str) -> Markup {
    crate::components::copy::copyable_as(&short_digest(whole), whole, what)
}

/// The way to what belongs to an artifact.
pub(crate) fn way_below(artifact: ArtifactId, name: &str) -> Vec<Crumb> {
    vec![Crumb::new("Artifacts", &Artifacts), Crumb::new(name, &ShowArtifact { artifact })]
}

/// A link to an artifact.
pub(crate) fn link(artifact: ArtifactId, name: &str) -> Markup {
    html! { a.link href=(ShowArtifact { artifact }) { (name) } }
}

#[cfg(test)]
mod tests {
    use super::short_digest;

    #[test]
    fn short_digests_keep_their_algorithm() {
        assert_eq!(short_digest(&format!("sha512:{}", "ab".repeat(64))), "sha512:abababababab");
        assert_eq!(short_digest("nonsense"), "nonsense");
    }
}
