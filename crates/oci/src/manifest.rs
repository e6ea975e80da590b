//! Manifests: what is pushed and pulled, and what it refers to.
//!
//! The bytes that were pushed are what the digest is of, so they are kept and served as they are. A [`Manifest`] is what
//! was read from them and is never written back.

mod depth;
mod descriptor;
mod document;
mod kind;
mod media_type;

use std::collections::BTreeMap;

pub use descriptor::{Descriptor, Platform};
pub use kind::{Kind, UnknownKind};
pub use media_type::{InvalidMediaType, MediaType};

use crate::digest::Digest;
use crate::error::ErrorCode;
use document::Document;

/// Most bytes of a manifest. The specification asks for 4 MiB at least.
pub const MAX_MANIFEST_BYTES: usize = 8 << 20;

/// Deepest nesting of a manifest. Those of the specification need five levels.
pub const MAX_DEPTH: usize = 64;

/// Most descriptors of a manifest; each becomes a row.
pub const MAX_DESCRIPTORS: usize = 10_000;

/// Annotations, by key.
pub type Annotations = BTreeMap<String, String>;

/// A manifest that may be pushed, as far as it says so itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The type it was pushed with and is served with.
    pub media_type: MediaType,
    /// What it refers to.
    pub content: Content,
    /// The manifest it says something about. That one need not exist.
    pub subject: Option<Descriptor>,
    /// What kind of thing it is, if it says so.
    pub artifact_type: Option<String>,
    /// Annotations of the manifest itself.
    pub annotations: Annotations,
}

/// What a manifest refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A configuration and layers: an image, or any artifact in the shape of one.
    Image {
        /// The configuration, a blob.
        config: Box<Descriptor>,
        /// The layers, blobs.
        layers: Vec<Descriptor>,
    },
    /// Other manifests: an image for several platforms, or any collection.
    Index {
        /// The children.
        manifests: Vec<Descriptor>,
    },
    /// Blobs alone: the artifact manifest of a draft of OCI 1.1, which older clients push.
    Artifact {
        /// The blobs.
        blobs: Vec<Descriptor>,
    },
}

/// Why a manifest can't be pushed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// More than [`MAX_MANIFEST_BYTES`]: a 413.
    #[error("manifest is larger than {MAX_MANIFEST_BYTES} bytes")]
    TooLarge,
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("manifest is nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// Not JSON, or not the JSON of a manifest.
    #[error("manifest can't be read at line {line} column {column}: {reason}")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What the reader stumbled on, shortened.
        reason: String,
    },
    /// A `schemaVersion` other than 2.
    #[error("schemaVersion is not 2")]
    SchemaVersion,
    /// The type is none.
    #[error(transparent)]
    MediaType(#[from] InvalidMediaType),
    /// `Content-Type` and `mediaType` contradict each other.
    #[error("Content-Type is {header}, mediaType is {body}")]
    TypesDiffer {
        /// What the request says.
        header: MediaType,
        /// What the manifest says.
        body: MediaType,
    },
    /// Not the members that its type needs, or none that any type has.
    #[error("manifest of type {media_type} has neither config and layers nor manifests as its type needs")]
    WrongShape {
        /// The type.
        media_type: MediaType,
    },
    /// Members of an image and of an index: clients would disagree on what it is (CVE-2021-41190).
    #[error("manifest has members of an image and of an index")]
    Ambiguous,
    /// More than [`MAX_DESCRIPTORS`].
    #[error("manifest has more than {MAX_DESCRIPTORS} descriptors")]
    TooManyDescriptors,
}

impl Manifest {
    /// Reads a manifest from the bytes pushed and the `Content-Type` they came with.
    ///
    /// Members that are not known are ignored at every level.
    ///
    /// # Errors
    /// See [`ManifestError`].
    pub fn parse(content_type: Option<&str>, bytes: &[u8]) -> Result<Self, ManifestError> {
        if bytes.len() > MAX_MANIFEST_BYTES {
            return Err(ManifestError::TooLarge);
        }
        if depth::exceeds(bytes, MAX_DEPTH) {
            return Err(ManifestError::TooDeep);
        }
        let header = content_type.map(MediaType::from_header).transpose()?;
        let document = Document::parse(bytes)?;
        document.manifest(header)
    }

    /// The blobs it refers to. Those that [must be uploaded](Descriptor::is_distributable) must be in the repository.
    pub fn blobs(&self) -> impl Iterator<Item = &Descriptor> {
        let (config, rest) = match &self.content {
            Content::Image { config, layers } => (Some(&**config), &layers[..]),
            Content::Artifact { blobs } => (None, &blobs[..]),
            Content::Index { .. } => (None, &[][..]),
        };
        config.into_iter().chain(rest)
    }

    /// The manifests it is made of. They must be in the repository, unless it takes sparse indexes.
    pub fn children(&self) -> &[Descriptor] {
        match &self.content {
            Content::Index { manifests } => manifests,
            Content::Image { .. } | Content::Artifact { .. } => &[],
        }
    }

    /// The type to list and filter it by among the referrers of its subject: its own, else that of the configuration.
    pub fn referrer_type(&self) -> Option<&str> {
        let own = self.artifact_type.as_deref().filter(|text| !text.is_empty());
        own.or(match &self.content {
            Content::Image { config, .. } => Some(&*config.media_type),
            Content::Index { .. } | Content::Artifact { .. } => None,
        })
    }

    /// Its entry among the referrers of its subject.
    pub fn as_referrer(&self, digest: Digest, size: u64) -> Descriptor {
        Descriptor {
            media_type: self.media_type.to_string(),
            digest,
            size,
            artifact_type: self.referrer_type().map(str::to_owned),
            platform: None,
            annotations: self.annotations.clone(),
        }
    }

    /// The platforms of an index, without those of attestations. That of a single image is in its
    /// [configuration](Platform::of_config).
    pub fn platforms(&self) -> impl Iterator<Item = &Platform> {
        self.children().iter().filter_map(|child| child.platform.as_ref()).filter(|one| one.is_known())
    }

    /// What it is to people.
    pub fn kind(&self) -> Kind {
        Kind::of(self)
    }
}

impl ManifestError {
    /// The code to answer with.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::TooLarge => ErrorCode::SizeInvalid,
            _ => ErrorCode::ManifestInvalid,
        }
    }

    /// The HTTP status to answer with.
    pub fn status(&self) -> u16 {
        match self {
            Self::TooLarge => 413,
            _ => self.code().descriptor().status,
        }
    }
}
