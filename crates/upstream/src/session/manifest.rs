//! Manifests.

use bytes::Bytes;
use grantry_oci::digest::{Algorithm, Digest};
use grantry_oci::manifest::{MAX_MANIFEST_BYTES, Manifest, MediaType};
use grantry_oci::reference::Reference;
use reqwest::Method;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName};

use super::{Document, Session};
use crate::error::{Defect, Error, Result};
use crate::transport::Answer;

/// The header in which registries name the digest of what they send.
pub(crate) const DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");

/// Every type of manifest that we take. What is not named here some registries convert, which changes the digest.
const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, \
     application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.artifact.manifest.v1+json";

const TYPES: [&str; 5] = [
    MediaType::OCI_INDEX,
    MediaType::OCI_MANIFEST,
    MediaType::DOCKER_LIST,
    MediaType::DOCKER_MANIFEST,
    MediaType::OCI_ARTIFACT,
];

/// What a registry says about a manifest without sending it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its digest: the one asked for, else the one the registry names.
    pub digest: Digest,
    /// Its type.
    pub media_type: MediaType,
    /// Its size in bytes.
    pub size: u64,
}

/// A manifest that is what its digest says, and can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its bytes, as they were pushed.
    pub bytes: Bytes,
    /// Its type.
    pub media_type: MediaType,
    /// Its digest: the one asked for, else the one the registry names, else the SHA-256 of the bytes.
    pub digest: Digest,
}

impl Session {
    /// Asks what is under a reference. Registries that limit how much is pulled don't count this.
    ///
    /// The manifest is fetched if the registry does not say all there is to know.
    ///
    /// # Errors
    /// See [`Session`].
    pub async fn head_manifest(&self, reference: &Reference) -> Result<Option<Head>> {
        let url = self.url("manifests", &reference.to_string());
        let head = match self.within(self.exchange(Method::HEAD, url, ACCEPT)).await {
            Ok(None) => return Ok(None),
            Ok(Some(answer)) => head(&answer, reference)?,
            // Some registries have no HEAD.
            Err(Error::Malformed { reason: Defect::Status(400 | 405), .. }) => None,
            Err(error) => return Err(error),
        };
        if head.is_some() {
            return Ok(head);
        }
        let fetched = self.manifest(reference).await?;
        Ok(fetched.map(|one| Head {
            digest: one.digest,
            media_type: one.media_type,
            size: one.bytes.len() as u64,
        }))
    }

    /// Fetches a manifest of at most [`MAX_MANIFEST_BYTES`], and verifies it against every digest that is known of it.
    ///
    /// # Errors
    /// See [`Session`].
    pub async fn manifest(&self, reference: &Reference) -> Result<Option<Fetched>> {
        let url = self.url("manifests", &reference.to_string());
        let document = self.fetch(url, ACCEPT, MAX_MANIFEST_BYTES).await?;
        document.map(|document| fetched(document, reference)).transpose()
    }
}

/// Checks what a registry says the digest is against the one asked for.
pub(super) fn check_announced(answer: &Answer, expected: &Digest) -> Result<()> {
    match announced(answer.header(DIGEST)) {
        // The content may have been asked for by its other digest.
        Some(actual) if actual.algorithm() == expected.algorithm() && actual != *expected => {
            Err(answer.malformed(Defect::digest(*expected, actual)))
        }
        _ => Ok(()),
    }
}

/// Names that are no digest, or of an algorithm not known here, say nothing.
fn announced(header: Option<&str>) -> Option<Digest> {
    header?.parse().ok()
}

fn manifest_type(header: Option<&str>) -> Option<MediaType> {
    let found = header.and_then(|text| MediaType::from_header(text).ok());
    found.filter(|one| TYPES.contains(&one.as_str()))
}

fn head(answer: &Answer, reference: &Reference) -> Result<Option<Head>> {
    let digest = match reference {
        Reference::Digest(digest) => {
            check_announced(answer, digest)?;
            Some(*digest)
        }
        Reference::Tag(_) => announced(answer.header(DIGEST)),
    };
    let size = answer.header(CONTENT_LENGTH).and_then(|text| text.parse().ok());
    let media_type = manifest_type(answer.header(CONTENT_TYPE));
    let (Some(digest), Some(media_type), Some(size)) = (digest, media_type, size) else { return Ok(None) };
    Ok(Some(Head { digest, media_type, size }))
}

fn fetched(document: Document, reference: &Reference) -> Result<Fetched> {
    let asked = match reference {
        Reference::Digest(digest) => Some(*digest),
        Reference::Tag(_) => None,
    };
    let named = announced(document.digest.as_deref());
    for expected in [asked, named].into_iter().flatten() {
        let actual = Digest::of(expected.algorithm(), &document.bytes);
        if actual != expected {
            return Err(document.malformed(Defect::digest(expected, actual)));
        }
    }
    // What is sent as any JSON names its type itself.
    let header = manifest_type(document.content_type.as_deref());
    let manifest = Manifest::parse(header.as_ref().map(MediaType::as_str), &document.bytes)
        .map_err(|error| document.malformed(Defect::Manifest(error)))?;
    let digest = asked.or(named).unwrap_or_else(|| Digest::of(Algorithm::Sha256, &document.bytes));
    Ok(Fetched { bytes: document.bytes, media_type: manifest.media_type, digest })
}
