//! Fetches artifacts from other registries: the client side of pull-through artifacts.
//!
//! An [`Address`](address::Address) names a repository in a registry, [`Upstream`](upstream::Upstream) opens a
//! [`Session`](session::Session) on it, and the session fetches manifests, blobs and lists. Nothing is kept here but
//! tokens, and nothing of what our own clients send goes on to a registry.
//!
//! The registry is whatever a vendor typed in, so it is not trusted. What it can make the hub do is limited: connect to
//! addresses that the [`Guard`](guard::Guard) admits, send credentials to itself or to a token server that
//! [belongs to it](upstream::TrustedRealm), and read as many bytes as a manifest or a list may have. Blobs are streams of
//! any length; who stores them verifies their digest.

pub mod address;
mod auth;
mod body;
pub mod credentials;
pub mod error;
pub mod guard;
mod link;
pub mod session;
mod transport;
pub mod upstream;
