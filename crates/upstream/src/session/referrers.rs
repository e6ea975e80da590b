//! What is attached to a manifest: signatures, bills of materials and the like.

use grantry_oci::digest::Digest;
use grantry_oci::manifest::{Descriptor, MAX_DESCRIPTORS, Manifest, MediaType};
use grantry_oci::reference::{Reference, Tag};

use super::{Document, MAX_PAGE_BYTES, MAX_PAGES, Session};
use crate::error::{Defect, Error, Result};

impl Session {
    /// Lists the manifests that have this one as their subject, at most [`MAX_DESCRIPTORS`].
    ///
    /// Asks the endpoint of OCI 1.1. Where there is none, the index under the tag `sha256-<hex>` has them, which clients
    /// keep for such registries.
    ///
    /// # Errors
    /// See [`Session`].
    pub async fn referrers(&self, subject: &Digest) -> Result<Vec<Descriptor>> {
        match self.listed(subject).await? {
            Some(found) => Ok(found),
            None => self.tagged(subject).await,
        }
    }

    /// What the endpoint says; `None` if the registry has none.
    async fn listed(&self, subject: &Digest) -> Result<Option<Vec<Descriptor>>> {
        let mut next = self.url("referrers", &subject.to_string());
        let mut found = Vec::new();
        for number in 0..MAX_PAGES {
            let document = match self.fetch(next, MediaType::OCI_INDEX, MAX_PAGE_BYTES).await {
                // What the endpoint does not have it answers with an empty list.
                Ok(None) | Err(Error::Malformed { reason: Defect::Status(400 | 405), .. }) => None,
                Ok(document) => document.filter(is_index),
                Err(error) => return Err(error),
            };
            let Some(document) = document else { return Ok((number > 0).then_some(found)) };
            found.extend(children(&document)?);
            if found.len() >= MAX_DESCRIPTORS {
                found.truncate(MAX_DESCRIPTORS);
                break;
            }
            let Some(page) = document.next else { break };
            next = page;
        }
        Ok(Some(found))
    }

    async fn tagged(&self, subject: &Digest) -> Result<Vec<Descriptor>> {
        let [tag, ..] = Tag::attached_to(subject);
        let url = self.url("manifests", &Reference::Tag(tag).to_string());
        let document = self.fetch(url, MediaType::OCI_INDEX, MAX_PAGE_BYTES).await?;
        // A tag of this form may hold anything; only an index lists referrers.
        document.filter(is_index).map_or_else(|| Ok(Vec::new()), |document| children(&document))
    }
}

/// Front ends that answer every path with a page of theirs are no endpoint.
fn is_index(document: &Document) -> bool {
    let media_type = document.content_type.as_deref().and_then(|text| MediaType::from_header(text).ok());
    media_type.is_some_and(|one| one.as_str() == MediaType::OCI_INDEX)
}

fn children(document: &Document) -> Result<Vec<Descriptor>> {
    let index = Manifest::parse(Some(MediaType::OCI_INDEX), &document.bytes)
        .map_err(|error| document.malformed(Defect::Manifest(error)))?;
    Ok(index.children().to_vec())
}
