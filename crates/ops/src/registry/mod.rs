//! The registry: pushing, pulling and listing, by the rules of the OCI Distribution specification and of entitlements.
//!
//! A request enters a repository ([`visit::Visit`]), which authenticates and authorizes it and reads where it is in one
//! transaction; then it acts. What is remembered between requests is only good for the numbers it was read with.

mod access;
mod asked;
pub mod blob;
pub mod check;
pub mod client;
pub mod collect;
pub mod error;
pub mod evict;
pub mod fetch;
pub mod list;
pub mod manifest;
pub(crate) mod memory;
pub mod pull;
pub mod push;
mod session;
pub mod sync;
mod tagging;
pub(crate) mod through;
pub mod upload;
mod visit;
