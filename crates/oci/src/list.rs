//! Lists of tags and of repositories, in pages.

use serde::Serialize;

use crate::name::Name;
use crate::reference::Tag;
use crate::resource::{Resource, with_query};

/// Which part of a list is asked for. Lists are in the order of ASCII.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Most entries wanted. Zero is a page of nothing.
    pub n: Option<usize>,
    /// The list goes on after this entry, which need not exist, nor be visible.
    pub last: Option<String>,
}

/// The tags of a repository.
#[derive(Debug, Serialize)]
pub struct TagList<'list> {
    /// The repository.
    pub name: &'list Name,
    /// A page of its tags.
    pub tags: &'list [Tag],
}

/// The repositories of the registry.
#[derive(Debug, Serialize)]
pub struct Catalog<'list> {
    /// A page of their names.
    pub repositories: &'list [Name],
}

impl Page {
    /// How many entries to give, when a page has at most `most`.
    pub fn limit(&self, most: usize) -> usize {
        self.n.map_or(most, |n| n.min(most))
    }
}

/// The `Link` header to the next page of a list of `limit` entries whose last entry is given.
///
/// For a page that is the last one, or that is empty because nothing was asked for, there is none to make.
pub fn next_link(list: &Resource, limit: usize, last: &str) -> String {
    link(&with_query(list, &[("n", &limit.to_string()), ("last", last)]))
}

/// A `Link` header to the next page.
pub(crate) fn link(path: &str) -> String {
    format!("<{path}>; rel=\"next\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_is_what_is_asked_for_but_bounded() {
        let limit = |n| Page { n, last: None }.limit(100);
        assert_eq!([limit(None), limit(Some(0)), limit(Some(7)), limit(Some(usize::MAX))], [100, 0, 7, 100]);
    }

    #[test]
    fn links_are_absolute_paths_with_an_escaped_query() {
        let name = "a/b".parse().unwrap();
        assert_eq!(
            next_link(&Resource::Tags(name), 5, "v1"),
            "</v2/a/b/tags/list?n=5&last=v1>; rel=\"next\""
        );
        assert_eq!(next_link(&Resource::Catalog, 2, "a/b"), "</v2/_catalog?n=2&last=a%2Fb>; rel=\"next\"");
    }

    #[test]
    fn empty_lists_are_lists() {
        let name = "a/b".parse().unwrap();
        let tags = serde_json::to_string(&TagList { name: &name, tags: &[] });
        assert_eq!(tags.unwrap(), r#"{"name":"a/b","tags":[]}"#);
        assert_eq!(
            serde_json::to_string(&Catalog { repositories: &[name] }).unwrap(),
            r#"{"repositories":["a/b"]}"#
        );
    }
}
