//! The query of a request.

use std::borrow::Cow;
use std::str::FromStr;

use super::{MAX_TAGS_PER_PUSH, RequestError};
use crate::list::Page;
use crate::percent;
use crate::reference::Tag;

/// The query of a request. Parameters without a value count as absent.
pub(super) struct Query<'text>(&'text str);

impl<'text> Query<'text> {
    pub(super) fn of(text: &'text str) -> Self {
        Self(text)
    }

    pub(super) fn find(&self, key: &str) -> Option<Cow<'text, str>> {
        self.all(key).next()
    }

    pub(super) fn parse<T: FromStr>(&self, key: &str) -> Result<Option<T>, T::Err> {
        self.find(key).map(|text| text.parse()).transpose()
    }

    pub(super) fn page(&self) -> Result<Page, RequestError> {
        let n = self.parse("n").map_err(|_| RequestError::PageSize)?;
        Ok(Page { n, last: self.find("last").map(Cow::into_owned) })
    }

    /// The tags to set, each once.
    pub(super) fn tags(&self) -> Result<Vec<Tag>, RequestError> {
        let mut tags = Vec::new();
        for text in self.all("tag") {
            let tag: Tag = text.parse()?;
            if !tags.contains(&tag) {
                tags.push(tag);
            }
            if tags.len() > MAX_TAGS_PER_PUSH {
                return Err(RequestError::TooManyTags);
            }
        }
        Ok(tags)
    }

    fn all(&self, key: &str) -> impl Iterator<Item = Cow<'text, str>> {
        let pairs = self.0.split('&').filter_map(|pair| pair.split_once('='));
        let of_key = pairs.filter(move |(name, _)| percent::decode(name).as_deref() == Some(key));
        // What can't be decoded stays as it is, and is refused by whoever parses it.
        of_key
            .map(|(_, value)| percent::decode(value).unwrap_or(Cow::Borrowed(value)))
            .filter(|one| !one.is_empty())
    }
}
