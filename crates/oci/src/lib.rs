//! The words of the OCI Distribution specification 1.1: names, tags, digests, ranges, manifests, paths, error codes.
//!
//! Pure: texts and bytes come in, values that can't be invalid come out. Who may do what, and where bytes are kept, is
//! decided elsewhere; a request is parsed once into a [`request::Request`], which is then both authorized and dispatched.
#![warn(missing_docs)]

pub mod digest;
pub mod error;
pub mod list;
pub mod manifest;
pub mod name;
mod percent;
pub mod range;
pub mod reference;
pub mod referrers;
pub mod request;
pub mod resource;
pub mod scope;
pub mod validator;
