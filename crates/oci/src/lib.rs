//! The words of the OCI Distribution specification 1.1: names, tags, digests, ranges, manifests, paths, error codes.
//!
//! Pure: texts and bytes come in, values that can't be invalid come out. Who may do what, and where bytes are kept, is
//! decided elsewhere; a request is parsed once into a [`request::Request`], which is then both authorized and dispatched.
//!
//! ```
//! use grantry_oci::request::Request;
//! use grantry_oci::resource::Resource;
//!
//! let request = Request::parse("PUT", "/v2/acme/ship/manifests/1.4", "")?;
//! match request {
//!     Request::ManifestPut { name, reference, .. } => {
//!         assert_eq!((name.organization(), name.artifact()), ("acme", "ship"));
//!         let location = Resource::Manifest(name, reference).to_string();
//!         assert_eq!(location, "/v2/acme/ship/manifests/1.4");
//!     }
//!     other => panic!("{other:?}"),
//! }
//! # Ok::<(), grantry_oci::request::RequestError>(())
//! ```
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
