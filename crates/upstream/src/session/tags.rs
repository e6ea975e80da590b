//! Tags.

use grantry_oci::reference::Tag;
use serde::Deserialize;

use super::{MAX_PAGE_BYTES, MAX_PAGES, Session};
use crate::error::{Defect, Result};

/// How many tags are asked for at once. Registries give fewer if they like.
const PAGE: &str = "n=1000";

/// Tags of an artifact, in the order of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagList {
    /// The tags. Names that no tag can have are left out.
    pub tags: Vec<Tag>,
    /// Whether these are all.
    pub complete: bool,
}

#[derive(Deserialize)]
struct Page {
    /// Some registries write an empty list as null.
    #[serde(default)]
    tags: Option<Vec<String>>,
}

impl Session {
    /// Lists at most so many tags, over all pages.
    ///
    /// # Errors
    /// See [`Session`].
    pub async fn tags(&self, most: usize) -> Result<Option<TagList>> {
        let mut next = self.url("tags", "list");
        next.set_query(Some(PAGE));
        let mut tags = Vec::new();
        for number in 0..MAX_PAGES {
            let Some(document) = self.fetch(next, "application/json", MAX_PAGE_BYTES).await? else {
                // What vanishes between two pages is complete as far as it goes.
                return Ok((number > 0).then_some(TagList { tags, complete: true }));
            };
            let page: Page = serde_json::from_slice(&document.bytes)
                .map_err(|_| document.malformed(Defect::Json("a list of tags")))?;
            let names = page.tags.unwrap_or_default();
            tags.extend(names.iter().filter_map(|name| name.parse::<Tag>().ok()));
            if tags.len() > most {
                tags.truncate(most);
                return Ok(Some(TagList { tags, complete: false }));
            }
            let Some(page) = document.next else { return Ok(Some(TagList { tags, complete: true })) };
            next = page;
        }
        Ok(Some(TagList { tags, complete: false }))
    }
}
