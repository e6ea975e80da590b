//! The JSON of every kind of manifest, and which kind it is.

use serde::Deserialize;

use super::descriptor::or_default;
use super::{Annotations, Content, Descriptor, MAX_DESCRIPTORS, Manifest, ManifestError, MediaType};

/// Most characters of the reason why a document can't be read.
const MAX_REASON: usize = 200;

/// The members of all kinds together. A member that stands twice is refused; unknown ones are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    schema_version: Option<u64>,
    media_type: Option<String>,
    artifact_type: Option<String>,
    config: Option<Box<Descriptor>>,
    layers: Option<Vec<Descriptor>>,
    manifests: Option<Vec<Descriptor>>,
    blobs: Option<Vec<Descriptor>>,
    subject: Option<Descriptor>,
    #[serde(default, deserialize_with = "or_default")]
    annotations: Annotations,
}

/// The kinds of content.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Image,
    Index,
    Artifact,
}

impl Document {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        serde_json::from_slice(bytes).map_err(|error| {
            // The reader quotes what it did not expect, at any length.
            let (line, column) = (error.line(), error.column());
            let place = format!(" at line {line} column {column}");
            let text = error.to_string();
            let what = text.strip_suffix(&place).unwrap_or(&text);
            ManifestError::Malformed { line, column, reason: what.chars().take(MAX_REASON).collect() }
        })
    }

    /// The manifest, of the type that the request or the document says.
    pub(super) fn manifest(self, header: Option<MediaType>) -> Result<Manifest, ManifestError> {
        let media_type = self.media_type(header)?;
        let shape = self.shape(&media_type)?;
        if shape != Shape::Artifact && self.schema_version != Some(2) {
            return Err(ManifestError::SchemaVersion);
        }
        // Go writes an empty list as null, so a list may lack.
        let content = match (shape, self.config) {
            (Shape::Image, Some(config)) => {
                Content::Image { config, layers: self.layers.unwrap_or_default() }
            }
            (Shape::Index, None) if self.layers.is_none() => {
                Content::Index { manifests: self.manifests.unwrap_or_default() }
            }
            (Shape::Artifact, _) => Content::Artifact { blobs: self.blobs.unwrap_or_default() },
            _ => return Err(ManifestError::WrongShape { media_type }),
        };
        if content.descriptors() > MAX_DESCRIPTORS {
            return Err(ManifestError::TooManyDescriptors);
        }
        Ok(Manifest {
            media_type,
            content,
            subject: self.subject,
            artifact_type: self.artifact_type,
            annotations: self.annotations,
        })
    }

    /// What the request and the document say must agree. Of a document of which nobody says its type, it is one of OCI:
    /// Docker's types are always said.
    fn media_type(&self, header: Option<MediaType>) -> Result<MediaType, ManifestError> {
        let body = self.media_type.as_deref().filter(|text| !text.is_empty());
        let body = body.map(str::parse::<MediaType>).transpose()?;
        match (header, body) {
            (Some(header), Some(body)) if header != body => Err(ManifestError::TypesDiffer { header, body }),
            (Some(one), _) | (None, Some(one)) => Ok(one),
            (None, None) if self.manifests.is_some() => Ok(MediaType::OCI_INDEX.parse()?),
            (None, None) => Ok(MediaType::OCI_MANIFEST.parse()?),
        }
    }

    /// The shape that the type asks for; of an unknown type, the one that the members show.
    fn shape(&self, media_type: &MediaType) -> Result<Shape, ManifestError> {
        if self.manifests.is_some() && (self.config.is_some() || self.layers.is_some()) {
            return Err(ManifestError::Ambiguous);
        }
        match media_type.as_str() {
            MediaType::OCI_MANIFEST | MediaType::DOCKER_MANIFEST => Ok(Shape::Image),
            MediaType::OCI_INDEX | MediaType::DOCKER_LIST => Ok(Shape::Index),
            MediaType::OCI_ARTIFACT => Ok(Shape::Artifact),
            _ if self.config.is_some() => Ok(Shape::Image),
            _ if self.manifests.is_some() => Ok(Shape::Index),
            _ => Err(ManifestError::WrongShape { media_type: media_type.clone() }),
        }
    }
}

impl Content {
    fn descriptors(&self) -> usize {
        match self {
            Self::Image { layers: list, .. }
            | Self::Index { manifests: list }
            | Self::Artifact { blobs: list } => list.len(),
        }
    }
}
