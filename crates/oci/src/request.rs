//! A request to the registry, parsed once.

mod query;

use std::borrow::Cow;

use crate::digest::{Algorithm, Digest, DigestError};
use crate::error::ErrorCode;
use crate::list::Page;
use crate::name::{Name, NameError};
use crate::percent;
use crate::reference::{InvalidTag, Reference, ReferenceError, Tag};
use crate::resource::{Resource, ResourceError, ResourceKind, Split, UploadId};
use crate::scope::{Action, Scope};
use query::Query;

/// Most tags that one push may set.
pub const MAX_TAGS_PER_PUSH: usize = 100;

/// What is asked for, from method, path and query. Headers only say how to answer (ranges, conditions, types).
///
/// The numbers are those of the specification's table of endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are called what they are")]
pub enum Request {
    /// end-1: is this a registry, and how does one sign in?
    Ping,
    /// The repositories. Not in the specification, but clients ask.
    Catalog(Page),
    /// end-8: the tags of a repository.
    Tags { name: Name, page: Page },
    /// end-12: the manifests that have this one as their subject, in the order of their digests after `last`.
    Referrers { name: Name, digest: Digest, artifact_type: Option<String>, last: Option<Digest> },
    /// end-3: a manifest, counted as a pull.
    ManifestGet { name: Name, reference: Reference },
    /// end-3: whether there is a manifest, and which.
    ManifestHead { name: Name, reference: Reference },
    /// end-7: a push. With a digest, the tags of the query are set as well.
    ManifestPut { name: Name, reference: Reference, tags: Vec<Tag> },
    /// end-9: by tag, removes the tag alone; by digest, the manifest with its tags.
    ManifestDelete { name: Name, reference: Reference },
    /// end-2: a blob, or a part of it.
    BlobGet { name: Name, digest: Digest },
    /// end-2: whether there is a blob. Who pushes won't send it then.
    BlobHead { name: Name, digest: Digest },
    /// end-10: take a blob out of this repository alone.
    BlobDelete { name: Name, digest: Digest },
    /// end-4b: the whole blob at once.
    BlobPost { name: Name, digest: Digest },
    /// end-11: take the blob from another repository, or from any; if that can't be, it is an [`UploadStart`].
    ///
    /// [`UploadStart`]: Self::UploadStart
    BlobMount { name: Name, digest: Digest, from: Option<Name> },
    /// end-4a, end-4c: a session, with the algorithm of the digest to come if the client tells.
    UploadStart { name: Name, algorithm: Option<Algorithm> },
    /// end-13: how far did it come?
    UploadStatus { name: Name, upload: UploadId },
    /// end-5: the next bytes.
    UploadChunk { name: Name, upload: UploadId },
    /// end-6: the last bytes, if any, and the digest of all.
    UploadFinish { name: Name, upload: UploadId, digest: Digest },
    /// end-14. Asks for no more than a push does.
    UploadCancel { name: Name, upload: UploadId },
}

