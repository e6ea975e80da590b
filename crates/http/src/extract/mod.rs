//! Extractors: from a request to values that an operation takes. What can't be read is answered here.

pub(crate) mod address;
pub(crate) mod caller;
pub(crate) mod cookie;
pub(crate) mod csrf;
pub(crate) mod form;
pub(crate) mod guest;
pub(crate) mod json;
pub(crate) mod multipart;
pub(crate) mod page;
pub(crate) mod path;
pub(crate) mod query;
pub(crate) mod visit;

pub(crate) use address::Client;
pub(crate) use caller::{Api, Signed};
pub(crate) use guest::Guest;
pub(crate) use json::{Creation, Json};
pub(crate) use multipart::Multipart;
pub(crate) use page::Paging;
pub(crate) use path::{
    ApplicationVersionPath, DeploymentRevisionPath, DigestPath, ManifestPath, Path, TagPath,
};
pub(crate) use query::Query;
