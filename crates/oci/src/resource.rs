//! The paths of the registry: which resource one names, and how to print it.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::digest::{Digest, DigestError};
use crate::name::{Name, NameError};
use crate::percent;
use crate::reference::{Reference, ReferenceError};

/// The id of an upload session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UploadId(pub Uuid);

/// A text that is no id of an upload session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the id of an upload session")]
pub struct InvalidUploadId;

/// What a path names. Printed, it is the path to put into a `Location`: absolute, without scheme and host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource {
    /// `/v2/`
    Root,
    /// `/v2/_catalog`: the repositories.
    Catalog,
    /// `/v2/<name>/tags/list`
    Tags(Name),
    /// `/v2/<name>/referrers/<digest>`
    Referrers(Name, Digest),
    /// `/v2/<name>/manifests/<reference>`
    Manifest(Name, Reference),
    /// `/v2/<name>/blobs/<digest>`
    Blob(Name, Digest),
    /// `/v2/<name>/blobs/uploads/`: where sessions are started.
    Uploads(Name),
    /// `/v2/<name>/blobs/uploads/<id>`
    Upload(Name, UploadId),
}

/// The kind of thing that a path is about, known also when the rest of the path is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResourceKind {
    /// See [`Resource::Root`].
    Root,
    /// See [`Resource::Catalog`].
    Catalog,
    /// See [`Resource::Tags`].
    Tags,
    /// See [`Resource::Referrers`].
    Referrers,
    /// See [`Resource::Manifest`].
    Manifest,
    /// See [`Resource::Blob`].
    Blob,
    /// See [`Resource::Uploads`].
    Uploads,
    /// See [`Resource::Upload`].
    Upload,
}

/// Why a path names no resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ResourceError {
    /// The name of the repository.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The digest of a blob or of a subject.
    #[error(transparent)]
    Digest(#[from] DigestError),
    /// The reference of a manifest.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// The id of an upload session.
    #[error(transparent)]
    Upload(#[from] InvalidUploadId),
}

/// A path split into what it is about, not yet judged.
pub(crate) struct Split<'path> {
    pub(crate) kind: ResourceKind,
    name: &'path str,
    last: &'path str,
}

impl<'path> Split<'path> {
    /// Splits a decoded path from the right, since a repository may be called `acme/blobs/uploads` or `acme/tags`.
    pub(crate) fn of(path: &'path str) -> Option<Self> {
        let bare = |kind| Some(Self { kind, name: "", last: "" });
        if path == "/v2" {
            return bare(ResourceKind::Root);
        }
        let path = path.strip_prefix("/v2/")?;
        match path {
            "" => return bare(ResourceKind::Root),
            "_catalog" => return bare(ResourceKind::Catalog),
            _ => {}
        }
        // Proxies like to strip the last slash of `/blobs/uploads/`.
        let uploads = path.strip_suffix("/blobs/uploads/").or_else(|| path.strip_suffix("/blobs/uploads"));
        if let Some(name) = uploads {
            return Some(Self { kind: ResourceKind::Uploads, name, last: "" });
        }
        if let Some(name) = path.strip_suffix("/tags/list") {
            return Some(Self { kind: ResourceKind::Tags, name, last: "" });
        }
        let (front, last) = path.rsplit_once('/')?;
        let kinds = [
            ("/manifests", ResourceKind::Manifest),
            ("/blobs/uploads", ResourceKind::Upload),
            ("/blobs", ResourceKind::Blob),
            ("/referrers", ResourceKind::Referrers),
        ];
        kinds.into_iter().find_map(|(word, kind)| Some(Self { kind, name: front.strip_suffix(word)?, last }))
    }

    /// Judges the parts.
    pub(crate) fn resource(&self) -> Result<Resource, ResourceError> {
        let name = || self.name.parse::<Name>();
        Ok(match self.kind {
            ResourceKind::Root => Resource::Root,
            ResourceKind::Catalog => Resource::Catalog,
            ResourceKind::Tags => Resource::Tags(name()?),
            ResourceKind::Referrers => Resource::Referrers(name()?, self.last.parse()?),
            ResourceKind::Manifest => Resource::Manifest(name()?, self.last.parse()?),
            ResourceKind::Blob => Resource::Blob(name()?, self.last.parse()?),
            ResourceKind::Uploads => Resource::Uploads(name()?),
            ResourceKind::Upload => Resource::Upload(name()?, self.last.parse()?),
        })
    }
}

impl FromStr for UploadId {
    type Err = InvalidUploadId;

    fn from_str(text: &str) -> Result<Self, InvalidUploadId> {
        // The parser also takes braces, a URN or no hyphens; an id has one spelling here.
        if text.len() != uuid::fmt::Hyphenated::LENGTH {
            return Err(InvalidUploadId);
        }
        Uuid::try_parse(text).map(Self).map_err(|_| InvalidUploadId)
    }
}

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("/v2/"),
            Self::Catalog => f.write_str("/v2/_catalog"),
            Self::Tags(name) => write!(f, "/v2/{name}/tags/list"),
            Self::Referrers(name, digest) => write!(f, "/v2/{name}/referrers/{digest}"),
            Self::Manifest(name, reference) => write!(f, "/v2/{name}/manifests/{reference}"),
            Self::Blob(name, digest) => write!(f, "/v2/{name}/blobs/{digest}"),
            Self::Uploads(name) => write!(f, "/v2/{name}/blobs/uploads/"),
            Self::Upload(name, id) => write!(f, "/v2/{name}/blobs/uploads/{id}"),
        }
    }
}