/// Why there is nothing to do for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The path names nothing that a registry has.
    #[error("no such endpoint")]
    NoEndpoint,
    /// The path does, but not with this method.
    #[error("method is not one of {allow}")]
    Method {
        /// The value of `Allow`.
        allow: &'static str,
    },
    /// No repository can have this name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// No content can have this digest.
    #[error(transparent)]
    Digest(#[from] DigestError),
    /// A digest is missing from the query.
    #[error("digest is missing")]
    NoDigest,
    /// No manifest can be pushed under this tag.
    #[error(transparent)]
    Tag(#[from] InvalidTag),
    /// More than [`MAX_TAGS_PER_PUSH`].
    #[error("more than {MAX_TAGS_PER_PUSH} tags in one push")]
    TooManyTags,
    /// No manifest can be found by this tag.
    #[error("manifest unknown to registry")]
    ManifestUnknown,
    /// No session can have this id.
    #[error("upload session unknown to registry")]
    UploadUnknown,
    /// The `n` of a list is no number.
    #[error("n is not a number of entries")]
    PageSize,
}

impl Request {
    /// Reads a request from its method, its path as sent, and its query without the question mark (empty if none).
    ///
    /// Parameters that the endpoint does not know are ignored; of those given twice, the first counts. HEAD on lists is
    /// the same request as GET: only the body is left out, by the server.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub fn parse(method: &str, path: &str, query: &str) -> Result<Self, RequestError> {
        let path = percent::decode(path).ok_or(RequestError::NoEndpoint)?;
        let split = Split::of(&path).ok_or(RequestError::NoEndpoint)?;
        let allow = methods(split.kind);
        if !allow.split(", ").any(|one| one == method) {
            return Err(RequestError::Method { allow });
        }
        let resource = split.resource().map_err(|error| RequestError::of(error, method))?;
        let query = Query::of(query);
        match resource {
            Resource::Root => Ok(Self::Ping),
            Resource::Catalog => Ok(Self::Catalog(query.page()?)),
            Resource::Tags(name) => Ok(Self::Tags { name, page: query.page()? }),
            Resource::Referrers(name, digest) => Ok(Self::Referrers {
                name,
                digest,
                artifact_type: query.find("artifactType").map(Cow::into_owned),
                last: query.parse("last")?,
            }),
            Resource::Manifest(name, reference) => Self::manifest(method, name, reference, &query),
            Resource::Blob(name, digest) => Ok(match method {
                "HEAD" => Self::BlobHead { name, digest },
                "DELETE" => Self::BlobDelete { name, digest },
                _ => Self::BlobGet { name, digest },
            }),
            Resource::Uploads(name) => Self::start(name, &query),
            Resource::Upload(name, upload) => Self::upload(method, name, upload, &query),
        }
    }

    /// The repository that is asked about.
    pub fn name(&self) -> Option<&Name> {
        match self {
            Self::Ping | Self::Catalog(_) => None,
            Self::Tags { name, .. }
            | Self::Referrers { name, .. }
            | Self::ManifestGet { name, .. }
            | Self::ManifestHead { name, .. }
            | Self::ManifestPut { name, .. }
            | Self::ManifestDelete { name, .. }
            | Self::BlobGet { name, .. }
            | Self::BlobHead { name, .. }
            | Self::BlobDelete { name, .. }
            | Self::BlobPost { name, .. }
            | Self::BlobMount { name, .. }
            | Self::UploadStart { name, .. }
            | Self::UploadStatus { name, .. }
            | Self::UploadChunk { name, .. }
            | Self::UploadFinish { name, .. }
            | Self::UploadCancel { name, .. } => Some(name),
        }
    }

    /// What is done to the repository [`name`](Self::name)d. A mount also pulls from where the blob is.
    pub fn action(&self) -> Action {
        match self {
            Self::ManifestPut { .. }
            | Self::BlobPost { .. }
            | Self::BlobMount { .. }
            | Self::UploadStart { .. }
            | Self::UploadStatus { .. }
            | Self::UploadChunk { .. }
            | Self::UploadFinish { .. }
            | Self::UploadCancel { .. } => Action::Push,
            Self::ManifestDelete { .. } | Self::BlobDelete { .. } => Action::Delete,
            _ => Action::Pull,
        }
    }

    /// What a token must allow, to put into a challenge. Who pushes also pulls, to see what is there.
    pub fn scopes(&self) -> Vec<Scope> {
        let Some(name) = self.name() else { return Vec::new() };
        let own = match self.action() {
            Action::Push => Scope::new(name.clone(), &[Action::Pull, Action::Push]),
            action => Scope::new(name.clone(), &[action]),
        };
        let from = match self {
            Self::BlobMount { from: Some(from), .. } if from != name => {
                Some(Scope::new(from.clone(), &[Action::Pull]))
            }
            _ => None,
        };
        [own].into_iter().chain(from).collect()
    }

    fn manifest(
        method: &str,
        name: Name,
        reference: Reference,
        query: &Query<'_>,
    ) -> Result<Self, RequestError> {
        Ok(match method {
            "HEAD" => Self::ManifestHead { name, reference },
            "DELETE" => Self::ManifestDelete { name, reference },
            "PUT" => {
                let tags = if matches!(reference, Reference::Digest(_)) { query.tags()? } else { Vec::new() };
                Self::ManifestPut { name, reference, tags }
            }
            _ => Self::ManifestGet { name, reference },
        })
    }

    fn start(name: Name, query: &Query<'_>) -> Result<Self, RequestError> {
        if let Some(mount) = query.find("mount") {
            let from = query.find("from").map(|from| from.parse()).transpose();
            // A mount that can't be is never an error. An impossible source is not taken for any source.
            return Ok(match (mount.parse(), from) {
                (Ok(digest), Ok(from)) => Self::BlobMount { name, digest, from },
                _ => Self::UploadStart { name, algorithm: None },
            });
        }
        if let Some(digest) = query.parse("digest")? {
            return Ok(Self::BlobPost { name, digest });
        }
        Ok(Self::UploadStart { name, algorithm: query.parse("digest-algorithm")? })
    }

    fn upload(method: &str, name: Name, upload: UploadId, query: &Query<'_>) -> Result<Self, RequestError> {
        Ok(match method {
            "PATCH" => Self::UploadChunk { name, upload },
            "DELETE" => Self::UploadCancel { name, upload },
            "PUT" => {
                let digest = query.parse("digest")?.ok_or(RequestError::NoDigest)?;
                Self::UploadFinish { name, upload, digest }
            }
            _ => Self::UploadStatus { name, upload },
        })
    }
}

impl RequestError {
    /// The code to answer with.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NoEndpoint | Self::Method { .. } | Self::PageSize => ErrorCode::Unsupported,
            Self::Name(_) => ErrorCode::NameInvalid,
            Self::Digest(_) | Self::NoDigest => ErrorCode::DigestInvalid,
            Self::Tag(_) | Self::TooManyTags => ErrorCode::ManifestInvalid,
            Self::ManifestUnknown => ErrorCode::ManifestUnknown,
            Self::UploadUnknown => ErrorCode::BlobUploadUnknown,
        }
    }

    /// The HTTP status to answer with.
    pub fn status(&self) -> u16 {
        match self {
            Self::NoEndpoint => 404,
            Self::PageSize => 400,
            Self::TooManyTags => 414,
            _ => self.code().descriptor().status,
        }
    }

    fn of(error: ResourceError, method: &str) -> Self {
        match error {
            ResourceError::Name(error) => error.into(),
            ResourceError::Digest(error) | ResourceError::Reference(ReferenceError::Digest(error)) => {
                error.into()
            }
            ResourceError::Reference(ReferenceError::Tag(error)) if method == "PUT" => error.into(),
            // The conformance suite asks for a tag that can't exist and wants to hear that it does not.
            ResourceError::Reference(ReferenceError::Tag(_)) => Self::ManifestUnknown,
            ResourceError::Upload(_) => Self::UploadUnknown,
        }
    }
}

/// The methods of a resource, as `Allow` lists them.
fn methods(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::Root | ResourceKind::Catalog | ResourceKind::Tags | ResourceKind::Referrers => {
            "GET, HEAD"
        }
        ResourceKind::Manifest => "GET, HEAD, PUT, DELETE",
        ResourceKind::Blob => "GET, HEAD, DELETE",
        ResourceKind::Uploads => "POST",
        ResourceKind::Upload => "GET, PATCH, PUT, DELETE",
    }
}
