//! The answer of the referrers endpoint: an index of the manifests that have a common subject.

use serde::Serialize;

use crate::digest::Digest;
use crate::list::link;
use crate::manifest::{Descriptor, MAX_MANIFEST_BYTES, MediaType};
use crate::name::Name;
use crate::resource::{Resource, with_query};

/// The value of `OCI-Filters-Applied` in answers that were filtered.
pub const FILTER: &str = "artifactType";

/// Most bytes of a page. An index larger than a manifest may be would be refused by clients; they take 4 MiB.
const MAX_PAGE_BYTES: usize = MAX_MANIFEST_BYTES / 2;

/// A page of referrers: a body of the type [`MediaType::OCI_INDEX`].
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Referrers {
    schema_version: u8,
    media_type: &'static str,
    manifests: Vec<Descriptor>,
    #[serde(skip)]
    next: Option<Digest>,
}

impl Referrers {
    /// A page of as many entries as fit. They come in the order of their digests, filtered and after `last`: what the
    /// caller may not see must not be among them.
    pub fn page(entries: impl IntoIterator<Item = Descriptor>) -> Self {
        Self::page_of(entries, MAX_PAGE_BYTES)
    }

    /// The `Link` to the next page, if there is one, for the same subject and filter.
    pub fn next_link(&self, name: &Name, subject: Digest, artifact_type: Option<&str>) -> Option<String> {
        let last = self.next?.to_string();
        let mut pairs = vec![("last", &*last)];
        pairs.extend(artifact_type.map(|text| (FILTER, text)));
        Some(link(&with_query(&Resource::Referrers(name.clone(), subject), &pairs)))
    }

    /// The entries of the page.
    pub fn manifests(&self) -> &[Descriptor] {
        &self.manifests
    }

    /// One entry fits always, so that every page goes on.
    fn page_of(entries: impl IntoIterator<Item = Descriptor>, most: usize) -> Self {
        let mut page =
            Self { schema_version: 2, media_type: MediaType::OCI_INDEX, manifests: vec![], next: None };
        let mut bytes = 0;
        for entry in entries {
            // Nothing in a descriptor fails to be written.
            bytes += serde_json::to_vec(&entry).map_or(0, |json| json.len() + 1);
            if bytes > most
                && let Some(last) = page.manifests.last()
            {
                page.next = Some(last.digest);
                break;
            }
            page.manifests.push(entry);
        }
        page
    }
}

/// Adds to the entries known those of an index that a client keeps under a tag, in the order of their digests. An entry
/// that is known already is not replaced.
pub fn merge(known: &mut Vec<Descriptor>, tagged: Vec<Descriptor>) {
    known.extend(tagged);
    // Stable, so that of equal digests the known one stays.
    known.sort_by_key(|one| one.digest);
    known.dedup_by_key(|one| one.digest);
}
