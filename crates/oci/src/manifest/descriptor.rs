//! Descriptors: references by digest.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use super::Annotations;
use crate::digest::Digest;

/// Types of layers whose bytes stay where their license keeps them, so that they are not uploaded.
const NOT_DISTRIBUTABLE: [&str; 2] =
    ["application/vnd.oci.image.layer.nondistributable.", "application/vnd.docker.image.rootfs.foreign."];

/// A reference to content: what it is, its address and its size. Addresses elsewhere and embedded bytes are not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What the content is. Not judged.
    pub media_type: String,
    /// Its address.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// What kind of thing it is, if it is a manifest that says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact_type: Option<String>,
    /// What it runs on, if it is an image among others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// Annotations.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Annotations::is_empty")]
    pub annotations: Annotations,
}

/// What an image runs on. Printed as `linux/arm64/v8`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Platform {
    /// The operating system, in the words of Go.
    #[serde(default)]
    pub os: String,
    /// The processor, in the words of Go.
    #[serde(default)]
    pub architecture: String,
    /// The variant of the processor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// The version of the operating system; Windows needs it.
    #[serde(rename = "os.version", default, skip_serializing_if = "Option::is_none")]
    pub os_version: Option<String>,
}

impl Descriptor {
    /// Whether the content must be uploaded before a manifest may refer to it.
    pub fn is_distributable(&self) -> bool {
        !NOT_DISTRIBUTABLE.iter().any(|prefix| self.media_type.starts_with(prefix))
    }
}

impl Platform {
    /// The platform that the configuration of an image names; `None` if it is no such configuration.
    pub fn of_config(config: &[u8]) -> Option<Self> {
        serde_json::from_slice(config).ok().filter(Self::is_known)
    }

    /// Whether it says something. Attestations in an index are `unknown/unknown`.
    pub(super) fn is_known(&self) -> bool {
        ![&self.os, &self.architecture].into_iter().any(|one| one.is_empty() || one == "unknown")
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        self.variant.iter().filter(|one| !one.is_empty()).try_for_each(|one| write!(f, "/{one}"))
    }
}

/// Go writes what is empty as null.
pub(super) fn or_default<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