/// A path with a query, for `Link` headers.
pub(crate) fn with_query(resource: &Resource, pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().map(|(key, value)| format!("{key}={}", percent::encode(value)));
    format!("{resource}?{}", pairs.collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const ID: &str = "01940000-0000-7000-8000-000000000001";

    /// The name and the last part that a path is split into.
    fn check(path: &str, expected: Option<(ResourceKind, &str, &str)>) {
        let found = Split::of(path).map(|split| (split.kind, split.name, split.last));
        assert_eq!(found, expected, "{path}");
    }

    #[test]
    fn paths_are_split_from_the_right() {
        use ResourceKind::*;
        check("/v2", Some((Root, "", "")));
        check("/v2/", Some((Root, "", "")));
        check("/v2/_catalog", Some((Catalog, "", "")));
        check("/v2/a/b/tags/list", Some((Tags, "a/b", "")));
        check("/v2/a/b/manifests/latest", Some((Manifest, "a/b", "latest")));
        check("/v2/a/b/blobs/d", Some((Blob, "a/b", "d")));
        check("/v2/a/b/blobs/uploads/", Some((Uploads, "a/b", "")));
        check("/v2/a/b/blobs/uploads", Some((Uploads, "a/b", "")));
        check("/v2/a/b/blobs/uploads/id", Some((Upload, "a/b", "id")));
        check("/v2/a/b/referrers/d", Some((Referrers, "a/b", "d")));
    }

    #[test]
    fn repositories_may_have_the_names_of_routes() {
        use ResourceKind::*;
        check("/v2/a/blobs/b/blobs/d", Some((Blob, "a/blobs/b", "d")));
        check("/v2/a/blobs/blobs/d", Some((Blob, "a/blobs", "d")));
        check("/v2/x/tags/tags/list", Some((Tags, "x/tags", "")));
        check("/v2/x/tags/list/tags/list", Some((Tags, "x/tags/list", "")));
        check("/v2/x/manifests/tags/list", Some((Tags, "x/manifests", "")));
        check("/v2/x/manifests/y/manifests/tags", Some((Manifest, "x/manifests/y", "tags")));
        check("/v2/x/blobs/uploads/manifests/v1", Some((Manifest, "x/blobs/uploads", "v1")));
        check("/v2/x/blobs/uploads/blobs/uploads/", Some((Uploads, "x/blobs/uploads", "")));
        check("/v2/x/blobs/uploads/blobs/uploads/uploads", Some((Upload, "x/blobs/uploads", "uploads")));
        check("/v2/x/referrers/referrers/d", Some((Referrers, "x/referrers", "d")));
        check("/v2/x/y/manifests/list", Some((Manifest, "x/y", "list")));
    }

    #[test]
    fn other_paths_are_nothing() {
        for path in [
            "",
            "/",
            "/v1/",
            "/v2x",
            "v2/",
            "/v2/a",
            "/v2/a/b",
            "/v2/a/b/tags",
            "/v2/a/b/tags/list/",
            "/v2/_catalog/",
        ] {
            check(path, None);
        }
    }

    #[test]
    fn parts_are_judged() {
        let judge = |path: &str| Split::of(path).unwrap().resource();
        assert_eq!(judge("/v2/a/tags/list"), Err(NameError::NoOrganization.into()));
        assert_eq!(judge("/v2/a//b/tags/list"), Err(NameError::Malformed.into()));
        assert_eq!(judge("/v2//tags/list"), Err(NameError::Malformed.into()));
        assert_eq!(judge("/v2/a/b/blobs/latest"), Err(DigestError::Malformed.into()));
        assert_eq!(judge("/v2/a/b/blobs/uploads/1"), Err(InvalidUploadId.into()));
        let compact = ID.replace('-', "");
        assert_eq!(judge(&format!("/v2/a/b/blobs/uploads/{compact}")), Err(InvalidUploadId.into()));
        assert!(matches!(judge("/v2/a/b/manifests/.x"), Err(ResourceError::Reference(_))));
    }

    #[test]
    fn printed_resources_are_read_back() {
        let name = || "a/blobs/uploads".parse::<Name>().unwrap();
        let digest: Digest = DIGEST.parse().unwrap();
        for resource in [
            Resource::Root,
            Resource::Catalog,
            Resource::Tags(name()),
            Resource::Referrers(name(), digest),
            Resource::Manifest(name(), Reference::Digest(digest)),
            Resource::Manifest(name(), "uploads".parse().unwrap()),
            Resource::Blob(name(), digest),
            Resource::Uploads(name()),
            Resource::Upload(name(), ID.parse().unwrap()),
        ] {
            let path = resource.to_string();
            assert_eq!(Split::of(&path).unwrap().resource(), Ok(resource), "{path}");
        }
    }
}
